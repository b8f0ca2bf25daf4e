"""A workbook is read in a process of its own: whatever it makes a reader do, it ends, and takes nothing else along.

A workbook is packed XML, which a library turns into objects: a file of a megabyte can ask for gigabytes of them.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from firms.sheets.faults import WrongFile

READER = "firms.sheets.workbook"
ROOT = Path(__file__).resolve().parents[2]


def rows_apart(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows that the reader tells, with their numbers. Raises WrongFile, also when it came to its limits.

    Raises InterruptedError when somebody has stopped the reader.
    """
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", READER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        start_new_session=True,  # Ctrl-C is for who started us
    ) as reader:
        try:
            yield from _told(reader, content)
            ended = reader.wait()
            if ended == -signal.SIGTERM:
                raise InterruptedError("the platform is stopped")
            if ended:
                raise WrongFile("unpacks_to_too_much")
        finally:
            reader.kill()


def _told(reader: subprocess.Popen[bytes], content: bytes) -> Iterator[tuple[int, list[str]]]:
    assert reader.stdin  # noqa: S101 - narrows the type
    assert reader.stdout  # noqa: S101 - narrows the type
    with suppress(BrokenPipeError), reader.stdin as way_in:  # it has ended already; how, its status tells
        way_in.write(content)
    for line in reader.stdout:
        said = json.loads(line)
        if isinstance(said, dict):
            raise WrongFile(*said["wrong"])
        number, cells = said
        yield number, cells
