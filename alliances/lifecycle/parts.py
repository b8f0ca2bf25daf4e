"""The small machines inside an alliance: an invitation, a seat, a task."""

from dataclasses import dataclass
from enum import StrEnum

from alliances.lifecycle.machine import Actor, Guard, Machine, Transition, row_for_each, who

MEMBER = who(Actor.MEMBER)
CLOCK = who(Actor.CLOCK)
OPERATOR = who(Actor.OPERATOR)
PLATFORM = who(Actor.OPERATOR, Actor.CLOCK)
ANYONE = who(Actor.OPERATOR, Actor.MEMBER, Actor.CLOCK)


class InvitationState(StrEnum):
    """What became of the offer of a seat."""

    PENDING = "pending"  # waits for the firm
    ACCEPTED = "accepted"  # the firm signed the shown terms, its capacity is held
    DECLINED = "declined"  # the firm said no
    EXPIRED = "expired"  # its time to live has passed
    WITHDRAWN = "withdrawn"  # the platform took it back


@dataclass(frozen=True)
class InvitationFacts:
    """What decides over an invitation."""

    is_expired: bool = False  # its time to live has passed
    is_inviting: bool = True  # the alliance still forms
    terms_match: bool = True  # the hash that the firm signs is that of the terms it was shown
    has_capacity: bool = True  # the firm's free capacity covers the seat
    may_propose: bool = True  # the firm may still propose other terms
    is_proposal_open: bool = False  # the firm's proposal waits for an operator


IN_TIME = Guard[InvitationFacts]("in_time", lambda f: not f.is_expired, "The invitation has expired.")
FORMING = Guard[InvitationFacts]("forming", lambda f: f.is_inviting, "The alliance does not invite any more.")
SAME_TERMS = Guard[InvitationFacts]("same_terms", lambda f: f.terms_match, "The terms have changed since.")
CAPACITY = Guard[InvitationFacts]("capacity", lambda f: f.has_capacity, "Your free capacity is too small.")
NO_PROPOSAL = Guard[InvitationFacts](
    "proposal_open", lambda f: not f.is_proposal_open, "Your proposal waits for an answer already."
)
ROUNDS = Guard[InvitationFacts](
    "rounds", lambda f: f.may_propose, "You have proposed as often as is possible: accept or decline."
)
PROPOSAL = Guard[InvitationFacts](
    "proposal", lambda f: f.is_proposal_open, "No proposal of the firm waits for an answer."
)
TIMED_OUT = Guard[InvitationFacts]("timed_out", lambda f: f.is_expired, "The invitation is still valid.")

INVITATION: Machine[InvitationState, InvitationFacts] = Machine(
    InvitationState,
    InvitationState.PENDING,
    (
        Transition(
            InvitationState.PENDING,
            "accept",
            InvitationState.ACCEPTED,
            MEMBER,
            (IN_TIME, FORMING, SAME_TERMS, CAPACITY),
        ),
        Transition(
            InvitationState.PENDING,
            "counter",
            InvitationState.PENDING,
            MEMBER,
            (IN_TIME, FORMING, SAME_TERMS, NO_PROPOSAL, ROUNDS),
        ),
        Transition(
            InvitationState.PENDING, "answer", InvitationState.PENDING, OPERATOR, (IN_TIME, FORMING, PROPOSAL)
        ),
        Transition(InvitationState.PENDING, "decline", InvitationState.DECLINED, MEMBER, (IN_TIME,)),
        Transition(InvitationState.PENDING, "expire", InvitationState.EXPIRED, CLOCK, (TIMED_OUT,)),
        *row_for_each(
            (InvitationState.PENDING, InvitationState.ACCEPTED),
            "withdraw",
            InvitationState.WITHDRAWN,
            PLATFORM,
        ),
    ),
)


class SeatState(StrEnum):
    """How far a slot is filled."""

    OPEN = "open"  # nobody is asked
    INVITED = "invited"  # a firm is asked
    ACCEPTED = "accepted"  # a firm accepted, its capacity is held
    SIGNED = "signed"  # it signed the agreement, its capacity is reserved
    LEFT = "left"  # the firm has gone before the end; what it finished stays its own
    ENDED = "ended"  # the seat is over, its access and capacity are free


@dataclass(frozen=True)
class SeatFacts:
    """What decides over a seat."""

    has_candidate: bool = True  # a verified firm is next on the list
    agreement_matches: bool = True  # the signed hash is that of the alliance's agreement


