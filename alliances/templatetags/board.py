"""The board as its page shows it: rows become cards in sections, as board-cards.js does with new rows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _

from alliances.forms import KINDS
from alliances.lifecycle import TASK_OVER, TaskState
from alliances.models import Comment
from alliances.queries.rows import Row
from alliances.templatetags.board_words import VERBS, board_texts, board_words
from config.templatetags.states import TONES
from config.templatetags.words import SLOTS, slot_label

register = template.Library()

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Card:
    """A task with what its row alone does not say."""

    row: Row
    due_at: datetime
    is_late: bool
    is_mine: bool
    waits_for: list[Row]
    holds_up: list[Row]
    comes_after: list[Row]
    expected_at: datetime | None = None
    is_critical: bool = False

    @property
    def is_open(self) -> bool:
        return self.row["state"] not in TASK_OVER and not self.row["is_milestone"]

    @property
    def lacks_evidence(self) -> bool:
        waits = bool(self.row["needs_evidence"] and not self.row["evidence_count"])
        return waits and self.is_mine and self.row["state"] == TaskState.STARTED

    @property
    def may_prove(self) -> bool:
        return self.is_mine and self.row["state"] != TaskState.CANCELLED

    @property
    def verbs(self) -> list[str]:
        return VERBS[self.row["state"]] if self.is_mine and not self.row["is_milestone"] else []

    @property
    def is_waiting(self) -> bool:
        return bool(self.row["state"] == TaskState.WAITING)

    @property
    def may_finish_all(self) -> bool:
        """Whether a count that is not reached yet can be finished in one tap; where money is reported it cannot."""
        target, done = self.row["target_units"], self.row["done_units"]
        return target is not None and bool(done < target) and not self.row["reports_revenue"]

    @property
    def tone(self) -> str:
        return "bad" if self.is_late else TONES.get(self.row["state"], "idle")

    @property
    def section(self) -> str:
        if self.row["state"] in TASK_OVER:
            return "done"
        if self.row["state"] == TaskState.WAITING:
            return "waiting" if self.is_mine else "later"
        return "mine" if self.is_mine else "others"

    @property
    def problem(self) -> str:
        kind = self.row["exception_kind"]
        return str({known.value: label for known, label in KINDS.items()}.get(kind, kind))


@register.simple_tag
def board_of(state: dict[str, Any], me: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Cards by section, in the order in which they are due, and what the page's scripts need to know."""
    mine = _mine(state, me)
    cards = _cards(state, mine, now)
    sections: dict[str, list[Card]] = {"mine": [], "others": [], "waiting": [], "later": [], "done": []}
    for card in cards:
        sections[card.section].append(card)
    sections["done"].reverse()
    counted = [card.row for card in cards if card.row["is_mandatory"]]
    held = [seat for seat in state["seats"].values() if seat["firm"]]
    return {
        **sections,
        "all": len(counted),
        "finished": len(counted) - len(_open(counted)),
        "open": _open(card.row for card in cards),
        "seats": sorted(held, key=lambda seat: seat["firm_name"]),
        "is_partner": bool(mine),
        "expected": _expected(state["forecast"]),
        "texts": board_texts(state, me),
    }


@register.simple_tag
def card_of(state: dict[str, Any], me: dict[str, Any], now: datetime, task_id: int) -> Card:
    """The card of one task; an operator may do there what its firm may."""
    card = next(card for card in _cards(state, _mine(state, me), now) if card.row["id"] == task_id)
    return replace(card, is_mine=card.is_mine or me["is_operator"])


@register.filter
def may_withdraw(comment: Comment, user_id: int) -> bool:
    """Whether a comment is one's own, and not gone yet; whether it is soon enough is asked when it is tried."""
    return comment.author_id == user_id and comment.withdrawn_at is None


@register.filter
def moment(text: str | None) -> datetime | None:
    """The instant that a row writes as text."""
    return datetime.fromisoformat(text) if text else None


@register.filter
def named(name: str) -> str:
    """What an event is about, in words: a role, or a title that was stored in English."""
    return slot_label(name) if name in SLOTS else _(name)


def _expected(forecast: Row | None) -> dict[str, Any] | None:
    """When all is expected to be done, and planned; nothing before there are tasks."""
    if not forecast or not (forecast["end_at"] and forecast["planned_at"]):
        return None
    end_at, planned_at = (datetime.fromisoformat(forecast[name]) for name in ("end_at", "planned_at"))
    return {"end_at": end_at, "planned_at": planned_at, "is_late": end_at - planned_at >= A_DAY}


def _mine(state: dict[str, Any], me: dict[str, Any]) -> set[int]:
    """Ids of the seats that the reader's firms hold."""
    return {seat["id"] for seat in state["seats"].values() if seat["firm"] in me["firms"]}


def _cards(state: dict[str, Any], seats: set[int], now: datetime) -> list[Card]:
    tasks: dict[str, Row] = state["tasks"]
    expected = (state["forecast"] or {}).get("tasks", {})
    behind = {key: [row for row in tasks.values() if int(key) in row["after"]] for key in tasks}
    cards = [
        _card(
            row, _rows_of(tasks, row["after"]), _open(behind[key]), expected.get(key, [None, 0]), seats, now
        )
        for key, row in tasks.items()
    ]
    return sorted(cards, key=lambda card: (card.due_at, card.row["code"]))


def _card(
    row: Row, before: list[Row], holds_up: list[Row], expected: list[Any], seats: set[int], now: datetime
) -> Card:
    return Card(
        row=row,
        due_at=datetime.fromisoformat(row["due_at"]),
        is_late=row["state"] not in TASK_OVER and datetime.fromisoformat(row["due_at"]) <= now,
        is_mine=not seats.isdisjoint([row["seat"], *row["helpers"]]),
        waits_for=_open(before),
        holds_up=holds_up,
        comes_after=before,
        expected_at=moment(expected[0]),
        is_critical=bool(expected[1]) and not row["is_milestone"],
    )


def _rows_of(tasks: dict[str, Row], ids: Iterable[int]) -> list[Row]:
    return [tasks[str(one)] for one in ids if str(one) in tasks]


def _open(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["state"] not in TASK_OVER]


@register.simple_tag
def who_did(line: Row, people: dict[str, str]) -> str:
    """Whose name stands beside a line of the story."""
    words = board_words()
    return words["platform"] if line["actor"] == "clock" else people.get(line["actor"], words["partner"])
