"""The platform's key for web push (VAPID, RFC 8292): push services know by it who sends. Made once, and kept."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from tempfile import mkstemp
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02


def public() -> str:
    """The public key, as browsers want it: an uncompressed point in base64url."""
    point = _private().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).decode().rstrip("=")


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
    written = settings.VAPID_KEY or _kept(settings.VAPID_KEY_FILE)
    number = int.from_bytes(urlsafe_b64decode(written + "=" * (-len(written) % 4)))
    return ec.derive_private_key(number, ec.SECP256R1())


def _kept(path: Path) -> str:
    """The key in the data folder, for its owner's eyes only; of several processes that begin at once, one makes it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = mkstemp(dir=path.parent)
        with os.fdopen(handle, "w") as file:
            number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
            file.write(urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("=") + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            Path(draft).unlink()
    return path.read_text().strip()
