"""Checkpoints leave the database here: one line of JSON each, appended to a file and on the disk before we go on."""

import json
import os
from pathlib import Path

from django.conf import settings

NAME = "checkpoints.jsonl"
TAIL = 8_192  # bytes in which the last checkpoint stands, with room to spare


def publish(note: str) -> None:
    """Append a checkpoint; it is on the disk when this returns."""
    path = _path()
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        # what a death tore is left as it is, on a line of its own
        start = b"" if file.tell() == 0 or _tail(path).endswith(b"\n") else b"\n"
        file.write(start + json.dumps(note, ensure_ascii=False).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        _sync_folder(path.parent)


def newest() -> str | None:
    """The last whole checkpoint in the file."""
    for line in reversed(_tail(_path()).split(b"\n")[:-1]):
        try:
            return str(json.loads(line))
        except ValueError:
            continue
    return None


def _path() -> Path:
    return Path(settings.CHECKPOINTS_DIR) / NAME


def _tail(path: Path) -> bytes:
    if not path.exists():
        return b""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        return file.read()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
