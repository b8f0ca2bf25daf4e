"""The log's tree against the definition of RFC 6962, and checkpoints that stand no change."""

import hashlib
from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from alliances import ledger

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
CHECKPOINT = ledger.Checkpoint(7, hashlib.sha256(b"root").digest(), "2026-03-04T09:00:00Z")


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def tree_hash(data: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, word for word."""
    if not data:
        return sha(b"")
    if len(data) == 1:
        return sha(b"\x00" + data[0])
    cut = 1
    while cut * 2 < len(data):
        cut *= 2
    return sha(b"\x01" + tree_hash(data[:cut]) + tree_hash(data[cut:]))


def leaves(size: int) -> list[bytes]:
    return [str(number).encode() for number in range(size)]


def grow(data: list[bytes]) -> dict[ledger.Place, bytes]:
    known: dict[ledger.Place, bytes] = {}
    for position, leaf in enumerate(data):
        hashes = ledger.grown(position, ledger.leaf_hash(leaf), known)
        known |= {(position, level): one for level, one in enumerate(hashes)}
    return known


def root(known: dict[ledger.Place, bytes], size: int) -> bytes:
    return ledger.fold([known[place] for place in ledger.peaks(0, size)])


@given(st.integers(0, 130))
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert root(grow(leaves(size)), size) == tree_hash(leaves(size))


@given(st.data())
def test_the_path_of_every_leaf_leads_to_the_root(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 130))
    position = data.draw(st.integers(0, size - 1))
    known = grow(leaves(size))
    path = [ledger.fold([known[p] for p in step]) for step in ledger.path_places(position, size)]
    leaf = ledger.leaf_hash(leaves(size)[position])
    assert ledger.root_by_path(position, size, leaf, path) == root(known, size)
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != position) if size > 1 else st.none())
    if other is not None:
        assert ledger.root_by_path(other, size, leaf, path) != root(known, size)
        changed = data.draw(st.integers(0, len(path) - 1))
        path[changed] = sha(path[changed])
    assert size == 1 or ledger.root_by_path(position, size, leaf, path) != root(known, size)
    assert ledger.root_by_path(position, size, leaf, [*path, leaf]) != root(known, size)


def test_the_known_vectors_of_certificate_transparency() -> None:
    """From the reference tests of google/certificate-transparency: eight leaves."""
    texts = " 00 10 2021 3031 40414243 5051525354555657 606162636465666768696a6b6c6d6e6f"
    data = [bytes.fromhex(one) for one in texts.split(" ")]
    assert root(grow(data), 8).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert root(grow(data[:1]), 1).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_a_checkpoint_comes_back_as_it_was_signed() -> None:
    note = ledger.signed(CHECKPOINT, KEY.sign, PUBLIC)
    assert note.startswith("murmuration-record\n7\n")
    assert ledger.opened(note, PUBLIC) == CHECKPOINT


@given(st.integers(0, 10_000), st.characters(exclude_categories=["Cs"]))
def test_a_changed_checkpoint_is_none(where: int, character: str) -> None:
    note = ledger.signed(CHECKPOINT, KEY.sign, PUBLIC)
    at = where % len(note)
    changed = note[:at] + character + note[at + 1 :]
    if changed != note:
        with pytest.raises(ledger.BrokenError):
            ledger.opened(changed, PUBLIC)


def test_another_key_did_not_sign_it() -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    with pytest.raises(ledger.BrokenError):
        ledger.opened(ledger.signed(CHECKPOINT, other.sign, PUBLIC), PUBLIC)


def test_the_public_key_is_passed_on_with_its_name() -> None:
    name, short, key = ledger.verifier_key(PUBLIC).split("+", 2)
    assert (name, key) == ("murmuration-record", b64encode(b"\x01" + PUBLIC).decode())
    assert short == sha(b"murmuration-record\n\x01" + PUBLIC)[:4].hex()
