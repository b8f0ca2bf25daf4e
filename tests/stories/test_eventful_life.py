"""A life in which everything happens: a decline, a counter-offer, a partner replaced, a stand-down, a dispute.

What remains is a record that a partner takes home and checks offline; one changed byte, and it does not hold.
"""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from alliances import actions
from alliances.ledger import verify_record
from alliances.lifecycle import InvitationState, SeatState, State
from alliances.models import Alliance, Change, Dispute, Event, Invitation, Objection, Seat
from alliances.queries.residue import residues
from firms.models import User
from matching.models import Opportunity
from tests.builders.alliances import (
    DAY,
    HOUR,
    UNITS,
    SeatOf,
    accept,
    carrying,
    decline,
    fresh,
    invitation,
    making,
    needs,
    standing_proposal,
    task,
    work_off,
    worker,
)
from tests.builders.firms import NOW, Firms, carrier, maker, person, publish, small_world

pytestmark = pytest.mark.django_db
MADE_BEFORE, SOLD = 40, 25
VERIFIER = Path(verify_record.__file__)


def founded(firms: Firms) -> Alliance:
    """A proposal with a second maker and another carrier, which is asked first, approved."""
    rival, ocean = maker(firms.operator, name="Yiwu Trousers"), carrier(firms.operator, name="Long Wave")
    line, space = (publish(firms.maker, "Lots", UNITS, NOW), publish(firms.carrier, "Space", UNITS, NOW))
    far_space, rival_line = (publish(ocean, "Space", UNITS, NOW), publish(rival, "Lots", UNITS, NOW))
    seats = [
        SeatOf("maker", [firms.maker, rival], making(), needs(line)),
        SeatOf("forwarder", [ocean, firms.carrier], carrying(), needs(far_space)),
        SeatOf("seller", [firms.seller], [{"kind": "remainder", "label": "What is left"}]),
    ]
    proposal = standing_proposal(firms, seats)
    for slot, own in (("maker", rival_line), ("forwarder", space)):
        planned = proposal.seats.get(slot=slot)
        planned.candidates[0]["terms"]["capacity"] = needs(own)
        planned.save()
    actions.approve(firms.operator.actor, str(proposal.key), reason="it pays", now=NOW)
    return Alliance.objects.get(proposal=proposal)


def negotiated(firms: Firms, alliance: Alliance) -> None:
    """The first carrier declines; the next one wants more, gets it, and accepts exactly that."""
    decline(invitation(alliance, "forwarder"))
    asked = invitation(alliance, "forwarder")
    assert asked.firm == firms.carrier.firm
    owner, key = firms.carrier.owner.actor, str(asked.key)
    actions.counter(owner, key, terms_hash=asked.terms_hash, prices={0: 170}, note="fuel", now=NOW)
    actions.accept_counter(firms.operator.actor, key, number=1, note="fair", now=NOW + HOUR)
    asked.refresh_from_db()
    assert json.loads(asked.terms)["terms"]["items"][0]["unit_minor"] == 170
    accept(asked, NOW + HOUR)
    for found in Invitation.objects.filter(seat__alliance=alliance, state=InvitationState.PENDING):
        accept(found, NOW + HOUR)
    actions.act(NOW + HOUR)
    assert fresh(alliance).state == State.OPERATING


def replaced(firms: Firms, alliance: Alliance, now: Any) -> None:
    """The maker stops at 40 of 100 units; the operator replaces it, and the rival makes the rest."""
    work_off(alliance, now, until="M6")
    making_task = task(alliance, "M6")
    actions.start(worker(making_task), making_task.pk, now=now)
    actions.progress(worker(making_task), making_task.pk, done_units=MADE_BEFORE, now=now)
    held = Seat.objects.get(alliance=alliance, slot="maker")
    actions.replace(firms.operator.actor, held.pk, reason="nobody answers since Monday", now=now)
    board = reverse("alliances:board", args=[alliance.key])
    assert browser(firms.maker.owner).get(board).status_code == 404
    accept(Invitation.objects.get(seat__succeeds=held), now)
    assert fresh(alliance).state == State.OPERATING


