"""Files that the commands read and write: whatever is wrong with one is a single line."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import CommandError

from matching.csv_rows import BadRow

Found = TypeVar("Found")


def read(path: Path, reader: Callable[[Iterable[str]], Found]) -> Found:
    """What the reader finds in the lines of a file."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return reader(lines)
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: not UTF-8 (byte {error.start}); save it as CSV in UTF-8") from error
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    except BadRow as error:
        raise CommandError(f"{path}: {error}") from error


def write(path: Path, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A CSV of these rows under these names of columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    try:
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error


def keep_apart(*paths: Path | None) -> None:
    """CommandError when two of these are one file: what is written must not replace what is read."""
    given = [path.resolve() for path in paths if path]
    for at, path in enumerate(given):
        if path in given[:at]:
            raise CommandError(f"{path}: named twice; give each file a name of its own")
