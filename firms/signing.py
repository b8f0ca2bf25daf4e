"""Keys that sign for firms (Ed25519): who keeps the private part, and how a signature is made and checked. Pure.

A private key that the platform keeps is encrypted at rest with AES-256-GCM, under a key derived from a setting,
and bound to its public part, so that no row can be put in another's place. A certificate authority would be one
more class that is a `Signer`, and one more entry in SIGNERS.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_public_key

SEED_BYTES, NONCE_BYTES, SIGNATURE_BYTES = 32, 12, 64
CHALLENGE = "murmuration/key/1"
# points of small order, without their sign: under such a key one signature fits many texts
WEAK = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
}


class WrongKey(ValueError):
    """What was entered is not an Ed25519 public key that can be trusted."""


class CannotOpen(ValueError):
    """A kept private key cannot be read: the setting has changed, or the row was tampered with."""


class Kind(StrEnum):
    """Who keeps the private part of a key."""

    KEPT = "kept"  # the platform, encrypted
    BROUGHT = "brought"  # the firm itself


class Signer(Protocol):
    """Signs for one firm."""

    @property
    def kind(self) -> str:
        """Who keeps the private part."""

    @property
    def public_key(self) -> str:
        """The public part: 32 bytes, in base64."""

    def sign(self, statement: bytes) -> str | None:
        """The signature in base64; None when it has to come from outside."""


class Kept:
    """The platform keeps the private key and signs at once."""

    kind = Kind.KEPT.value

    def __init__(self, public_key: str, sealed: str, secret: str) -> None:
        self.public_key = public_key
        self._sealed, self._secret = sealed, secret

    def sign(self, statement: bytes) -> str | None:
        private = Ed25519PrivateKey.from_private_bytes(open_(self._sealed, self.public_key, self._secret))
        return base64.b64encode(private.sign(statement)).decode()


class Brought:
    """The firm keeps the private key: its signature has to be posted."""

    kind = Kind.BROUGHT.value

    def __init__(self, public_key: str, sealed: str = "", secret: str = "") -> None:
        self.public_key = public_key

    def sign(self, statement: bytes) -> str | None:
        return None


SIGNERS: dict[str, Callable[[str, str, str], Signer]] = {Kind.KEPT: Kept, Kind.BROUGHT: Brought}


def signer(kind: str, public_key: str, sealed: str, secret: str) -> Signer:
    """The signer behind a kept row."""
    return SIGNERS[kind](public_key, sealed, secret)


def public_of(seed: bytes) -> str:
    """The public part of the private key that these 32 random bytes are, in base64."""
    raw = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return base64.b64encode(raw).decode()


def seal(seed: bytes, secret: str, nonce: bytes) -> str:
    """Encrypt a private key for rest; `nonce` is random and never used twice."""
    public = public_of(seed)
    return base64.b64encode(nonce + AESGCM(_derived(secret)).encrypt(nonce, seed, public.encode())).decode()


def open_(sealed: str, public_key: str, secret: str) -> bytes:
    """The private key. Raises CannotOpen."""
    raw = base64.b64decode(sealed)
    try:
        return AESGCM(_derived(secret)).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], public_key.encode())
    except InvalidTag as wrong:
        raise CannotOpen(public_key) from wrong


def parse_public(text: str) -> str:
    """A public key as it is kept, from base64 of its 32 bytes or from PEM. Raises WrongKey."""
    raw = _raw_public(text.strip())
    unsigned = raw[:-1] + bytes([raw[-1] & 0x7F])
    if unsigned.hex() in WEAK:
        raise WrongKey(text)
    return base64.b64encode(raw).decode()


def fits(public_key: str, signature: str, statement: bytes) -> bool:
    """Whether the signature, in base64, was made over exactly these bytes with the key."""
    try:
        raw = base64.b64decode("".join(signature.split()), validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key)).verify(raw, statement)
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True


def fingerprint(public_key: str) -> str:
    """A short name of a key, for people to compare: the first 16 digits of its SHA-256."""
    return hashlib.sha256(base64.b64decode(public_key)).hexdigest()[:16]


def possession(firm_key: str, public_key: str, challenge: str) -> bytes:
    """What a firm signs to show that it has the private part of a key that it brings."""
    return f"{CHALLENGE}\n{firm_key}\n{public_key}\n{challenge}\n".encode()


def _raw_public(text: str) -> bytes:
    try:
        if text.startswith("-----"):
            key = load_pem_public_key(text.encode())
            if not isinstance(key, Ed25519PublicKey):
                raise WrongKey(text)
            return key.public_bytes_raw()
        raw = base64.b64decode(text, validate=True)
        return Ed25519PublicKey.from_public_bytes(raw).public_bytes_raw()
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as wrong:
        raise WrongKey(text) from wrong


def _derived(secret: str) -> bytes:
    return HKDF(SHA256(), 32, None, b"murmuration/kept-keys/1").derive(secret.encode())
