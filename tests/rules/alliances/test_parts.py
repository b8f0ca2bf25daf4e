"""The small machines: invitation, seat, task, dispute."""

from dataclasses import replace

import pytest

from alliances.lifecycle import (
    DISPUTE,
    DISPUTE_OVER,
    INVITATION,
    SEAT,
    TASK,
    Actor,
    DisputeFacts,
    DisputeState,
    InvitationFacts,
    InvitationState,
    Machine,
    Ok,
    Refused,
    SeatFacts,
    SeatState,
    TaskFacts,
    TaskState,
)


def code(answer: Ok | Refused) -> str:
    return answer.code if isinstance(answer, Refused) else f"→ {answer.after}"


PENDING = InvitationFacts()


@pytest.mark.parametrize(
    ("verb", "actor", "facts", "expected"),
    [
        ("accept", Actor.MEMBER, PENDING, "→ accepted"),
        ("accept", Actor.OPERATOR, PENDING, "not_yours"),
        ("accept", Actor.CLOCK, PENDING, "not_yours"),
        ("accept", Actor.MEMBER, replace(PENDING, is_expired=True), "in_time"),
        ("accept", Actor.MEMBER, replace(PENDING, is_inviting=False), "forming"),
        ("accept", Actor.MEMBER, replace(PENDING, terms_match=False), "same_terms"),
        ("accept", Actor.MEMBER, replace(PENDING, has_capacity=False), "capacity"),
        ("decline", Actor.MEMBER, PENDING, "→ declined"),
        ("decline", Actor.MEMBER, replace(PENDING, is_expired=True), "in_time"),
        ("expire", Actor.CLOCK, PENDING, "timed_out"),
        ("expire", Actor.CLOCK, replace(PENDING, is_expired=True), "→ expired"),
        ("withdraw", Actor.CLOCK, PENDING, "→ withdrawn"),
        ("withdraw", Actor.MEMBER, PENDING, "not_yours"),
    ],
)
def test_an_invitation(verb: str, actor: Actor, facts: InvitationFacts, expected: str) -> None:
    assert code(INVITATION.allowed(InvitationState.PENDING, verb, facts, actor)) == expected


@pytest.mark.parametrize("verb", ["accept", "decline", "expire", "withdraw"])
@pytest.mark.parametrize("state", [state for state in InvitationState if state != "pending"])
def test_an_answered_invitation_stays_answered(state: InvitationState, verb: str) -> None:
    given_up = (state, verb) == ("accepted", "withdraw")  # an accepted seat of an alliance that never commits
    assert code(INVITATION.allowed(state, verb, PENDING)) == ("→ withdrawn" if given_up else "no_such_step")


@pytest.mark.parametrize(
    ("verbs", "state"),
    [
        (["invite", "accept", "sign", "end"], SeatState.ENDED),
        (["invite", "vacate", "invite"], SeatState.INVITED),
        (["invite", "accept", "vacate"], SeatState.OPEN),
        (["end"], SeatState.ENDED),
    ],
)
def test_a_seat(verbs: list[str], state: SeatState) -> None:
    now = SeatState.OPEN
    for verb in verbs:
        answer = SEAT.allowed(now, verb, SeatFacts())
        assert isinstance(answer, Ok)
        now = answer.after
    assert now is state


@pytest.mark.parametrize(
    ("state", "verb", "facts", "expected"),
    [
        (SeatState.OPEN, "invite", SeatFacts(has_candidate=False), "candidate"),
        (SeatState.OPEN, "accept", SeatFacts(), "no_such_step"),
        (SeatState.ACCEPTED, "sign", SeatFacts(agreement_matches=False), "same_agreement"),
        (SeatState.SIGNED, "vacate", SeatFacts(), "no_such_step"),  # who is bound leaves, and is succeeded
        (SeatState.ENDED, "invite", SeatFacts(), "no_such_step"),
    ],
)
def test_what_a_seat_refuses(state: SeatState, verb: str, facts: SeatFacts, expected: str) -> None:
    assert code(SEAT.allowed(state, verb, facts)) == expected


OPEN = TaskFacts()
BEHIND = TaskFacts(predecessors_open=1)
COUNTED = TaskFacts(quantity_target=100, quantity_done=60)


