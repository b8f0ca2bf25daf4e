"""Keys of a firm: an owner brings and proves one, the platform keeps one otherwise, and rows stay."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from config.rows import Missing, Refused
from firms import actions, queries
from firms.actions.keys import statement
from firms.models import Key
from firms.signing import fits
from tests.builders.firms import NOW, FirmOf, Firms, small_world
from tests.builders.keys import bring_key, public_of, signature_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def firms() -> Firms:
    return small_world()


@pytest.fixture
def maker(firms: Firms) -> FirmOf:
    return firms.maker


def offer(firm: FirmOf, private: Ed25519PrivateKey, **options) -> Key:
    done = actions.offer_key(firm.owner.actor, firm.key, public_key=public_of(private), now=NOW, **options)
    return Key.objects.get(pk=done["key"])


def test_a_firm_without_keys_gets_one_when_it_is_first_needed(maker: FirmOf) -> None:
    assert queries.signer_of(maker.id, NOW) is None
    actions.keep_key(maker.id, now=NOW)
    actions.keep_key(maker.id, now=NOW)
    key = Key.objects.get(firm_id=maker.id)
    found = queries.signer_of(maker.id, NOW)
    assert found is not None
    assert (found.key_id, found.signer.kind) == (key.pk, "kept")
    made = found.signer.sign(b"text")
    assert made is not None
    assert fits(key.public_key, made, b"text")


def test_a_key_of_the_firms_own_goes_before_the_kept_one(maker: FirmOf) -> None:
    actions.keep_key(maker.id, now=NOW)
    private = bring_key(maker)
    found = queries.signer_of(maker.id, NOW)
    assert found is not None
    assert (found.signer.kind, found.signer.public_key) == ("brought", public_of(private))
    assert found.signer.sign(b"text") is None


def test_without_proof_a_key_does_not_count(maker: FirmOf) -> None:
    private = Ed25519PrivateKey.generate()
    key = offer(maker, private)
    assert queries.signer_of(maker.id, NOW) is None
    wrong = [
        signature_of(Ed25519PrivateKey.generate(), statement(key)),  # of another key
        signature_of(private, statement(key) + b"\n"),  # of another text
        "nonsense",
    ]
    for signature in wrong:
        with pytest.raises(Refused, match="invalid"):
            actions.prove_key(maker.owner.actor, maker.key, key.pk, signature=signature, now=NOW)
    assert Key.objects.get(pk=key.pk).valid_from_at is None


def test_a_proof_is_for_one_firm_and_one_challenge(firms: Firms) -> None:
    private = Ed25519PrivateKey.generate()
    first = offer(firms.maker, private)
    proof = signature_of(private, statement(first))
    second = offer(firms.maker, private)  # the same key again: a new challenge, the former is given up
    theirs = offer(firms.carrier, private)
    for firm, key in ((firms.maker, second), (firms.carrier, theirs)):
        with pytest.raises(Refused, match="invalid"):
            actions.prove_key(firm.owner.actor, firm.key, key.pk, signature=proof, now=NOW)
    with pytest.raises(Missing):
        actions.prove_key(firms.maker.owner.actor, firms.maker.key, first.pk, signature=proof, now=NOW)


def test_one_key_is_never_that_of_two_firms(firms: Firms) -> None:
    private = bring_key(firms.maker)
    theirs = offer(firms.carrier, private)
    proof = signature_of(private, statement(theirs))
    with pytest.raises(Refused, match="key_taken"):
        actions.prove_key(firms.carrier.owner.actor, firms.carrier.key, theirs.pk, signature=proof, now=NOW)


def test_a_new_key_ends_the_former_whose_signatures_stay_checkable(maker: FirmOf) -> None:
    old = public_of(bring_key(maker))
    new = public_of(bring_key(maker, NOW + DAY))
    rows = {key.public_key: key for key in Key.objects.filter(firm_id=maker.id)}
    assert rows[old].was_valid(NOW)
    assert not rows[old].was_valid(NOW + DAY)
    assert rows[new].was_valid(NOW + DAY)
    found = queries.signer_of(maker.id, NOW + DAY)
    assert found is not None
    assert found.signer.public_key == new


def test_a_key_ends_on_its_day_and_when_it_is_revoked(maker: FirmOf) -> None:
    private = Ed25519PrivateKey.generate()
    key = offer(maker, private, valid_until_at=NOW + DAY)
    proof = signature_of(private, statement(key))
    actions.prove_key(maker.owner.actor, maker.key, key.pk, signature=proof, now=NOW)
    assert Key.objects.usable(NOW).filter(pk=key.pk).exists()
    assert not Key.objects.usable(NOW + DAY).exists()
    actions.revoke_key(maker.owner.actor, maker.key, key.pk, now=NOW + timedelta(hours=1))
    assert not Key.objects.usable(NOW + timedelta(hours=1)).exists()
    with pytest.raises(Missing):
        actions.revoke_key(maker.owner.actor, maker.key, key.pk, now=NOW + timedelta(hours=2))


def test_a_day_that_is_over_is_refused(maker: FirmOf) -> None:
    with pytest.raises(Refused, match="invalid"):
        offer(maker, Ed25519PrivateKey.generate(), valid_until_at=NOW)


def test_only_owners_decide_about_keys(firms: Firms) -> None:
    public = public_of(Ed25519PrivateKey.generate())
    for person in (firms.maker.manager, firms.maker.worker):
        with pytest.raises(Refused, match="not_allowed"):
            actions.offer_key(person.actor, firms.maker.key, public_key=public, now=NOW)
    for stranger in (firms.carrier.owner, firms.operator):
        with pytest.raises(Missing):
            actions.offer_key(stranger.actor, firms.maker.key, public_key=public, now=NOW)


def test_the_database_keeps_one_key_of_a_kind_in_use(maker: FirmOf) -> None:
    actions.keep_key(maker.id, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Key.objects.create(
            firm_id=maker.id, kind="kept", public_key="x", sealed="y", made_at=NOW, valid_from_at=NOW
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Key.objects.create(firm_id=maker.id, kind="brought", public_key="x", sealed="y", made_at=NOW)


def test_an_owner_brings_a_key_on_the_page(maker: FirmOf) -> None:
    browser = Client()
    browser.force_login(maker.owner)
    private = Ed25519PrivateKey.generate()
    page = reverse("firms:keys", args=[maker.key])
    wrong = browser.post(page, {"public_key": "hello"})
    assert "This is not an Ed25519 public key." in wrong.content.decode()
    assert browser.post(page, {"public_key": public_of(private)}).status_code == 302
    key = Key.objects.get(firm_id=maker.id)
    text = browser.get(reverse("firms:key-challenge", args=[maker.key, key.pk])).content
    assert text == statement(key)
    prove = reverse("firms:prove-key", args=[maker.key, key.pk])
    assert "does not fit the key" in browser.post(prove, {"signature": "AAAA"}).content.decode()
    assert browser.post(prove, {"signature": signature_of(private, text)}).status_code == 302
    shown = browser.get(page).content.decode()
    assert key.fingerprint in shown
    assert browser.post(reverse("firms:revoke-key", args=[maker.key, key.pk])).status_code == 302
    assert Key.objects.get(pk=key.pk).revoked_at is not None


def test_no_page_shows_a_private_key(maker: FirmOf) -> None:
    actions.keep_key(maker.id, now=NOW)
    browser = Client()
    browser.force_login(maker.owner)
    shown = browser.get(reverse("firms:keys", args=[maker.key])).content.decode()
    key = Key.objects.get(firm_id=maker.id)
    assert key.public_key in shown
    assert key.sealed not in shown
