"""Many orders at once, as a client sends them that has been offline.

Each is carried out exactly once, in its place, in a transaction of its own, and has an answer of its own:
- After a refusal the later orders about the same task are not carried out (`after_refused`), for they were made
  in the belief that it would be done; the others go on. A batch that says `stop` ends with its first refusal.
- After a fault of ours (`failed`, `later`) nothing more is tried (`not_tried`).
- A batch may be repeated, whole or in part: what was done gives its first answer, the rest is asked anew.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from alliances.orders.order import Do, MalformedError, order_of
from alliances.orders.verbs import FAULTS, carry_out
from config.rows import Actor

MESSAGES_A_SECOND = 40  # that a person may send for long, by HTTP as by socket
MAX_ORDERS = 50

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders in the order in which they were made."""

    orders: tuple[Do, ...]
    stop: bool  # at the first refusal, whatever the later ones are about


def batch_of(said: dict[str, Any]) -> Batch:
    """Understand `{"orders": […], "stop": false}`. Raises MalformedError."""
    orders, stop = said.get("orders"), said.get("stop", False)
    if not isinstance(orders, list) or not 0 < len(orders) <= MAX_ORDERS or not isinstance(stop, bool):
        raise MalformedError
    return Batch(tuple(order_of(one) for one in orders), stop)


class Course:
    """What has become of a batch so far, and so what may come next."""

    def __init__(self, *, stop: bool) -> None:
        self.stop = stop
        self.has_faulted = self.has_refused = False
        self.refused: set[int] = set()  # tasks

    def skipped(self, order: Do) -> str | None:
        """Why this order is not to be carried out."""
        if self.has_faulted:
            return "not_tried"
        if (self.stop and self.has_refused) or order.task in self.refused:
            return "after_refused"
        return None

    def note(self, order: Do, answer: Answer) -> None:
        """Remember an answer."""
        if answer["ok"]:
            return
        self.has_refused = True
        self.has_faulted = self.has_faulted or answer["code"] in FAULTS
        if order.task is not None:
            self.refused.add(order.task)


def in_turn(
    batch: Batch, actor: Actor, alliance_key: UUID, language: str
) -> Iterator[tuple[Do, Callable[[], Answer]]]:
    """Each order with what answers it, to be called before the next one is taken."""
    course = Course(stop=batch.stop)
    for order in batch.orders:

        def answer(order: Do = order) -> Answer:
            code = course.skipped(order)
            told = _skip(code, language) if code else carry_out(order, actor, alliance_key, language)
            course.note(order, told)
            return told

        yield order, answer


def carry_out_all(batch: Batch, actor: Actor, alliance_key: UUID, language: str) -> list[Answer]:
    """Carry out a batch; the answers, each with `re`, the id of its order."""
    return [{"re": order.id, **answer()} for order, answer in in_turn(batch, actor, alliance_key, language)]


def _skip(code: str, language: str) -> Answer:
    with override(language):
        texts = {
            "after_refused": _("Not done, because an earlier step was refused."),
            "not_tried": _("Not done yet, because something went wrong before it. It can be sent again."),
        }
        return {"ok": False, "code": code, "text": texts[code], "detail": {}}
