"""What was planned and what came of it, as sentences: a code, and what its words need. The words are elsewhere."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

Sentence = dict[str, Any]
MOST_SLIPS = 3
A_SLIP = 1.0  # days beyond the likely ones, from which a task is named


@dataclass(frozen=True)
class Step:
    """A finished task: how long it was thought to take, and how long it did from when it could begin."""

    code: str
    title: str
    likely_days: float
    days: float
    decided: bool  # it stood on the longest chain of what really happened

    @property
    def slip(self) -> float:
        return self.days - self.likely_days


@dataclass(frozen=True)
class Life:
    """An alliance that is over, in figures."""

    reason: str  # why it ended early, in the platform's words or a person's; empty: its work was done
    planned_units: int
    sold_units: int
    currency: str
    planned_margin_minor: int
    margin_minor: int | None  # None: nothing was settled
    planned_first_on: date
    first_on: date | None  # None: no unit could ever be dispatched
    planned_end_on: date
    end_on: date
    steps: Sequence[Step]
    exceptions: Mapping[str, int]  # by kind
    replaced: Sequence[str]  # slots of which the firm changed on the way
    declined: int
    unanswered: int
    objections: int


def lessons(life: Life) -> list[Sentence]:
    """What a person should know before the like is tried again, the most important first."""
    return [
        *_ending(life),
        *_dates(life),
        *_figures(life),
        *_slips(life.steps),
        *_trouble(life),
    ]


def longest_chain(finished: Mapping[str, tuple[Any, Sequence[str]]]) -> frozenset[str]:
    """The tasks that decided the end: back from the last one, always by the predecessor that was finished last.

    `finished`: by code, in the planned order, when it was finished and what came before.
    """
    chain: list[str] = []
    at = _last(finished, finished)
    while at is not None:
        chain.append(at)
        at = _last([code for code in finished[at][1] if code not in chain], finished)
    return frozenset(chain)


def _last(codes: Iterable[str], finished: Mapping[str, tuple[Any, Sequence[str]]]) -> str | None:
    """The one that was finished last; of several at the same moment the one that was planned last."""
    wanted = set(codes)
    known = [code for code in finished if code in wanted]
    return max(reversed(known), key=lambda code: finished[code][0], default=None)


def _ending(life: Life) -> Iterator[Sentence]:
    yield {"code": "ended_early", "reason": life.reason} if life.reason else {"code": "completed"}


def _dates(life: Life) -> Iterator[Sentence]:
    if life.first_on is None:
        yield {"code": "never_dispatchable", "planned": life.planned_first_on.isoformat()}
    else:
        yield _moved("first_unit", life.planned_first_on, life.first_on)
    yield _moved("end", life.planned_end_on, life.end_on)


def _moved(name: str, planned: date, actual: date) -> Sentence:
    days = (actual - planned).days
    how = "late" if days > 0 else "early" if days < 0 else "on_plan"
    return {
        "code": f"{name}_{how}",
        "days": abs(days),
        "planned": planned.isoformat(),
        "actual": actual.isoformat(),
    }


def _figures(life: Life) -> Iterator[Sentence]:
    yield {"code": "units", "planned": life.planned_units, "sold": life.sold_units}
    if life.margin_minor is not None:
        yield {
            "code": "margin",
            "planned_minor": life.planned_margin_minor,
            "actual_minor": life.margin_minor,
            "currency": life.currency,
        }


def _slips(steps: Sequence[Step]) -> Iterator[Sentence]:
    """What slipped most; first what decided the end."""
    worst = sorted(steps, key=lambda step: (not step.decided, -step.slip, step.code))
    for step in [step for step in worst if step.slip >= A_SLIP][:MOST_SLIPS]:
        yield {
            "code": "slip_decided" if step.decided else "slip",
            "task": step.code,
            "title": step.title,
            "likely": round(step.likely_days, 1),
            "days": round(step.days, 1),
        }


def _trouble(life: Life) -> Iterator[Sentence]:
    for kind, count in sorted(life.exceptions.items()):
        yield {"code": "exceptions", "kind": kind, "count": count}
    for slot in life.replaced:
        yield {"code": "replaced", "slot": slot}
    counts = {"declined": life.declined, "unanswered": life.unanswered, "objections": life.objections}
    yield from ({"code": name, "count": count} for name, count in counts.items() if count)
