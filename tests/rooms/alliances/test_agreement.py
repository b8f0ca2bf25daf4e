"""One document with one hash, signed with every partner's key: nobody is bound before all have signed the same."""

import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.urls import reverse

from alliances import actions, terms
from alliances.actions import agreeing
from alliances.actions.steps import lock, may
from alliances.lifecycle import InvitationState, SeatState, State
from alliances.models import Agreement, Alliance, Event, Seat, Signature
from alliances.queries import agreement as queries
from config.rows import Missing, Refused
from firms import actions as firms_actions
from firms.models import AccessToken, Key, Reservation, User
from firms.signing import fits
from tests.builders.alliances import (
    HOUR,
    NOW,
    UNITS,
    World,
    accept,
    accept_mandatory,
    committed,
    decline,
    dissolved,
    fresh,
    invitation,
    invitations,
    seat,
)
from tests.builders.firms import FirmOf
from tests.builders.keys import bring_key, signature_of

pytestmark = pytest.mark.usefixtures("savepoint")
LIMIT = timedelta(hours=48)


def ledger(alliance: Alliance) -> set[str]:
    return set(Reservation.objects.live().below(str(alliance.key)).values_list("state", flat=True))


def statement_of(alliance: Alliance, firm: FirmOf) -> bytes:
    return terms.statement(str(alliance.key), firm.key, fresh(alliance).agreement.hash)


def sign(alliance: Alliance, firm: FirmOf, private: Ed25519PrivateKey, **options: Any) -> dict[str, Any]:
    made = signature_of(private, statement_of(alliance, firm))
    sent = {"signature": made, "now": NOW, **options}
    return actions.sign(firm.owner.actor, str(alliance.key), **sent)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def changes(alliance: Alliance, kind: str) -> list[dict[str, Any]]:
    rows = Event.objects.filter(stream__in=[alliance.forming_id, alliance.stream_id], kind=kind)
    return [json.loads(row.body)["changes"] for row in rows.order_by("pk")]


# -- the document --


def test_the_document_names_every_partner_with_its_final_terms(world: World) -> None:
    alliance = committed(world)
    agreement = alliance.agreement
    content = json.loads(agreement.text)
    assert agreement.hash == terms.digest(agreement.text)
    assert (content["number"], content["supersedes"]) == (1, "")
    assert content["common"] == json.loads(alliance.common.text)
    held = {row["seat"]: row for row in content["seats"]}
    assert set(held) == {"maker-1", "forwarder-1", "seller-1"}  # the optional one was left out
    maker = world.firms.maker.firm
    assert held["maker-1"]["firm"] == {
        "key": str(maker.key),
        "name": maker.legal_name,
        "country": "CN",
        "identifiers": [{"kind": row.kind, "value": row.value} for row in maker.identifiers.all()],
    }
    assert held["maker-1"]["terms"] == seat(alliance, "maker").terms


def test_all_with_kept_keys_are_bound_by_the_last_acceptance(world: World) -> None:
    alliance = committed(world)
    agreement = alliance.agreement
    rows = list(agreement.signatures.select_related("key", "firm"))
    assert {row.firm_id for row in rows} == {
        world.firms.maker.id,
        world.firms.carrier.id,
        world.firms.seller.id,
    }
    for row in rows:
        assert row.key is not None
        statement = terms.statement(str(alliance.key), str(row.firm.key), agreement.hash)
        assert (row.by, row.hash, row.key.kind) == (None, agreement.hash, "kept")
        assert fits(row.key.public_key, row.signature, statement)


def test_the_record_proves_what_was_signed(world: World) -> None:
    alliance = committed(world)
    told = changes(alliance, "committed")[0]["agreement"]
    assert terms.digest(told["text"]) == told["hash"] == alliance.agreement.hash
    assert len(told["signatures"]) == 3
    for row in told["signatures"]:
        statement = terms.statement(str(alliance.key), row["firm"], told["hash"])
        assert fits(row["public_key"], row["signature"], statement)
    assert changes(alliance, "agreement_composed")[0]["agreement"]["hash"] == told["hash"]
    assert [row["signature"] for row in changes(alliance, "signed")] != []


# -- holds become reservations only when all have signed the same --


