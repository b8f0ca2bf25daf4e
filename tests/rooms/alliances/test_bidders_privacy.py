"""No firm sees who else bids for its slot, or at what price: worlds that differ only in the rivals look the same.

One firm is watched through everything that it can reach: every page and address of the access table, its streams
as sockets get them, what its verbs answer, and the wakes that it hears. The worlds differ in how many rivals were
asked before it, whether they declined, let the time pass or negotiated, at which prices, and who would come after.
"""

import json
import random
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from alliances import actions
from alliances.actions import steps
from alliances.models import Alliance, Invitation
from alliances.queries import replay
from alliances.queries.admission import Kind
from config import clock
from firms import actions as firms_actions
from firms.models import Line
from tests.builders.alliances import (
    NOW,
    SeatOf,
    accept,
    actor_of,
    carrying,
    decline,
    fixed,
    invitation,
    invitations,
    making,
    needs,
    per_unit,
    standing_proposal,
)
from tests.builders.firms import FirmOf, Firms, maker, publish, small_world

pytestmark = pytest.mark.django_db
SEEDS = range(2)
EVERYWHERE = "while others answer"
TABLE = [
    line.split()
    for line in (Path(__file__).parent / "access_table.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


class Town:
    """The firms, the same in all worlds: the watched maker, its rivals, and the partners in the other slots."""

    def __init__(self) -> None:
        self.firms: Firms = small_world()
        self.rivals = [maker(self.firms.operator, NOW, name=f"Rival {n} Hushed Works") for n in range(4)]
        self.lines: dict[int, Line] = {
            firm.id: publish(firm, "Lots", 500, NOW) for firm in (self.watched, *self.rivals)
        }
        self.space = publish(self.firms.carrier, "Air", 500, NOW)
        for firm in (self.watched, self.firms.carrier, self.firms.seller):
            firms_actions.keep_key(firm.id, now=NOW)
        # ids of as many digits in all worlds: rows are sorted by them as text
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('alliances_seat_id_seq') FROM generate_series(1, 1000)")

    @property
    def watched(self) -> FirmOf:
        return self.firms.maker


class Watch:
    """What the watched firm's owner can observe, without what is only its own: keys, hashes, tokens, row ids."""

    def __init__(self, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        self.town, self.seen, self.wakes = town, [], []  # type: tuple[Town, list[str], list[str]]
        self.browser = Client()
        self.browser.force_login(town.watched.owner)
        monkeypatch.setattr(clock, "now", lambda: NOW)
        for module in (steps, sys.modules["alliances.live.record"]):
            monkeypatch.setattr(module, "wake", lambda *topics: self.wakes.extend(topics))

    def look(self, alliance: Alliance, moment: str) -> None:
        """Look at everything that may tell of the alliance, once at all there is, and note it."""
        mine = Invitation.objects.get(firm=self.town.watched.firm, seat__alliance=alliance)
        for name, args, get, _post in TABLE:
            is_near = name.startswith("alliances:") or moment == EVERYWHERE
            if is_near and get != "-" and (address := self._address(name, args, alliance, mine)):
                answer = self.browser.get(address)
                self._note(f"{moment}: GET {name} {answer.status_code}", answer.content.decode("latin-1"))
        self._streams(alliance, mine, moment)
        heard = {f"desk:{self.town.watched.id}": "desk", f"stream:{mine.stream_id}": "invitation"}
        self._note(f"{moment}: wakes", str([heard[topic] for topic in self.wakes if topic in heard]))

    def post(self, moment: str, address: str, sent: dict[str, Any]) -> None:
        answer = self.browser.post(address, sent, headers={"accept": "application/json"})
        self._note(f"{moment}: POST {answer.status_code}", answer.content.decode())

    def _streams(self, alliance: Alliance, mine: Invitation, moment: str) -> None:
        """The frames and the snapshot that a socket would send."""
        alliance.refresh_from_db()
        streams = [(Kind.INVITATION, mine.stream_id), (Kind.ALLIANCE, alliance.stream_id)]
        for kind, stream_id in streams:
            if stream_id:
                told = replay.tails({stream_id: 0}, 100)[stream_id]
                self._note(f"{moment}: {kind}", "\n".join(event.frame("") for event in told.events))
                self._note(f"{moment}: {kind} now", json.dumps(replay.state(kind, stream_id)))

    def _address(self, name: str, args: str, alliance: Alliance, mine: Invitation) -> str | None:
        """Pages about the alliance, the invitation, the firm, and those about nothing in particular."""
        ids = {
            "alliance": alliance.key,
            "settled": alliance.key,
            "invitation": mine.key,
            "firm": self.town.watched.key,
            "proposal": alliance.proposal.key,
            "page": "competencies",
            "line": self.town.lines[self.town.watched.id].pk,
        }
        wanted = [] if args == "-" else args.split(",")
        if name.startswith(("account_", "mfa_", "health", "style")) or not set(wanted) <= set(ids):
            return None
        return reverse(name, args=[ids[arg] for arg in wanted])

    def _note(self, what: str, shown: str) -> None:
        self.seen.append(f"{what}\n{plain(shown)}")


def plain(shown: str) -> str:
    """Without tokens, keys, hashes and the ids of rows, which no two worlds share; keys keep their order."""
    for pattern, instead in OWN:
        shown = re.sub(pattern, instead, shown)
    names: dict[str, str] = {}
    return KEYS.sub(lambda found: names.setdefault(found[0], f"<{len(names)}>"), shown)


KEYS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|[A-Za-z0-9+/]{86}==")
OWN = (
    (r'csrfmiddlewaretoken" value="[^"]*', "csrf"),
    (r'data-began="[^"]*|"(?:now|quiet)": ?\d+', "began"),
    (r'nonce="[^"]*|"epoch": ?"[^"]*"', "nonce"),
    (r"(?i)(wide trousers|trousers-) ?\d+", r"\1 N"),
    (r'"id": ?\d+|&quot;id&quot;: ?\d+|data-seat="\d+', "id"),
    (r'"\d+": ?\{', '"N":{'),
    (r'to" value="\d+"', 'to" value="N"'),  # the id of the firm's own latest notice
    (r"(?s)stream\r?\n.*?endstream|/ID\s*\[.*?\]|\(D:\d+[^)]*\)|startxref\s+\d+|\d{10} \d{5} n", "pdf"),
    (r"/Length \d+|\(agreement-\w+|agreement-[0-9a-f]{8}", "pdf"),
)


def life(
    town: Town, watch: Watch, before: Callable[[Alliance], None], after: Callable[[Alliance], None], plan: Any
) -> None:
    """One world: what the rivals do before and after the watched firm is asked; it does the same in all."""
    proposal = standing_proposal(town.firms, plan_seats(town), NOW)
    plan(proposal.seats.get(slot="maker"))
    actions.approve(town.firms.operator.actor, str(proposal.key), now=NOW)
    alliance = Alliance.objects.get(proposal=proposal)
    before(alliance)
    found = invitation(alliance, "maker")
    assert found.firm_id == town.watched.id
    watch.look(alliance, "invited")
    after(alliance)
    watch.look(alliance, EVERYWHERE)
    form = {
        "terms_hash": found.terms_hash,
        "price_0": "7.00",
        "price_1": "50.00",
        "units": "90",
        "note": "dear",
    }
    days = {"from_on": NOW.date().isoformat(), "until_on": "2026-06-02"}
    watch.post("counter", reverse("alliances:counter", args=[found.key]), {**form, **days})
    watch.look(alliance, "countered")
    actions.accept_counter(town.firms.operator.actor, str(found.key), number=1, now=NOW)
    watch.look(alliance, "answered")
    found.refresh_from_db()
    watch.post("accept", reverse("alliances:accept", args=[found.key]), {"terms_hash": found.terms_hash})
    watch.look(alliance, "accepted")
    for row in invitations(alliance, seat__is_mandatory=True):
        accept(row)
    alliance.refresh_from_db()
    assert alliance.state == "committed"
    watch.look(alliance, "committed")


def plan_seats(town: Town) -> list[SeatOf]:
    return [
        SeatOf("maker", [town.watched], making(), needs(town.lines[town.watched.id])),
        SeatOf("forwarder", [town.firms.carrier], carrying(), needs(town.space)),
        SeatOf("seller", [town.firms.seller], [{"kind": "remainder", "label": "What is left"}]),
        SeatOf("live", [town.rivals[0]], [fixed(30_000)], is_mandatory=False),
    ]


class Rivals:
    """What differs between worlds, from a seed."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.luck = town, random.Random(seed)
        rivals = self.luck.sample(town.rivals, self.luck.randint(1, 4))
        self.first = rivals[: self.luck.randint(1, len(rivals))]
        self.later = rivals[len(self.first) :]

    def plan(self, planned: Any) -> None:
        """Put rivals before and after the watched firm, each with a price of its own."""
        own = planned.terms
        order = [*self.first, self.town.watched, *self.later]
        rows = [
            {"firm": firm.id, "terms": own if firm is self.town.watched else self._bid(own, firm)}
            for firm in order
        ]
        planned.firm_id, planned.terms = rows[0]["firm"], rows[0]["terms"]
        planned.candidates = rows[1:]
        planned.save()

    def before(self, alliance: Alliance) -> None:
        """Those who are asked first do not take the seat: they decline, negotiate, or let the time pass."""
        for _firm in self.first:
            self._not_taken(alliance)

    def after(self, alliance: Alliance) -> None:
        """In the other slots firms answer, one way or another, in any order."""
        if self.luck.random() < 0.5:
            decline(invitation(alliance, "live"))
        if self.luck.random() < 0.5:
            accept(invitation(alliance, "seller"))
        if self.luck.random() < 0.5:
            found = invitation(alliance, "forwarder")
            wish = {"terms_hash": found.terms_hash, "prices": {0: 10_000}, "note": "hushed price", "now": NOW}
            actions.counter(actor_of(found.firm_id), str(found.key), **wish)
            actions.refuse_counter(self.town.firms.operator.actor, str(found.key), number=1, now=NOW)

    def _bid(self, own: dict[str, Any], firm: FirmOf) -> dict[str, Any]:
        price = self.luck.randint(100, 9_000)
        return {**own, "items": [per_unit(100, price)], "capacity": needs(self.town.lines[firm.id])}

    def _not_taken(self, alliance: Alliance) -> None:
        found = invitation(alliance, "maker")
        for number in range(self.luck.randint(0, 2)):
            wish = {"prices": {0: self.luck.randint(1, 9_999) * 7 + number}, "note": "hushed price"}
            actions.counter(
                actor_of(found.firm_id), str(found.key), terms_hash=found.terms_hash, now=NOW, **wish
            )
            answer = self.luck.choice([actions.accept_counter, actions.refuse_counter])
            answer(self.town.firms.operator.actor, str(found.key), number=2 * number + 1, now=NOW)
            found.refresh_from_db()
        if self.luck.random() < 0.6:
            decline(found)
        else:
            Invitation.objects.filter(pk=found.pk).update(due_at=NOW)
            actions.act(NOW)


@pytest.fixture
def town() -> Iterator[Town]:
    return Town()


def observed(town: Town, rivals: Rivals | None) -> list[str]:
    """Let a world happen, note what the watched firm sees of it, and leave everything as it was."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        watch = Watch(town, patch)
        if rivals is None:
            life(town, watch, nothing, nothing, nothing)
        else:
            life(town, watch, rivals.before, rivals.after, rivals.plan)
        transaction.set_rollback(True)
    return watch.seen


def nothing(_about: Any) -> None:
    """Nobody else is asked."""


def test_the_rivals_make_no_difference_that_a_firm_can_see(town: Town) -> None:
    alone = observed(town, None)
    assert len(alone) > 90
    assert any("committed: GET alliances:agreement 200" in row for row in alone)
    for seed in SEEDS:
        among = observed(town, Rivals(town, seed))
        for mine, theirs in zip(alone, among, strict=True):
            assert mine == theirs, f"seed {seed}"
        assert "ushed" not in "".join(among), f"seed {seed}"


def test_the_comparison_finds_a_leak(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """If an invitation told how many were asked before, this test would see it."""
    rows = sys.modules["alliances.queries.board"]
    honest = rows.invitation_row
    monkeypatch.setattr(
        rows,
        "invitation_row",
        lambda found: honest(found) | {"asked": Invitation.objects.filter(seat=found.seat).count()},
    )
    assert observed(town, None) != observed(town, Rivals(town, 1))