def stood_down(firms: Firms, alliance: Alliance, now: Any) -> Any:
    """All is made and flown, some is sold, then the trend dies; a person chooses the cheapest way out."""
    work_off(alliance, now, until="S3")
    selling = task(alliance, "S3")
    actions.start(worker(selling), selling.pk, now=now)
    actions.progress(worker(selling), selling.pk, done_units=SOLD, revenue_minor=SOLD * 2_500, now=now)
    Opportunity.objects.update(until_at=now)
    actions.act(now + 7 * HOUR)
    change = Change.objects.get(alliance=alliance, kind=Change.Kind.STAND_DOWN)
    ways = [way["exit"] for way in change.figures["ways"]]
    assert "stop_now" in ways
    actions.confirm_change(firms.operator.actor, str(change.key), option="stop_now", now=now + 8 * HOUR)
    assert fresh(alliance).state == State.WINDING_DOWN
    actions.finish(worker(selling), selling.pk, shortfall="the trend is over", now=now + 8 * HOUR)
    work_off(alliance, now + 8 * HOUR)
    actions.act(now + 2 * DAY)
    assert fresh(alliance).state == State.SETTLING
    return now + 2 * DAY


def disputed(firms: Firms, alliance: Alliance, now: Any) -> None:
    """The carrier objects, does not accept the answer, and is heard: a second operator corrects what it flew."""
    owner, key = firms.carrier.owner.actor, str(alliance.key)
    actions.object_(owner, key, text="we flew fewer", now=now)
    objection = Objection.objects.get()
    actions.answer_objection(firms.operator.actor, objection.pk, answer="as counted", now=now)
    actions.dispute(owner, objection.pk, text="look at the airway bill", now=now)
    assert fresh(alliance).state == State.DISPUTED
    judge = person("judge", is_operator=True)
    name = next(item for item in alliance.settlement.inputs["delivered"] if item.startswith("forwarder"))
    correction = {"input": f"delivered|{name}|", "units": 90, "evidence": "the bill"}
    actions.rule(
        judge.actor, Dispute.objects.get().pk, outcome="uphold", reasons="so it says",
        corrections=[correction], now=now + HOUR,
    )  # fmt: skip
    assert fresh(alliance).state == State.SETTLING
    shares = {str(row.firm): row.amount_minor for row in fresh(alliance).settlement.shares.all()}
    assert shares["Swift Air"] == 90 * 170
    assert sum(shares.values()) == 0


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def verified(text: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the program says that a partner runs at home."""
    kept = folder / "record.json"
    kept.write_bytes(text)
    return subprocess.run([sys.executable, VERIFIER, kept], capture_output=True, text=True, check=False)


def test_a_life_in_which_everything_happens(tmp_path: Path) -> None:
    firms = small_world()
    alliance = founded(firms)
    negotiated(firms, alliance)
    replaced(firms, alliance, NOW + DAY)
    settled_at = stood_down(firms, fresh(alliance), NOW + 2 * DAY)
    disputed(firms, fresh(alliance), settled_at)
    ended_at = settled_at + timedelta(days=5)
    actions.act(ended_at)
    alliance = fresh(alliance)
    assert alliance.state == State.DISSOLVED
    assert residues(ended_at + HOUR) == {}
    assert set(alliance.seats.values_list("state", flat=True)) == {SeatState.ENDED}
    kinds = set(Event.objects.filter(stream=alliance.stream).values_list("kind", flat=True))
    assert {"partner_replaced", "joined", "stood_down", "disputed", "ruled"} <= kinds

    actions.sequence(ended_at + HOUR)
    address = reverse("alliances:record-file", args=[alliance.key])
    answer = browser(firms.carrier.owner).get(address)
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert verified(text, tmp_path).returncode == 0
    middle = len(text) // 2
    changed = text[:middle] + bytes([text[middle] ^ 1]) + text[middle + 1 :]
    assert verified(changed, tmp_path).returncode == 1
    assert browser(firms.outsider.owner).get(address).status_code == 404
