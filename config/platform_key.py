"""The platform's own Ed25519 key: from the environment, or made once and kept in the data folder.

It signs what leaves the platform: checkpoints of the record, and downloaded records.
"""

from base64 import b64decode, b64encode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from config.key_file import kept


def sign(data: bytes) -> bytes:
    return _private().sign(data)


def public() -> bytes:
    """The public key, 32 bytes."""
    return _private().public_key().public_bytes_raw()


def _private() -> Ed25519PrivateKey:
    written = settings.PLATFORM_KEY or kept(settings.PLATFORM_KEY_FILE, _fresh)
    return Ed25519PrivateKey.from_private_bytes(b64decode(written))


def _fresh() -> str:
    return b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
