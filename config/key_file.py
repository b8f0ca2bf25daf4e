"""Keys that the platform makes once and keeps in its data folder, for its owner's eyes only."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import mkstemp


def kept(path: Path, make: Callable[[], str]) -> str:
    """What the file holds; when there is none yet, what `make` gives is put into it first."""
    if not path.exists():
        _keep(path, make())
    return path.read_text().strip()


def _keep(path: Path, text: str) -> None:
    """Write the key whole or not at all; of several processes that begin at once, one wins for all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = mkstemp(dir=path.parent)  # readable by its owner only
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
