"""Short secrets at rest: addresses of robots, which let whoever knows them speak in a firm's group. AES-256-GCM."""

import base64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


def seal(text: str, secret: str, nonce: bytes) -> str:
    """Encrypt a text; `nonce` has NONCE_BYTES of chance and is never used twice."""
    return base64.b64encode(nonce + AESGCM(_derived(secret)).encrypt(nonce, text.encode(), None)).decode()


def unseal(sealed: str, secret: str) -> str:
    """The text again. Raises ValueError when the secret is another one, or what was kept has been changed."""
    raw = base64.b64decode(sealed)
    try:
        return AESGCM(_derived(secret)).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()
    except InvalidTag as wrong:
        raise ValueError("sealed with another secret") from wrong


def _derived(secret: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, b"murmuration robots").derive(secret.encode())
