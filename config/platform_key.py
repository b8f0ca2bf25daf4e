"""The platform's own Ed25519 key: from the environment, or made once and kept in the data folder.

It signs what leaves the platform: checkpoints of the record, and downloaded records.
"""

import os
from base64 import b64decode, b64encode
from pathlib import Path
from tempfile import mkstemp

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings


def sign(data: bytes) -> bytes:
    return _private().sign(data)


def public() -> bytes:
    """The public key, 32 bytes."""
    return _private().public_key().public_bytes_raw()


def _private() -> Ed25519PrivateKey:
    written = settings.PLATFORM_KEY or _kept(settings.PLATFORM_KEY_FILE)
    return Ed25519PrivateKey.from_private_bytes(b64decode(written))


def _kept(path: Path) -> str:
    """The key in the data folder, for its owner's eyes only."""
    if not path.exists():
        _make(path)
    return path.read_text().strip()


def _make(path: Path) -> None:
    """Make the key whole or not at all; of several processes that begin at once, one wins for all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = mkstemp(dir=path.parent)  # readable by its owner only
    with os.fdopen(handle, "w") as file:
        file.write(b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