@pytest.mark.parametrize(
    ("state", "verb", "actor", "facts", "expected"),
    [
        (TaskState.WAITING, "ready", Actor.CLOCK, OPEN, "→ ready"),
        (TaskState.WAITING, "ready", Actor.CLOCK, BEHIND, "predecessors"),
        (TaskState.WAITING, "ready", Actor.MEMBER, OPEN, "not_yours"),
        (TaskState.WAITING, "start", Actor.MEMBER, OPEN, "no_such_step"),
        (TaskState.READY, "start", Actor.MEMBER, OPEN, "→ started"),
        (TaskState.READY, "start", Actor.MEMBER, BEHIND, "predecessors"),
        (TaskState.READY, "start", Actor.MEMBER, replace(OPEN, alliance_works=False), "alliance_works"),
        (TaskState.READY, "finish", Actor.CLOCK, replace(OPEN, is_milestone=True), "→ finished"),
        (TaskState.READY, "finish", Actor.CLOCK, OPEN, "milestone"),
        (TaskState.READY, "finish", Actor.MEMBER, replace(OPEN, is_milestone=True), "not_yours"),
        (TaskState.STARTED, "progress", Actor.MEMBER, COUNTED, "→ started"),
        (TaskState.STARTED, "finish", Actor.MEMBER, OPEN, "→ finished"),
        (TaskState.STARTED, "finish", Actor.MEMBER, COUNTED, "quantity"),
        (TaskState.STARTED, "finish", Actor.MEMBER, replace(COUNTED, quantity_done=100), "→ finished"),
        (TaskState.STARTED, "finish", Actor.MEMBER, replace(COUNTED, shortfall_stated=True), "→ finished"),
        (TaskState.STARTED, "finish", Actor.MEMBER, replace(OPEN, holds_open=1), "no_holds"),
        (TaskState.STARTED, "hand_back", Actor.MEMBER, OPEN, "→ ready"),
        (TaskState.FINISHED, "reopen", Actor.MEMBER, OPEN, "reopenable"),
        (TaskState.FINISHED, "reopen", Actor.MEMBER, replace(OPEN, may_reopen=True), "→ started"),
        (TaskState.FINISHED, "finish", Actor.MEMBER, OPEN, "no_such_step"),
        (TaskState.FINISHED, "cancel", Actor.OPERATOR, OPEN, "no_such_step"),
        (TaskState.STARTED, "cancel", Actor.OPERATOR, OPEN, "→ cancelled"),
        (TaskState.STARTED, "cancel", Actor.MEMBER, OPEN, "not_yours"),
        (TaskState.CANCELLED, "start", Actor.MEMBER, OPEN, "no_such_step"),
    ],
)
def test_a_task(state: TaskState, verb: str, actor: Actor, facts: TaskFacts, expected: str) -> None:
    assert code(TASK.allowed(state, verb, facts, actor)) == expected


WAITS = DisputeFacts()
CORRECTED = DisputeFacts(has_corrections=True)


@pytest.mark.parametrize(
    ("verb", "actor", "facts", "expected"),
    [
        ("uphold", Actor.OPERATOR, CORRECTED, "→ upheld"),
        ("uphold", Actor.OPERATOR, WAITS, "corrects"),
        ("uphold", Actor.MEMBER, CORRECTED, "not_yours"),
        ("uphold", Actor.CLOCK, CORRECTED, "not_yours"),
        ("uphold", Actor.OPERATOR, replace(CORRECTED, is_second_person=False), "second_person"),
        (
            "uphold",
            Actor.OPERATOR,
            replace(CORRECTED, is_second_person=False, is_only_operator=True),
            "→ upheld",
        ),
        ("dismiss", Actor.OPERATOR, WAITS, "→ dismissed"),
        ("dismiss", Actor.OPERATOR, CORRECTED, "corrects_nothing"),
        ("dismiss", Actor.OPERATOR, replace(WAITS, is_second_person=False), "second_person"),
        ("withdraw", Actor.MEMBER, WAITS, "→ withdrawn"),
        ("withdraw", Actor.OPERATOR, WAITS, "not_yours"),
        ("let_stand", Actor.CLOCK, WAITS, "deadline_passed"),
        ("let_stand", Actor.CLOCK, replace(WAITS, deadline_passed=True), "→ stood"),
        ("let_stand", Actor.OPERATOR, replace(WAITS, deadline_passed=True), "not_yours"),
    ],
)
def test_a_dispute(verb: str, actor: Actor, facts: DisputeFacts, expected: str) -> None:
    assert code(DISPUTE.allowed(DisputeState.OPEN, verb, facts, actor)) == expected
    assert not [row for row in DISPUTE.rows if row.before in DISPUTE_OVER]


@pytest.mark.parametrize("machine", [INVITATION, SEAT, TASK, DISPUTE])
def test_every_state_is_reached_by_a_table_without_doubles(machine: Machine) -> None:
    pairs = [(row.before, row.verb) for row in machine.rows]
    assert len(pairs) == len(set(pairs))
    assert machine.in_force == set(machine.states)
    assert machine.terminal