NEXT = Guard[SeatFacts]("candidate", lambda f: f.has_candidate, "No candidate is left for this seat.")
SAME_HASH = Guard[SeatFacts](
    "same_agreement", lambda f: f.agreement_matches, "The agreement has changed since."
)

SEAT: Machine[SeatState, SeatFacts] = Machine(
    SeatState,
    SeatState.OPEN,
    (
        Transition(SeatState.OPEN, "invite", SeatState.INVITED, PLATFORM, (NEXT,)),
        Transition(SeatState.INVITED, "accept", SeatState.ACCEPTED, MEMBER),
        *row_for_each((SeatState.INVITED, SeatState.ACCEPTED), "vacate", SeatState.OPEN, ANYONE),
        Transition(SeatState.ACCEPTED, "sign", SeatState.SIGNED, MEMBER, (SAME_HASH,)),
        Transition(SeatState.SIGNED, "leave", SeatState.LEFT, ANYONE),
        *row_for_each(
            (SeatState.OPEN, SeatState.INVITED, SeatState.ACCEPTED, SeatState.SIGNED, SeatState.LEFT),
            "end",
            SeatState.ENDED,
            PLATFORM,
        ),
    ),
)


class TaskState(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"  # a predecessor is not finished
    READY = "ready"  # can be started
    STARTED = "started"  # somebody works on it
    FINISHED = "finished"  # done
    CANCELLED = "cancelled"  # will not be done; its successors need not wait for it


@dataclass(frozen=True)
class TaskFacts:
    """What decides over a task."""

    predecessors_open: int = 0  # predecessors neither finished nor cancelled
    is_milestone: bool = False  # takes no time and finishes by itself
    quantity_target: int | None = None  # units to reach; None: done or not done
    quantity_done: int = 0  # units reported
    shortfall_stated: bool = False  # the missing units were reported, with a reason
    holds_open: int = 0  # exceptions that must be answered first
    evidence_missing: bool = False  # it must be shown how it went, and nothing shows it yet
    alliance_works: bool = True  # the alliance is operating or winding down
    may_reopen: bool = False  # the alliance is operating, or winding down within its cooling-off


WORKS = Guard[TaskFacts]("alliance_works", lambda f: f.alliance_works, "The alliance does not work any more.")
PREDECESSORS = Guard[TaskFacts](
    "predecessors", lambda f: f.predecessors_open == 0, "A task that comes before is not finished."
)
QUANTITY = Guard[TaskFacts](
    "quantity",
    lambda f: f.quantity_target is None or f.quantity_done >= f.quantity_target or f.shortfall_stated,
    "The quantity is not reached; report the missing units with a reason.",
)
NO_HOLDS = Guard[TaskFacts]("no_holds", lambda f: f.holds_open == 0, "An exception must be answered first.")
EVIDENCE = Guard[TaskFacts]("evidence", lambda f: not f.evidence_missing, "Add the evidence first.")
MILESTONE = Guard[TaskFacts]("milestone", lambda f: f.is_milestone, "Start the task first.")
REOPENABLE = Guard[TaskFacts](
    "reopenable",
    lambda f: f.may_reopen,
    "A task is not reopened once its alliance was ended, or its cooling-off has passed.",
)

TASK_OVER = (TaskState.FINISHED, TaskState.CANCELLED)  # nothing waits for such a task
_LIVE = (TaskState.WAITING, TaskState.READY, TaskState.STARTED)

TASK: Machine[TaskState, TaskFacts] = Machine(
    TaskState,
    TaskState.WAITING,
    (
        Transition(TaskState.WAITING, "ready", TaskState.READY, CLOCK, (PREDECESSORS,)),
        Transition(TaskState.READY, "start", TaskState.STARTED, ANYONE, (WORKS, PREDECESSORS)),
        Transition(TaskState.READY, "finish", TaskState.FINISHED, CLOCK, (MILESTONE, PREDECESSORS)),
        Transition(TaskState.STARTED, "progress", TaskState.STARTED, ANYONE, (WORKS,)),
        Transition(
            TaskState.STARTED, "finish", TaskState.FINISHED, ANYONE, (WORKS, QUANTITY, NO_HOLDS, EVIDENCE)
        ),
        Transition(TaskState.STARTED, "hand_back", TaskState.READY, ANYONE, (WORKS,)),
        Transition(TaskState.FINISHED, "reopen", TaskState.STARTED, ANYONE, (REOPENABLE,)),
        *row_for_each(_LIVE, "cancel", TaskState.CANCELLED, PLATFORM),
    ),
)