def test_one_missing_signature_keeps_the_holds(world: World) -> None:
    private = bring_key(world.firms.carrier)
    alliance = accept_mandatory(world.approve())
    assert (alliance.state, ledger(alliance)) == (State.NEGOTIATING, {"held"})
    assert not alliance.grants.exists()
    assert queries.unsigned(alliance) == [world.firms.carrier.key]
    sign(alliance, world.firms.carrier, private)
    alliance = fresh(alliance)
    assert (alliance.state, ledger(alliance)) == (State.COMMITTED, {"reserved"})
    signature = Signature.objects.get(firm_id=world.firms.carrier.id)
    assert (signature.by, signature.key and signature.key.kind) == (world.firms.carrier.owner, "brought")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda agreement: agreement.signatures.filter(pk=agreement.signatures.earliest("pk").pk).delete(),
        lambda agreement: agreement.signatures.update(hash="0" * 64),
        lambda agreement: agreement.signatures.update(signature=""),
        lambda agreement: Agreement.objects.filter(pk=agreement.pk).update(text=agreement.text + " "),
        lambda agreement: Agreement.objects.filter(pk=agreement.pk).update(hash="0" * 64),
        lambda agreement: Seat.objects.filter(slot="maker").update(
            firm=Seat.objects.get(slot="seller", alliance=agreement.alliance).firm
        ),
    ],
)
def test_another_hash_or_a_missing_signature_is_not_all_signed(world: World, spoil: Any) -> None:
    private = bring_key(world.firms.carrier)
    alliance = accept_mandatory(world.approve())
    made = signature_of(private, statement_of(alliance, world.firms.carrier))
    agreement = fresh(alliance).agreement
    Signature.objects.create(
        agreement=agreement,
        firm=world.firms.carrier.firm,
        key=Key.objects.get(kind="brought"),
        hash=agreement.hash,
        signature=made,
        at=NOW,
    )
    assert may(lock(alliance.pk), "commit", NOW)
    spoil(agreement)
    assert not may(lock(alliance.pk), "commit", NOW)
    agreeing.bind_when_signed(lock(alliance.pk), NOW)
    assert (fresh(alliance).state, ledger(alliance)) == (State.NEGOTIATING, {"held"})


def test_the_platform_signs_only_exactly_what_was_accepted(world: World) -> None:
    """Terms that changed after the acceptance are not signed with a kept key, whoever changed them."""
    alliance = world.approve()
    accept(invitation(alliance, "maker"))
    changed = seat(alliance, "maker")
    changed.terms["items"][0]["unit_minor"] = 1
    changed.save()
    alliance = accept_mandatory(alliance)
    assert alliance.state == State.NEGOTIATING
    assert queries.unsigned(alliance) == [world.firms.maker.key]
    with pytest.raises(Refused, match="no_mandate"):
        actions.sign(world.firms.maker.owner.actor, str(alliance.key), now=NOW)


def test_a_kept_key_whose_secret_is_lost_holds_the_alliance_up_but_breaks_nothing(
    world: World, settings: Any
) -> None:
    alliance = world.approve()
    accept(invitation(alliance, "maker"))
    settings.KEY_ENCRYPTION_SECRET = "another one"
    alliance = accept_mandatory(alliance)
    assert queries.unsigned(alliance) == [world.firms.maker.key]
    key = Key.objects.get(firm_id=world.firms.maker.id)
    owner = world.firms.maker.owner.actor
    firms_actions.revoke_key(owner, world.firms.maker.key, key.pk, now=NOW)
    actions.sign(owner, str(alliance.key), now=NOW)
    assert fresh(alliance).state == State.COMMITTED


# -- signing with one's own key --


def test_wrong_signatures_are_refused_and_change_nothing(world: World) -> None:
    carrier = world.firms.carrier
    private = bring_key(carrier)
    alliance = accept_mandatory(world.approve())
    right = statement_of(alliance, carrier)
    wrong = [
        "nonsense",
        signature_of(Ed25519PrivateKey.generate(), right),
        signature_of(private, right.strip()),
        signature_of(private, statement_of(alliance, world.firms.maker)),
        signature_of(private, fresh(alliance).agreement.hash.encode()),
    ]
    for signature in wrong:
        with pytest.raises(Refused, match="wrong_signature"):
            actions.sign(carrier.owner.actor, str(alliance.key), signature=signature, now=NOW)
    with pytest.raises(Refused, match="own_key"):
        actions.sign(carrier.owner.actor, str(alliance.key), now=NOW)
    assert fresh(alliance).state == State.NEGOTIATING
    assert not Signature.objects.filter(firm_id=carrier.id).exists()


def test_who_may_sign(world: World) -> None:
    carrier = world.firms.carrier
    private = bring_key(carrier)
    alliance = accept_mandatory(world.approve())
    made = signature_of(private, statement_of(alliance, carrier))
    for stranger in (world.firms.outsider.owner, world.rival.owner, world.firms.operator):
        with pytest.raises(Missing):
            actions.sign(stranger.actor, str(alliance.key), signature=made, now=NOW)
    for partner in (carrier.worker, world.firms.maker.owner):
        with pytest.raises(Refused, match="nothing_to_sign"):
            actions.sign(partner.actor, str(alliance.key), signature=made, now=NOW)
    actions.sign(carrier.manager.actor, str(alliance.key), signature=made, now=NOW)
    with pytest.raises(Refused, match="nothing_to_sign"):
        actions.sign(carrier.manager.actor, str(alliance.key), signature=made, now=NOW)


