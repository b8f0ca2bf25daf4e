"""The ledger of capacity: what is held is used, and never more than was published."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from config.rows import Missing, Refused
from firms import actions
from firms.actions import Wanted
from firms.models import CapacityWeek, Line, Reservation, User
from firms.weeks import mondays
from tests.builders.firms import NOW, FirmOf, Firms, maker, person, publish, used

TODAY = NOW.date()
WEEKS = mondays(TODAY, 12)


@pytest.fixture
def line(world: Firms) -> Line:
    return Line.objects.get(firm=world.maker.firm)


def want(line: Line, units: int, *, weeks: int = 4) -> Wanted:
    return Wanted(line.pk, TODAY, TODAY + timedelta(weeks=weeks - 1), units)


def publish_as(user: User, firm: FirmOf, line: Line, weeks: dict[date, int]) -> None:
    actions.publish_capacity(user.actor, firm.key, line.pk, weeks, now=NOW)


def hold(purpose: str, *wanted: Wanted) -> None:
    with transaction.atomic():
        actions.hold(purpose, list(wanted), now=NOW)


def test_units_are_held_in_the_earliest_weeks(line: Line) -> None:
    hold("alliance/maker-1", want(line, 2_300))
    assert used(line) == {WEEKS[0]: 1_000, WEEKS[1]: 1_000, WEEKS[2]: 300}
    hold("alliance/maker-2", want(line, 800))
    assert used(line) == {WEEKS[0]: 1_000, WEEKS[1]: 1_000, WEEKS[2]: 1_000, WEEKS[3]: 100}


def test_what_does_not_fit_is_refused_and_nothing_is_held(world: Firms, line: Line) -> None:
    space = Line.objects.get(firm=world.carrier.firm)
    with pytest.raises(Refused) as caught:
        hold("alliance/maker-1", want(space, 10), want(line, 4_001))
    assert caught.value.code == "capacity_gone"
    assert caught.value.detail == {"line": line.pk, "wanted_units": 4_001, "free_units": 4_000}
    assert used(line) == used(space) == {}


def test_two_wishes_for_one_line_do_not_count_the_same_units_twice(line: Line) -> None:
    hold("alliance/maker-1", want(line, 600, weeks=1), want(line, 600, weeks=2))
    assert used(line) == {WEEKS[0]: 1_000, WEEKS[1]: 200}
    with pytest.raises(Refused):
        hold("alliance/maker-2", want(line, 500, weeks=2), want(line, 500, weeks=2))


def test_a_line_that_is_not_there_has_nothing_free(line: Line) -> None:
    with pytest.raises(Refused) as caught:
        hold("alliance/maker-1", Wanted(line.pk + 1_000, TODAY, TODAY, 1))
    assert caught.value.detail["free_units"] == 0


def test_a_purpose_holds_once(line: Line) -> None:
    hold("alliance/maker-1", want(line, 5))
    with pytest.raises(Refused) as caught:
        hold("alliance/maker-1", want(line, 5))
    assert caught.value.code == "already_held"
    actions.release("alliance/maker-1", now=NOW)
    hold("alliance/maker-1", want(line, 5))
    assert used(line) == {WEEKS[0]: 5}


def test_held_becomes_reserved_and_is_released_seat_by_seat_or_as_a_whole(line: Line) -> None:
    for purpose in ("a/maker-1", "a/maker-10", "ab/maker-1"):
        hold(purpose, want(line, 100))
    assert actions.reserve("a/maker-1", now=NOW) == 1
    states = dict(Reservation.objects.values_list("purpose", "state"))
    assert states == {"a/maker-1": "reserved", "a/maker-10": "held", "ab/maker-1": "held"}
    assert used(line) == {WEEKS[0]: 300}
    assert actions.release("a/maker-1", now=NOW) == 1
    assert actions.release("a/", now=NOW) == 1
    assert actions.release("a", now=NOW) == 0
    assert used(line) == {WEEKS[0]: 100}


@pytest.mark.parametrize("change", [{"used_units": 7}, {"published_units": -1}])
def test_the_database_keeps_the_sum_whoever_writes(line: Line, change: dict[str, int]) -> None:
    week = CapacityWeek.objects.filter(line=line).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        CapacityWeek.objects.filter(pk=week.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(week=week, purpose="x", units=1_001, held_at=NOW)


def test_the_sum_follows_every_kind_of_change(line: Line) -> None:
    first, second = CapacityWeek.objects.filter(line=line)[:2]
    entry = Reservation.objects.create(week=first, purpose="x", units=40, held_at=NOW)
    Reservation.objects.filter(pk=entry.pk).update(units=50)
    assert used(line) == {first.week_on: 50}
    Reservation.objects.filter(pk=entry.pk).update(week=second)
    assert used(line) == {second.week_on: 50}
    Reservation.objects.filter(pk=entry.pk).update(state="released")
    assert used(line) == {}
    Reservation.objects.filter(pk=entry.pk).update(state="held")
    entry.delete()
    assert used(line) == {}


def test_capacity_is_published_and_lowered_but_not_below_what_is_promised(world: Firms, line: Line) -> None:
    hold("alliance/maker-1", want(line, 700))
    owner, key = world.maker.owner.actor, world.maker.key
    actions.publish_capacity(owner, key, line.pk, {WEEKS[0]: 700, WEEKS[1]: 0}, now=NOW)
    with pytest.raises(Refused) as caught:
        actions.publish_capacity(owner, key, line.pk, {WEEKS[1]: 500, WEEKS[0]: 699}, now=NOW)
    assert caught.value.code == "below_used"
    assert (caught.value.detail["week_on"], caught.value.detail["used_units"]) == (WEEKS[0].isoformat(), 700)
    rows = dict(line.weeks.values_list("week_on", "published_units"))
    assert (rows[WEEKS[0]], rows[WEEKS[1]], rows[WEEKS[2]]) == (700, 0, 1_000)


@pytest.mark.parametrize(("week_on", "units"), [(date(2026, 3, 3), 5), (WEEKS[0], -1), (WEEKS[0], 10**12)])
def test_only_sane_capacity_is_published(world: Firms, line: Line, week_on: date, units: int) -> None:
    with pytest.raises(Refused) as caught:
        publish_as(world.maker.owner, world.maker, line, {week_on: units})
    assert week_on.isoformat() in caught.value.detail["fields"]


def test_signers_publish_and_only_for_their_own_lines(world: Firms, line: Line) -> None:
    with pytest.raises(Refused) as caught:
        publish_as(world.maker.worker, world.maker, line, {WEEKS[0]: 1})
    assert caught.value.code == "not_allowed"
    for firm in (world.maker, world.outsider):
        with pytest.raises(Missing):
            publish_as(world.outsider.owner, firm, line, {WEEKS[0]: 1})


class TestLedger(TestCase):
    """Whatever is held, reserved and released: used = the sum of the live entries, never above published."""

    firm: FirmOf

    @classmethod
    def setUpTestData(cls) -> None:
        cls.firm = maker(person("operator", is_operator=True))

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["hold", "reserve", "release"]), st.integers(0, 4), st.integers(1, 1_500)
            ),
            max_size=12,
        )
    )
    def test_it_always_sums(self, steps: list[tuple[str, int, int]]) -> None:
        line = Line.objects.get(firm=self.firm.firm)
        for verb, number, units in steps:
            self._do(line, verb, f"a/{number}", units)
            rows = Reservation.objects.live().values_list("week__week_on", "units")
            sums: dict[date, int] = {}
            for week_on, part in rows:
                sums[week_on] = sums.get(week_on, 0) + part
            assert sums == used(line)
            assert all(part <= 1_000 for part in sums.values())

    def _do(self, line: Line, verb: str, purpose: str, units: int) -> None:
        if verb == "reserve":
            actions.reserve(purpose, now=NOW)
        elif verb == "release":
            actions.release(purpose, now=NOW)
        elif units <= 1_000 and not Reservation.objects.live().of(purpose).exists():
            free = sum(row.free_units for row in line.weeks.filter(week_on__in=WEEKS[:2]))
            with transaction.atomic():
                if free >= units:
                    actions.hold(purpose, [want(line, units, weeks=2)], now=NOW)
                else:
                    self._expect_refusal(line, purpose, units)

    def _expect_refusal(self, line: Line, purpose: str, units: int) -> None:
        with pytest.raises(Refused, match="capacity_gone"):
            actions.hold(purpose, [want(line, units, weeks=2)], now=NOW)


def race(count: int, verb: object) -> list[str]:
    """Let `verb(number)` run in so many threads at once, each with its own connection and transaction."""
    ready = Barrier(count)

    def run(number: int) -> str:
        try:
            ready.wait()
            with transaction.atomic():
                verb(number)  # type: ignore[operator]
            return "won"
        except Refused as refused:
            return refused.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_64_at_once_for_the_last_unit_one_wins(real_database: object) -> None:
    firm = maker(person("operator", is_operator=True))
    line = publish(firm, "Last unit", 1, weeks=1)
    answers = race(64, lambda n: actions.hold(f"a{n}/maker-1", [want(line, 1, weeks=1)], now=NOW))
    assert sorted(answers) == ["capacity_gone"] * 63 + ["won"]
    assert used(line) == {WEEKS[0]: 1}


def test_who_finds_a_week_full_is_refused_without_waiting_for_whoever_works_on_it(
    real_database: object,
) -> None:
    line = publish(maker(person("operator", is_operator=True)), "Full", 5, weeks=1)
    hold("first/maker-1", want(line, 5, weeks=1))

    def ask(number: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")
        actions.hold(f"late{number}/maker-1", [want(line, 1, weeks=1)], now=NOW)

    with transaction.atomic():
        list(CapacityWeek.objects.select_for_update().filter(line=line))
        assert race(1, ask) == ["capacity_gone"]


def test_parallel_holds_and_releases_over_several_lines_never_deadlock(real_database: object) -> None:
    firm = maker(person("operator", is_operator=True))
    lines = [publish(firm, f"Line {number}", 40, weeks=3) for number in range(3)]

    def hold_and_give_back(number: int) -> None:
        turned = lines[number % 3 :] + lines[: number % 3]
        actions.hold(f"a{number}/maker-1", [want(line, 5, weeks=3) for line in turned], now=NOW)
        if number % 2:
            actions.release(f"a{number}", now=NOW)

    assert race(32, hold_and_give_back) == ["won"] * 32
    assert [sum(used(line).values()) for line in lines] == [80, 80, 80]
