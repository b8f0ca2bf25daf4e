"""The life of an alliance: every row, every guard, every deadline, and the three traps."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliances.lifecycle import (
    ALLIANCE,
    CLOSE_OBJECTIONS,
    DEADLINES,
    ROWS,
    WRITE_OFF,
    Actor,
    Facts,
    Ok,
    Refused,
    State,
    after_deadline,
    allowed,
    deadlines,
    due_at,
    passed,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIVE = set(State) - {State.DISSOLVED, State.ABORTED}

GOOD = Facts(
    is_decided=True,
    is_acyclic=True,
    has_candidates=True,
    all_mandatory_accepted=True,
    all_signed=True,
    is_workspace_ready=True,
    mandatory_tasks_total=20,
    cooling_off_over=True,
    was_completed=True,
    is_settled=True,
    objection_period_over=True,
)


def refusal(state: State, verb: str, facts: Facts, actor: Actor | None = None) -> str:
    answer = allowed(state, verb, facts, actor)
    return answer.code if isinstance(answer, Refused) else f"allowed: {answer.after}"


STRAIGHT = ["invite", "negotiate", "commit", "launch", "complete", "settle", "dissolve"]


def test_a_life_without_trouble() -> None:
    state = State.PROPOSED
    for verb in STRAIGHT:
        answer = allowed(state, verb, GOOD, Actor.OPERATOR)
        assert isinstance(answer, Ok), (state, verb, answer)
        state = answer.after
    assert state is State.DISSOLVED


@pytest.mark.parametrize(
    ("state", "verb", "change", "code"),
    [
        (State.PROPOSED, "invite", {"is_decided": False}, "decided"),
        (State.PROPOSED, "invite", {"is_acyclic": False}, "acyclic"),
        (State.PROPOSED, "invite", {"has_candidates": False}, "candidates"),
        (State.INVITING, "negotiate", {"all_mandatory_accepted": False}, "all_mandatory_accepted"),
        (State.INVITING, "replan", {}, "nobody_left"),
        (State.NEGOTIATING, "commit", {"all_signed": False}, "all_signed"),
        (State.NEGOTIATING, "commit", {"all_mandatory_accepted": False}, "all_mandatory_accepted"),
        (State.COMMITTED, "launch", {"is_workspace_ready": False}, "workspace_ready"),
        (State.COMMITTED, "launch", {"trend_alive": False}, "trend_alive"),
        (State.COMMITTED, "stand_down", {}, "trend_over"),
        (State.COMMITTED, "expire", {}, "deadline_passed"),
        (State.OPERATING, "complete", {"mandatory_tasks_open": 1}, "mandatory_tasks_done"),
        (State.OPERATING, "complete", {"mandatory_tasks_total": 0}, "had_mandatory_tasks"),
        (State.OPERATING, "complete", {"open_disputes": 1}, "no_open_disputes"),
        (State.OPERATING, "stand_down", {}, "trend_over"),
        (State.OPERATING, "evolve", {}, "seat_vacant"),
        (State.EVOLVING, "resume", {"seats_vacant": 1}, "seats_filled"),
        (State.EVOLVING, "give_up", {}, "nobody_left"),
        (State.EVOLVING, "end_early", {}, "partners_agreed"),
        (State.SUSPENDED, "clear", {}, "another_person"),
        (State.SUSPENDED, "expire", {}, "deadline_passed"),
        (State.OPERATING, "expire", {}, "deadline_passed"),
        (State.OPERATING, "end_early", {}, "partners_agreed"),
        (State.WINDING_DOWN, "reopen", {}, "cooling_off_open"),
        (State.WINDING_DOWN, "reopen", {"cooling_off_over": False, "was_completed": False}, "was_completed"),
        (
            State.WINDING_DOWN,
            "reopen",
            {"cooling_off_over": False, "was_reopened": True},
            "not_reopened_before",
        ),
        (State.WINDING_DOWN, "settle", {"cooling_off_over": False}, "cooling_off_over"),
        (State.WINDING_DOWN, "settle", {"leftovers_open": 1}, "leftovers_done"),
        (State.WINDING_DOWN, "settle", {"open_disputes": 1}, "no_open_disputes"),
        (State.SETTLING, "dissolve", {"is_settled": False}, "settled"),
        (State.SETTLING, "dissolve", {"settlement_sum": 1}, "settlement_is_zero"),
        (State.SETTLING, "dissolve", {"leftovers_open": 1}, "leftovers_done"),
        (State.SETTLING, "dissolve", {"objections_open": 1}, "no_open_objections"),
        (State.SETTLING, "dissolve", {"open_disputes": 1}, "no_open_disputes"),
        (State.SETTLING, "dissolve", {"objection_period_over": False}, "shares_accepted"),
        (State.SETTLING, "dispute", {}, "in_dispute"),
        (State.SETTLING, "recompute", {"open_disputes": 1}, "no_open_disputes"),
        (State.SETTLING, "recompute", {"versions_left": 0}, "final"),
        (State.DISPUTED, "resume", {"open_disputes": 1}, "no_open_disputes"),
    ],
)
def test_every_guard_refuses_with_its_reason(
    state: State, verb: str, change: dict[str, object], code: str
) -> None:
    assert refusal(state, verb, replace(GOOD, **change)) == code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "verb", "change", "after"),
    [
        (State.INVITING, "replan", {"has_candidates": False}, State.PROPOSED),
        (State.INVITING, "replan", {"deadline_passed": True}, State.PROPOSED),
        (State.PROPOSED, "lapse", {"deadline_passed": True}, State.ABORTED),
        (State.NEGOTIATING, "lapse", {"deadline_passed": True}, State.ABORTED),
        (State.COMMITTED, "stand_down", {"trend_alive": False}, State.WINDING_DOWN),
        (State.COMMITTED, "expire", {"deadline_passed": True}, State.WINDING_DOWN),
        (State.OPERATING, "stand_down", {"trend_alive": False}, State.WINDING_DOWN),
        (State.OPERATING, "expire", {"deadline_passed": True}, State.WINDING_DOWN),
        (State.OPERATING, "end_early", {"partners_agreed": True}, State.WINDING_DOWN),
        (State.WINDING_DOWN, "reopen", {"cooling_off_over": False}, State.OPERATING),
        (State.OPERATING, "evolve", {"seats_vacant": 1}, State.EVOLVING),
        (State.EVOLVING, "resume", {}, State.OPERATING),
        (State.EVOLVING, "give_up", {"has_candidates": False}, State.WINDING_DOWN),
        (State.EVOLVING, "stand_down", {"trend_alive": False}, State.WINDING_DOWN),
        (State.OPERATING, "suspend", {}, State.SUSPENDED),
        (State.EVOLVING, "suspend", {}, State.SUSPENDED),
        (State.SUSPENDED, "clear", {"is_another_person": True}, State.OPERATING),
        (State.SUSPENDED, "expire", {"deadline_passed": True}, State.WINDING_DOWN),
        (State.COMMITTED, "stop", {}, State.WINDING_DOWN),
        (State.SUSPENDED, "stop", {}, State.WINDING_DOWN),
        (
            State.SETTLING,
            "dissolve",
            {"objection_period_over": False, "all_confirmed": True},
            State.DISSOLVED,
        ),
        (State.SETTLING, "recompute", {}, State.SETTLING),
        (State.SETTLING, "dispute", {"open_disputes": 1}, State.DISPUTED),
        (State.DISPUTED, "resume", {}, State.SETTLING),
    ],
)
def test_the_other_ways(state: State, verb: str, change: dict[str, object], after: State) -> None:
    assert allowed(state, verb, replace(GOOD, **change)) == Ok(after)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", list(State))
def test_only_before_anybody_is_bound_can_it_be_aborted(state: State) -> None:
    unbound = state in {State.PROPOSED, State.INVITING, State.NEGOTIATING}
    expected = "allowed: aborted" if unbound else "no_such_step"
    assert refusal(state, "abort", Facts(), Actor.OPERATOR) == expected


@pytest.mark.parametrize(
    ("state", "verb", "actor"),
    [
        (State.PROPOSED, "invite", Actor.CLOCK),  # the system proposes, a person decides
        (State.PROPOSED, "invite", Actor.MEMBER),
        (State.NEGOTIATING, "commit", Actor.MEMBER),
        (State.INVITING, "abort", Actor.MEMBER),
        (State.OPERATING, "stand_down", Actor.CLOCK),  # a person confirms that the trend is over
        (State.OPERATING, "expire", Actor.OPERATOR),
        (State.SETTLING, "dissolve", Actor.MEMBER),
        (State.SETTLING, "recompute", Actor.MEMBER),
        (State.SETTLING, "dispute", Actor.CLOCK),
    ],
)
def test_verbs_have_owners(state: State, verb: str, actor: Actor) -> None:
    facts = replace(GOOD, trend_alive=state is not State.OPERATING, deadline_passed=True)
    assert refusal(state, verb, facts, actor) == "not_yours"


def test_trap_an_old_alliance_does_not_come_back_to_life() -> None:
    verbs = {row.verb for row in ROWS}
    for state, verb, actor in product((State.DISSOLVED, State.ABORTED), verbs, Actor):
        assert refusal(state, verb, replace(GOOD, deadline_passed=True), actor) == "no_such_step"
    assert due_at(State.DISSOLVED, NOW, {}) is None


def test_trap_work_that_is_no_task_keeps_it_from_closing() -> None:
    """All tasks are finished, yet stock lies in a warehouse and a return is on its way."""
    facts = replace(GOOD, mandatory_tasks_open=0, leftovers_open=2)
    assert refusal(State.WINDING_DOWN, "settle", facts) == "leftovers_done"
    assert refusal(State.SETTLING, "dissolve", facts) == "leftovers_done"


def test_trap_one_without_any_task_still_ends() -> None:
    facts = replace(GOOD, mandatory_tasks_total=0)
    assert refusal(State.OPERATING, "complete", facts) == "had_mandatory_tasks"
    ended = replace(facts, deadline_passed=True)
    state = State.OPERATING
    for verb in ("expire", "settle", "dissolve"):
        answer = allowed(state, verb, ended, Actor.CLOCK)
        assert isinstance(answer, Ok)
        state = answer.after
    assert state is State.DISSOLVED


def test_a_proposal_goes_around_until_somebody_is_found() -> None:
    assert allowed(State.INVITING, "replan", replace(GOOD, has_candidates=False)) == Ok(State.PROPOSED)
    assert allowed(State.PROPOSED, "invite", GOOD) == Ok(State.INVITING)


def test_the_table_has_one_row_for_a_state_and_a_verb() -> None:
    pairs = [(row.before, row.verb) for row in ROWS]
    assert len(pairs) == len(set(pairs))


def test_every_state_in_force_is_reached_and_reaches_an_end() -> None:
    assert ALLIANCE.in_force == set(State)
    assert ALLIANCE.terminal == {State.DISSOLVED, State.ABORTED}
    ends = set(ALLIANCE.terminal)
    for _ in ROWS:
        ends |= {row.before for row in ROWS if row.after in ends}
    assert ends >= LIVE


@pytest.mark.parametrize("state", sorted(LIVE))
def test_every_live_state_has_a_deadline_that_the_clock_can_act_on(state: State) -> None:
    rows = [row for row in DEADLINES if row.state is state]
    assert rows
    for row in rows:
        step = ALLIANCE.find(state, row.verb)
        assert step is not None
        assert Actor.CLOCK in step.who
    assert after_deadline(state) == ALLIANCE.find(state, rows[-1].verb)


@pytest.mark.parametrize("state", sorted(LIVE))
def test_the_clock_alone_brings_every_state_to_an_end(state: State) -> None:
    """Whatever people fail to do, deadlines lead out, once the caller did what each asks for first."""
    abandoned = Facts(
        deadline_passed=True, cooling_off_over=True, is_settled=True, objection_period_over=True
    )
    seen = [state]
    while step := after_deadline(seen[-1]):
        answer = allowed(seen[-1], step.verb, abandoned, Actor.CLOCK)
        assert isinstance(answer, Ok)
        seen.append(answer.after)
        assert len(seen) < len(State)
    assert seen[-1] in ALLIANCE.terminal


@pytest.mark.parametrize("state", sorted({State.DISSOLVED, State.ABORTED}))
def test_states_without_deadlines(state: State) -> None:
    assert after_deadline(state) is None
    assert deadlines(state, NOW, {}) == ()


@pytest.mark.parametrize(
    ("state", "hours"),
    [
        (State.INVITING, 48),
        (State.NEGOTIATING, 48),
        (State.COMMITTED, 24),
        (State.WINDING_DOWN, 24),  # the cooling-off comes first
        (State.SETTLING, 72),
        (State.DISPUTED, 14 * 24),
    ],
)
def test_default_deadlines(state: State, hours: int) -> None:
    assert due_at(state, NOW, {}) == NOW + timedelta(hours=hours)


def test_settings_of_the_alliance_override_defaults() -> None:
    assert due_at(State.INVITING, NOW, {"inviting": timedelta(minutes=5)}) == NOW + timedelta(minutes=5)


def test_the_second_deadline_of_a_state_asks_for_something_first() -> None:
    cooled = NOW + timedelta(hours=24)
    assert due_at(State.WINDING_DOWN, NOW, {}, after=cooled) == NOW + timedelta(days=14)
    assert due_at(State.WINDING_DOWN, NOW, {}, after=NOW + timedelta(days=14)) is None
    rows = passed(State.WINDING_DOWN, NOW, {}, NOW + timedelta(days=14))
    assert [(row.verb, row.before) for row in rows] == [("settle", ""), ("settle", WRITE_OFF)]
    assert passed(State.SETTLING, NOW, {}, NOW + timedelta(days=14))[-1].before == CLOSE_OBJECTIONS
    assert passed(State.WINDING_DOWN, NOW, {}, cooled - timedelta(seconds=1)) == ()


def _facts() -> st.SearchStrategy[Facts]:
    numbers = st.integers(0, 2)
    return st.builds(
        Facts,
        **{
            name: (st.booleans() if isinstance(getattr(GOOD, name), bool) else numbers)
            for name in Facts.__dataclass_fields__
        },
    )


@given(
    st.lists(st.tuples(st.sampled_from(sorted({row.verb for row in ROWS})), _facts(), st.sampled_from(Actor)))
)
@settings(deadline=None, max_examples=100)
def test_no_sequence_of_verbs_breaks_the_promises(calls: list[tuple[str, Facts, Actor]]) -> None:
    state = State.PROPOSED
    for before, verb, after, facts in _walk(state, calls):
        assert (before, verb) in {(row.before, row.verb) for row in ROWS}
        assert before not in ALLIANCE.terminal
        if after is State.DISSOLVED:
            assert facts.settlement_sum == facts.leftovers_open == facts.objections_open == 0
        if after is State.COMMITTED:
            assert facts.all_signed
        if verb == "complete":
            assert facts.mandatory_tasks_total > facts.mandatory_tasks_open == 0


def _walk(state: State, calls: list[tuple[str, Facts, Actor]]) -> Iterator[tuple[State, str, State, Facts]]:
    for verb, facts, actor in calls:
        answer = allowed(state, verb, facts, actor)
        assert bool(answer) is (verb in ALLIANCE.verbs(state, facts, actor))
        if isinstance(answer, Ok):
            yield state, verb, answer.after, facts
            state = answer.after
