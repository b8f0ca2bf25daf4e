"""Random lives against a model of the machine: verbs, clocks and faults in any order break no promise.

The model is the table of the life cycle: whatever people, the clock and failing machines do, an alliance moves
only along its rows, a fault changes nothing, a repeated command counts once, and the clock alone ends it.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from alliances import actions
from alliances.lifecycle import ALLIANCE, ROWS, SeatState, State
from alliances.models import Alliance, Change, Event, Invitation, Stream
from alliances.queries.residue import residues
from config.rows import Actor, Refused
from firms.models import CapacityWeek, Reservation
from tests.builders.alliances import DAY, HOUR, World, actor_of, forming_world, fresh, operating
from tests.builders.firms import NOW, person

pytestmark = pytest.mark.django_db
STEPS = {(row.before, row.after) for row in ROWS}
AT_ONCE = 3  # steps that one verb may take: the last acceptance negotiates, commits and, at a launch, opens
LONGEST_LIFE = 40  # looks of the clock, a fortnight apart, after which every life must be over
Deed = Callable[..., Any]


class Fault(Exception):
    """A machine fails in the middle of a verb."""


class Life:
    """One alliance, everybody who can do something to it, and dice."""

    def __init__(self, number: int) -> None:
        self.dice, self.now = random.Random(number), NOW
        self.world: World = forming_world()
        self.colleague = person("colleague", is_operator=True).actor
        self.alliance = operating(self.world) if number % 2 else self.world.approve()
        self.done = 0

    def deeds(self) -> list[tuple[Deed, Any, dict[str, Any]]]:
        """What anybody might try now, sensible or not."""
        key, why = str(self.alliance.key), {"reason": "so"}
        found: list[tuple[Deed, Any, dict[str, Any]]] = [
            (actions.abort, key, why), (actions.suspend, key, why), (actions.clear, key, why),
            (actions.stop, key, why), (actions.leave, key, why), (actions.agree_to_end, key, {}),
            (actions.go_on, key, {}), (actions.confirm, key, {}), (actions.object_, key, {"text": "no"}),
            (actions.post_stock, key, {"place": "Hamburg", "units": self.dice.randint(0, 9)}),
            (actions.post_exception, key, {"kind": "damage", "text": "wet"}),
        ]  # fmt: skip
        for invitation in Invitation.objects.filter(seat__alliance=self.alliance):
            accepting = (actions.accept, str(invitation.key), {"terms_hash": invitation.terms_hash})
            found += [accepting, accepting, (actions.decline, str(invitation.key), {})]
        for seat in self.alliance.seats.all():
            found.append((actions.replace, seat.pk, why))
        for change in Change.objects.filter(alliance=self.alliance):
            found.append((actions.confirm_change, str(change.key), {"option": "stop_now"}))
        return found + self._task_deeds()

    def _task_deeds(self) -> list[tuple[Deed, Any, dict[str, Any]]]:
        found: list[tuple[Deed, Any, dict[str, Any]]] = []
        for task in self.alliance.tasks.filter(is_milestone=False):
            units = task.target_units or 0
            report = {"done_units": units, "revenue_minor": units * 100 if task.reports_revenue else 0}
            found += [(actions.start, task.pk, {}), (actions.finish, task.pk, report)]
            found += [(self.dice.choice([actions.hand_back, actions.reopen]), task.pk, {})]
        return found

    def actors(self) -> list[Actor]:
        firms = self.alliance.seats.exclude(firm=None).values_list("firm_id", flat=True)
        people = [actor_of(firm, role) for firm in {*firms, self.world.rival.id} for role in ROLES]
        return [*people, self.world.operator, self.world.operator, self.colleague]

    def step(self) -> None:
        """Time passes, and somebody tries something, perhaps twice, perhaps while a machine fails."""
        self.now += timedelta(hours=self.dice.choice([0, 0, 1, 5, 30]))
        deed, target, data = self.dice.choice(self.deeds())
        kind = self.dice.random()
        with self.keeps_its_promises():
            if kind < 0.25:
                actions.act(self.now)
            elif kind < 0.35:
                self.fails(deed, target, data)
            else:
                self.tries(deed, target, data)

    def tries(self, deed: Deed, target: Any, data: dict[str, Any]) -> None:
        """Whoever may do it does it; a second time with the same command id changes nothing."""
        for actor in self.dice.sample(self.actors(), 4):
            self.done += 1
            order = {**data, "command_id": f"{self.done:08}", "now": self.now}
            try:
                first = deed(actor, target, **order)
            except Refused as refused:
                assert refused.code
                continue
            versions = self.versions()
            assert (deed(actor, target, **order), self.versions()) == (first, versions)
            return

    def fails(self, deed: Deed, target: Any, data: dict[str, Any]) -> None:
        """The machine fails when the first event is written: everything is as before."""
        before = self.everything()
        actor = self.dice.choice(self.actors())
        with patch("alliances.live.record", side_effect=Fault):
            try:
                with transaction.atomic():
                    deed(actor, target, **data, now=self.now)
            except (Fault, Refused):
                assert self.everything() == before

    def everything(self) -> list[Any]:
        """The rows that a verb might change."""
        rows = [
            Alliance.objects,
            self.alliance.seats,
            self.alliance.tasks,
            self.alliance.grants,
            CapacityWeek.objects,
        ]
        return [list(row.order_by("pk").values()) for row in rows] + [self.versions()]

    def versions(self) -> list[int]:
        return list(Stream.objects.order_by("pk").values_list("version", flat=True))

    @contextmanager
    def keeps_its_promises(self) -> Iterator[None]:
        before = State(fresh(self.alliance).state)
        yield
        self.alliance = fresh(self.alliance)
        after = State(self.alliance.state)
        assert after in _reached(before), (before, after)
        assert before not in ALLIANCE.terminal or after is before
        assert (self.alliance.due_at is None) == self.alliance.is_over
        self.demand_access_fits()
        self.demand_ledger_fits()

    def demand_access_fits(self) -> None:
        """Who has access is who holds a seat, and nobody when it is over."""
        seats = self.alliance.seats.filter(state=SeatState.SIGNED).values_list("firm_id", flat=True)
        grants = self.alliance.grants.filter(ended_at=None).values_list("firm_id", flat=True)
        assert set(grants) == set(seats)

    def demand_ledger_fits(self) -> None:
        """What is used of each week is what the ledger says; the database itself forbids more than there is."""
        held = dict(Reservation.objects.live().values_list("week_id").annotate(units=Sum("units")))
        for week in CapacityWeek.objects.all():
            assert week.used_units == held.get(week.pk, 0) <= week.published_units

    def ends(self) -> None:
        """Everybody goes home: the clock alone brings it to an end, gap-free and without residue."""
        for _ in range(LONGEST_LIFE):
            if self.alliance.is_over:
                break
            self.now += 7 * DAY
            with self.keeps_its_promises():
                actions.act(self.now)
        assert self.alliance.is_over, self.alliance.state
        assert residues(self.now + HOUR) == {}
        for stream in Stream.objects.all():
            versions = list(
                Event.objects.filter(stream=stream).order_by("version").values_list("version", flat=True)
            )
            assert versions == list(range(1, stream.version + 1))
        if self.alliance.state == State.DISSOLVED:
            shares = self.alliance.settlement.shares.values("currency").annotate(sum=Sum("amount_minor"))
            assert all(row["sum"] == 0 for row in shares)


ROLES = ("owner", "worker")


def _reached(state: State) -> set[State]:
    found = {state}
    for _ in range(AT_ONCE):
        found |= {after for before, after in STEPS if before in found}
    return found


def test_no_life_breaks_a_promise(db: None) -> None:
    visited: set[State] = set()

    @seed(20261124)
    @given(number=st.integers(0, 2**32), steps=st.integers(20, 70))
    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def live(number: int, steps: int) -> None:
        with transaction.atomic():
            life = Life(number)
            for _ in range(steps):
                life.step()
                visited.add(State(life.alliance.state))
            life.ends()
            visited.add(State(life.alliance.state))
            transaction.set_rollback(True)

    live()
    assert visited >= {State.INVITING, State.OPERATING, State.EVOLVING, State.SUSPENDED}
    assert visited >= {State.WINDING_DOWN, State.DISSOLVED, State.ABORTED}
