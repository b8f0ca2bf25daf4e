"""The platform's key for web push (VAPID, RFC 8292): push services know by it who sends. Made once, and kept."""

from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

from config.base64url import decoded, encoded
from config.key_file import kept


def public() -> str:
    """The public key, as browsers want it: an uncompressed point in base64url."""
    point = _private().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return encoded(point)


def signed_for(endpoint: str, *, expires: int) -> dict[str, str]:
    """The header that goes with a message to an endpoint; `expires` in seconds since 1970, a day ahead at most."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": expires,
        "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}",
    }
    return dict(Vapid02(private_key=_private()).sign(claims))


def _private() -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(decoded(settings.VAPID_KEY or kept(settings.VAPID_KEY_FILE, _fresh)))
    return ec.derive_private_key(number, ec.SECP256R1())


def _fresh() -> str:
    return encoded(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32))
