"""Signatures: only the right key over exactly the right bytes; a kept key opens only under its own secret."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from firms import signing

SEED, NONCE = bytes(range(32)), bytes(12)
PUBLIC = signing.public_of(SEED)
# RFC 8032, section 7.1, test 2
RFC_SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
RFC_PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
RFC_SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def kept(secret: str = "s") -> signing.Signer:
    return signing.signer("kept", PUBLIC, signing.seal(SEED, "s", NONCE), secret)


def test_it_is_ed25519_as_published() -> None:
    public = signing.public_of(RFC_SEED)
    assert base64.b64decode(public).hex() == RFC_PUBLIC
    made = signing.signer("kept", public, signing.seal(RFC_SEED, "s", NONCE), "s").sign(bytes.fromhex("72"))
    assert made is not None
    assert base64.b64decode(made).hex() == RFC_SIGNATURE


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 10_000))
def test_a_signature_fits_its_bytes_and_no_others(statement: bytes, where: int) -> None:
    made = kept().sign(statement)
    assert made is not None
    assert signing.fits(PUBLIC, made, statement)
    assert not signing.fits(PUBLIC, made, statement + b"\n")
    raw = bytearray(base64.b64decode(made))
    raw[where % 64] ^= 1 + where % 255
    assert not signing.fits(PUBLIC, base64.b64encode(bytes(raw)).decode(), statement)
    assert not signing.fits(signing.public_of(bytes(32)), made, statement)


@pytest.mark.parametrize("wrong", ["", "no base64!", "AAAA", "ü" * 88, "A" * 4000])
def test_nonsense_is_no_signature(wrong: str) -> None:
    assert not signing.fits(PUBLIC, wrong, b"text")


def test_a_pasted_signature_may_be_wrapped() -> None:
    made = kept().sign(b"text") or ""
    assert signing.fits(PUBLIC, f" {made[:40]}\n{made[40:]}\n", b"text")


def test_a_kept_key_is_unreadable_without_its_secret_and_in_another_row() -> None:
    sealed = signing.seal(SEED, "s", NONCE)
    assert base64.b64encode(SEED).decode() not in sealed
    assert signing.open_(sealed, PUBLIC, "s") == SEED
    with pytest.raises(signing.CannotOpen):
        signing.open_(sealed, PUBLIC, "another secret")
    with pytest.raises(signing.CannotOpen):
        signing.open_(sealed, signing.public_of(bytes(32)), "s")


def test_a_brought_key_signs_nothing_here() -> None:
    assert signing.signer("brought", PUBLIC, "", "s").sign(b"text") is None


def test_a_public_key_is_read_from_base64_and_from_pem() -> None:
    pem = signing.Ed25519PublicKey.from_public_bytes(base64.b64decode(PUBLIC)).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    assert signing.parse_public(pem.decode()) == signing.parse_public(f" {PUBLIC}\n") == PUBLIC


OTHER_KIND = generate_private_key(SECP256R1()).public_key()
WRONG = [
    "",
    "hello",
    base64.b64encode(bytes(31)).decode(),
    base64.b64encode(bytes(33)).decode(),
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    OTHER_KIND.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    *(base64.b64encode(bytes.fromhex(weak)).decode() for weak in sorted(signing.WEAK)),
    base64.b64encode(b"\x01" + bytes(30) + b"\x80").decode(),  # of small order, with its sign
]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_good_key_is_refused(text: str) -> None:
    with pytest.raises(signing.WrongKey):
        signing.parse_public(text)


def test_the_points_of_small_order_are_those() -> None:
    """Each weak point, times eight, is the neutral one (checked on the curve itself)."""
    for weak in signing.WEAK:
        number = int.from_bytes(bytes.fromhex(weak), "little")
        assert is_neutral(times_eight(number % P)), weak


P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def times_eight(y: int) -> tuple[int, int]:
    """Eight times a point with this y, on the twisted Edwards curve."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert (x * x - square) % P == 0
    for _ in range(3):
        both = D * x * x * y * y % P
        x, y = (
            2 * x * y * pow(1 + both, -1, P) % P,
            (y * y + x * x) * pow(1 - both, -1, P) % P,
        )
    return x, y


def is_neutral(point: tuple[int, int]) -> bool:
    return point == (0, 1)