def test_a_revoked_key_signs_nothing_and_the_kept_one_may(world: World) -> None:
    carrier = world.firms.carrier
    private = bring_key(carrier)
    alliance = accept_mandatory(world.approve())
    key = Key.objects.get(kind="brought")
    firms_actions.revoke_key(carrier.owner.actor, carrier.key, key.pk, now=NOW)
    with pytest.raises(Refused, match="wrong_signature"):
        sign(alliance, carrier, private)
    actions.sign(carrier.owner.actor, str(alliance.key), now=NOW)  # the platform keeps one from now on
    assert fresh(alliance).state == State.COMMITTED


def test_a_repeated_command_signs_once(world: World) -> None:
    private = bring_key(world.firms.carrier)
    alliance = accept_mandatory(world.approve())
    made = signature_of(private, statement_of(alliance, world.firms.carrier))
    sent = {"signature": made, "command_id": "s-1", "now": NOW}
    first = actions.sign(world.firms.carrier.owner.actor, str(alliance.key), **sent)
    assert actions.sign(world.firms.carrier.owner.actor, str(alliance.key), **sent) == first


# -- the deadline of signing --


def test_who_does_not_sign_in_time_is_replaced_and_the_others_stay(world: World) -> None:
    bring_key(world.firms.maker)
    alliance = accept_mandatory(world.approve())
    first = alliance.agreement
    actions.act(NOW + LIMIT)
    alliance = fresh(alliance)
    assert (alliance.state, alliance.due_at) == (State.INVITING, NOW + 2 * LIMIT)
    assert {row.firm_id for row in invitations(alliance)} == {world.rival.id}
    assert seat(alliance, "forwarder").state == SeatState.ACCEPTED
    assert ledger(alliance) == {"held"}
    assert sum(Reservation.objects.live().values_list("units", flat=True)) == UNITS  # the carrier's alone
    accept(invitation(alliance, "maker"), NOW + LIMIT + HOUR)
    alliance = fresh(alliance)
    assert alliance.state == State.COMMITTED
    content = json.loads(alliance.agreement.text)
    assert (content["number"], content["supersedes"]) == (1, "")  # it tells the newcomer of nobody before it
    assert alliance.agreement.pk != first.pk
    assert str(world.firms.maker.firm) not in alliance.agreement.text


def test_with_nobody_left_to_ask_it_lapses(world: World) -> None:
    bring_key(world.firms.seller)
    alliance = accept_mandatory(world.approve())
    actions.act(NOW + LIMIT)
    alliance = fresh(alliance)
    assert (alliance.state, ledger(alliance)) == (State.ABORTED, set())


def test_a_candidate_that_may_not_be_called_leads_back_to_planning(world: World) -> None:
    bring_key(world.firms.maker)
    alliance = accept_mandatory(world.approve())
    firms_actions.suspend(world.operator, world.rival.key, reason="papers", now=NOW)
    actions.act(NOW + LIMIT)
    assert (fresh(alliance).state, ledger(alliance)) == (State.PROPOSED, set())


def test_an_optional_partner_that_does_not_sign_holds_nobody_up(world: World) -> None:
    bring_key(world.rival)
    alliance = world.approve()
    accept(invitation(alliance, "live"))
    assert accept_mandatory(alliance).state == State.NEGOTIATING
    actions.act(NOW + LIMIT)
    alliance = fresh(alliance)
    assert (alliance.state, ledger(alliance)) == (State.COMMITTED, {"reserved"})
    assert invitation(alliance, "live").state == InvitationState.WITHDRAWN
    assert str(world.rival.firm) not in alliance.agreement.text


# -- a later agreement supersedes the one before --


def test_a_joiner_and_the_seller_sign_what_supersedes(world: World) -> None:
    alliance = committed(world)
    joined = seat(alliance, "maker")
    found = invitation(alliance, "maker")
    joined.firm = world.rival.firm
    joined.save()
    type(found).objects.filter(pk=found.pk).update(firm=world.rival.firm)
    locked = lock(alliance.pk)
    made = agreeing.compose(locked, NOW + HOUR)
    assert (made.number, made.supersedes) == (2, alliance.agreements.get(number=1))
    assert set(queries.unsigned(locked)) == {world.rival.key, world.firms.seller.key}
    agreeing.sign_kept(locked, made, NOW + HOUR)
    assert queries.unsigned(locked) == []
    assert queries.is_current(locked)
    assert json.loads(made.text)["supersedes"] == alliance.agreements.get(number=1).hash


