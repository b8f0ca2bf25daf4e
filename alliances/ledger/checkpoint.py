"""What leaves the platform: the log's size and root at a time, signed. Pure.

The text is a checkpoint of C2SP's tlog-checkpoint: origin, size, root in base64, and a line with the time; the
signature below it is a signed note of C2SP's signed-note with Ed25519 (https://c2sp.org/tlog-checkpoint,
https://c2sp.org/signed-note).
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ORIGIN = "murmuration-record"
ED25519 = b"\x01"  # the algorithm's byte in a signed note


class BrokenError(ValueError):
    """A text is no checkpoint of ours."""


@dataclass(frozen=True)
class Checkpoint:
    """The log's first `size` entries have this root."""

    size: int
    root: bytes
    at: str  # ISO 8601 in UTC

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{ORIGIN}\n{self.size}\n{b64encode(self.root).decode()}\n{self.at}\n"


def signed(checkpoint: Checkpoint, sign: Callable[[bytes], bytes], public: bytes) -> str:
    """The checkpoint with its signature, as it leaves the platform."""
    signature = _key_id(public) + sign(checkpoint.text.encode())
    return f"{checkpoint.text}\n— {ORIGIN} {b64encode(signature).decode()}\n"


def opened(note: str, public: bytes) -> Checkpoint:
    """The checkpoint that a note says, when this key signed it and it is written as we write it."""
    try:
        _, size, root, at, _, last, _ = note.split("\n")
        made = Checkpoint(int(size), b64decode(root, validate=True), at)
        signature = b64decode(last.removeprefix(f"— {ORIGIN} "), validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], made.text.encode())
    except (ValueError, InvalidSignature) as wrong:
        raise BrokenError("not a checkpoint of this key") from wrong
    if note != f"{made.text}\n— {ORIGIN} {b64encode(signature).decode()}\n" or signature[:4] != _key_id(
        public
    ):
        raise BrokenError("not written as a checkpoint")
    return made


def verifier_key(public: bytes) -> str:
    """A public key as people pass it on: name, short hash and key, as in signed-note."""
    return f"{ORIGIN}+{_key_id(public).hex()}+{b64encode(ED25519 + public).decode()}"


def _key_id(public: bytes) -> bytes:
    return hashlib.sha256(ORIGIN.encode() + b"\n" + ED25519 + public).digest()[:4]
