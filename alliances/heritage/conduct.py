"""What a firm's tasks and invitations say of its conduct.

A firm answers for its own time only. Where others finished late, a task has its high days from the moment at which
it could begin, whatever the plan said. Quality is judged where goods pass through a firm's hands: by the reports of
damage and shortage about that task, by the units that it gave of those that were promised, and by what was counted
good and bad: a lot by its inspection, everything else by the evidence of the task itself.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from firms.reputation import Conduct, Outcome
from matching.blueprint import Slot, slot_of

GOODS_SLOTS = {Slot.MAKER, Slot.PART_MAKER, Slot.QUALITY}  # whose competency is a kind of goods, not a market
HANDLES_GOODS = frozenset({"M1A", "M6", "L2", "L4", "L6"})
INSPECTED = frozenset({"M1A", "M6"})  # goods of which the inspection speaks
INSPECTION = "M8"


@dataclass(frozen=True)
class Done:
    """A task at the moment when its firm's conduct is filed."""

    code: str
    title: str
    firm_id: int
    slot: str
    scope: str
    due_at: datetime
    could_begin_at: datetime | None  # when nothing stood before it any more; None: that never came
    high_days: float | None  # how long it may take; None: only its date counts
    finished_at: datetime | None
    is_given_up: bool  # it was cancelled before anybody found it late
    target: int | None
    units: int
    complaints: int = 0  # reports of damage or shortage about it that the answer upheld
    good: int = 0  # units that were found good when they were looked at
    bad: int = 0  # and bad

    @property
    def limit_at(self) -> datetime:
        """When it is late by the firm's own doing."""
        if self.could_begin_at is None or self.high_days is None:
            return self.due_at
        return max(self.due_at, self.could_begin_at + timedelta(days=self.high_days))


@dataclass(frozen=True)
class Asked:
    """An invitation at that moment."""

    key: str
    firm_id: int
    slot: str
    scope: str
    answered_at: datetime | None
    expired_at: datetime | None  # when its time passed without an answer


def scope_of(slot: str, hs6: str, markets: Iterable[str]) -> str:
    """What a role is about: the heading of the goods where they are made, the markets elsewhere."""
    if slot_of(slot) in GOODS_SLOTS:
        return hs6[:4]
    return " ".join(sorted(markets))


def looked_at(code: str) -> str:
    """The task at which the goods of a task are counted good or bad."""
    return INSPECTION if code in INSPECTED else code


def conduct_of(tasks: Iterable[Done], invitations: Iterable[Asked], now: datetime) -> list[Conduct]:
    """Everything that can be said of the firms at the end, in the order of the tasks and invitations.

    `tasks` are all of the alliance: what one firm made is judged by the inspection of another.
    """
    rows = list(tasks)
    inspected = all(row.finished_at is not None for row in rows if row.code == INSPECTION)
    found = [line for row in rows for line in (*_of_time(row, now), *_of_goods(row, inspected))]
    return found + [line for asked in invitations for line in _of_invitation(asked)]


def conduct_of_unsigned(accepted: Iterable[Asked], now: datetime) -> list[Conduct]:
    """A firm that accepts and does not sign in time has kept all others waiting: a promise that it broke."""
    return [_of_signature(row, now) for row in accepted]


def conduct_of_leavers(tasks: Iterable[Done], now: datetime, *, by_choice: bool = False) -> list[Conduct]:
    """What can be said of firms when they go: whether they were in time. Of their goods the end will tell.

    Who goes by its own choice breaks the promise of all that it could have worked on, due or not: else it would do
    better to leave a minute before the limit than to be late.
    """
    return [line for row in tasks for line in _of_time(row, now, is_left=by_choice)]


def _of_time(row: Done, now: datetime, *, is_left: bool = False) -> Iterator[Conduct]:
    timely = _timeliness(row, now, is_left=is_left)
    if timely is not None:
        yield _line(row, timely, row.finished_at or now)


def _of_goods(row: Done, inspected: bool) -> Iterator[Conduct]:
    if row.finished_at is None or row.code not in HANDLES_GOODS:
        return
    bad = _faulty(row)
    if bad:
        yield _line(row, Outcome.FAULTY, row.finished_at, share=bad)
    elif inspected or row.code not in INSPECTED:
        yield _line(row, Outcome.SOUND, row.finished_at)


def _faulty(row: Done) -> float:
    """Which share of it was not as promised: all of it, once anybody complained."""
    if row.complaints:
        return 1.0
    missing = max(row.target - row.units, 0) / row.target if row.target else 0.0
    seen = row.good + row.bad
    return max(missing, row.bad / seen if seen else 0.0)


def _timeliness(row: Done, now: datetime, *, is_left: bool) -> Outcome | None:
    """A task that never could begin, that was given up in time, or whose time has not come says nothing."""
    if row.finished_at is not None:
        return Outcome.KEPT if row.finished_at <= row.limit_at else Outcome.LATE
    if row.could_begin_at is None or row.is_given_up:
        return None
    return Outcome.BROKEN if now > (row.could_begin_at if is_left else row.limit_at) else None


def _line(row: Done, outcome: Outcome, at: datetime, *, share: float = 1.0) -> Conduct:
    return Conduct(row.firm_id, row.slot, row.scope, outcome, f"task:{row.code}", row.title, at, share)


def _of_invitation(asked: Asked) -> Iterator[Conduct]:
    at = asked.answered_at or asked.expired_at
    if at is not None:
        outcome = Outcome.ANSWERED if asked.answered_at else Outcome.SILENT
        title = "Invitation to a seat"
        yield Conduct(asked.firm_id, asked.slot, asked.scope, outcome, f"invitation:{asked.key}", title, at)


def _of_signature(asked: Asked, now: datetime) -> Conduct:
    title = "The agreement was to be signed."
    return Conduct(
        asked.firm_id, asked.slot, asked.scope, Outcome.BROKEN, f"signature:{asked.key}", title, now
    )