# -- who may read it, and how --


PAGES = ["agreement", "agreement-pdf", "agreement-text"]


@pytest.mark.parametrize("name", PAGES)
def test_only_partners_and_operators_read_it_while_it_lives(world: World, name: str) -> None:
    bring_key(world.firms.carrier)
    alliance = world.approve()
    address = reverse(f"alliances:{name}", args=[alliance.key])
    firms = world.firms

    def answers() -> list[int]:
        people = (firms.maker.worker, firms.carrier.owner, world.rival.owner, firms.outsider.owner)
        return [browser(user).get(address).status_code for user in (*people, firms.operator)]

    assert answers() == [404] * 5  # there is none yet
    accept_mandatory(alliance)
    assert answers() == [200, 200, 404, 404, 200]


@pytest.mark.parametrize("name", PAGES)
def test_after_the_end_it_is_gone_for_ex_members(world: World, name: str) -> None:
    alliance = dissolved(world)
    address = reverse(f"alliances:{name}", args=[alliance.key])
    assert browser(world.firms.maker.owner).get(address).status_code == 404
    assert browser(world.firms.operator).get(address).status_code == 200


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_page_and_paper_show_hash_and_signatures_in_both_languages(world: World, language: str) -> None:
    world.firms.maker.firm.legal_name = "宁波长裤有限公司 & Söhne <Ltd>"
    world.firms.maker.firm.save()
    alliance = committed(world)
    client = browser(world.firms.maker.owner)
    client.cookies["django_language"] = language
    shown = client.get(reverse("alliances:agreement", args=[alliance.key])).content.decode()
    assert alliance.agreement.hash in shown
    for key in Key.objects.all():
        assert key.public_key in shown
    assert shown.count("宁波长裤有限公司 &amp; Söhne &lt;Ltd&gt;") >= 2
    paper = client.get(reverse("alliances:agreement-pdf", args=[alliance.key]))
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    assert b"STSong-Light" in paper.content


def test_the_download_is_exactly_what_was_hashed(world: World) -> None:
    alliance = committed(world)
    page = browser(world.firms.maker.owner).get(reverse("alliances:agreement-text", args=[alliance.key]))
    assert terms.digest(page.content.decode()) == alliance.agreement.hash
    assert page.content == alliance.agreement.text.encode()


def test_a_firm_signs_on_the_page_what_it_downloaded(world: World) -> None:
    carrier = world.firms.carrier
    private = bring_key(carrier)
    alliance = accept_mandatory(world.approve())
    client = browser(carrier.owner)
    assert "Agreements to sign" in client.get(reverse("alliances:desk")).content.decode()
    page = reverse("alliances:agreement", args=[alliance.key])
    assert "has to sign" in client.get(page).content.decode()
    text = client.get(reverse("alliances:agreement-statement", args=[alliance.key, carrier.key])).content
    assert text == statement_of(alliance, carrier)
    told = client.post(reverse("alliances:sign", args=[alliance.key]), {"signature": "AAAA"}, follow=True)
    assert "does not fit" in told.content.decode()
    done = {"signature": signature_of(private, text), "firm": carrier.key}
    assert client.post(reverse("alliances:sign", args=[alliance.key]), done).status_code == 302
    assert fresh(alliance).state == State.COMMITTED
    assert "has to sign" not in client.get(page).content.decode()


def test_a_program_signs_by_the_api(world: World) -> None:
    carrier = world.firms.carrier
    private = bring_key(carrier)
    alliance = accept_mandatory(world.approve())
    bearer = {"Authorization": f"Bearer {AccessToken.objects.issue(carrier.owner, 'signer')}"}
    address = reverse("alliances:api-agreement", args=[alliance.key])
    shown = Client().get(address, headers=bearer).json()
    assert (shown["state"], shown["hash"]) == ("negotiating", fresh(alliance).agreement.hash)
    text = shown["to_sign"][0]["statement"].encode()
    kind = {"content_type": "application/json", "headers": bearer}
    refused = Client().post(address, {"signature": "AAAA"}, **kind)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "wrong_signature")
    done = Client().post(address, {"signature": signature_of(private, text)}, **kind)
    assert (done.status_code, done.json()["state"], done.json()["to_sign"]) == (200, "committed", [])


def test_a_decline_before_leaves_no_trace_in_the_agreement(world: World) -> None:
    alliance = world.approve()
    decline(invitation(alliance, "maker"))
    alliance = accept_mandatory(alliance)
    assert alliance.state == State.COMMITTED
    assert world.firms.maker.key not in alliance.agreement.text
