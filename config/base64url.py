"""Base64url without padding, as browsers and push services write keys (RFC 7515, section 2)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """The bytes, whether the text is padded or not. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
