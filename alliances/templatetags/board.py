"""The board as its page shows it: rows become cards in sections, as board-cards.js does with new rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliances.forms import KINDS
from alliances.lifecycle import TASK, TASK_OVER, TaskState
from alliances.lifecycle import Actor as Who
from alliances.playbook import ANSWERS
from alliances.queries.board import ABOUT
from alliances.queries.rows import Row
from config.templatetags.states import LABELS, TONES
from config.templatetags.words import EVENTS, SLOTS, slot_label

register = template.Library()

UNDO = {"start": "hand_back", "finish": "reopen"}


def _verbs() -> dict[str, list[str]]:
    rows = [row for row in TASK.rows if Who.MEMBER in row.who]
    return {state.value: [row.verb for row in rows if row.before is state] for state in TaskState}


VERBS = _verbs()  # what a member may do with a task, by its state


@dataclass(frozen=True)
class Card:
    """A task with what its row alone does not say."""

    row: Row
    due_at: datetime
    is_late: bool
    is_mine: bool
    waits_for: list[Row]
    holds_up: list[Row]

    @property
    def verbs(self) -> list[str]:
        return VERBS[self.row["state"]] if self.is_mine and not self.row["is_milestone"] else []

    @property
    def tone(self) -> str:
        return "bad" if self.is_late else TONES.get(self.row["state"], "idle")

    @property
    def section(self) -> str:
        if self.row["state"] in TASK_OVER:
            return "done"
        if self.row["state"] == TaskState.WAITING:
            return "waiting"
        return "mine" if self.is_mine else "others"

    @property
    def problem(self) -> str:
        kind = self.row["exception_kind"]
        return str({known.value: label for known, label in KINDS.items()}.get(kind, kind))


@register.simple_tag
def board_of(state: dict[str, Any], me: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Cards by section, in the order in which they are due, and what the page's scripts need to know."""
    mine = {seat["id"] for seat in state["seats"].values() if seat["firm"] in me["firms"]}
    cards = _cards(state["tasks"], mine, now)
    sections: dict[str, list[Card]] = {"mine": [], "others": [], "waiting": [], "done": []}
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
        "texts": _texts(state, me),
    }


@register.filter
def moment(text: str | None) -> datetime | None:
    """The instant that a row writes as text."""
    return datetime.fromisoformat(text) if text else None


@register.filter
def named(name: str) -> str:
    """What an event is about, in words: a role, or a title that was stored in English."""
    return slot_label(name) if name in SLOTS else _(name)


def _cards(tasks: dict[str, Row], seats: set[int], now: datetime) -> list[Card]:
    holding = {key: [row for row in tasks.values() if int(key) in row["after"]] for key in tasks}
    cards = [
        Card(
            row=row,
            due_at=datetime.fromisoformat(row["due_at"]),
            is_late=row["state"] not in TASK_OVER and datetime.fromisoformat(row["due_at"]) <= now,
            is_mine=not seats.isdisjoint([row["seat"], *row["helpers"]]),
            waits_for=_open(tasks[str(key)] for key in row["after"] if str(key) in tasks),
            holds_up=_open(holding[str(row["id"])]),
        )
        for row in tasks.values()
    ]
    return sorted(cards, key=lambda card: (card.due_at, card.row["code"]))


def _open(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["state"] not in TASK_OVER]


def _texts(state: dict[str, Any], me: dict[str, Any]) -> dict[str, Any]:
    """Everything that the scripts say or decide by; they hold no words of their own."""
    return {
        "me": me["firms"],
        "verbs": VERBS,
        "undo": UNDO,
        "about": ABOUT,
        "titles": _titles(state["tasks"].values()),
        "slots": {row["slot"]: slot_label(row["slot"]) for row in state["seats"].values()} | _plain(SLOTS),
        "kinds": _plain(EVENTS),
        "problems": _plain(KINDS),
        "states": {name: [str(label), TONES.get(name, "idle")] for name, label in LABELS.items()},
        "words": _words(),
    }


def _titles(rows: Iterable[Row]) -> dict[str, str]:
    """Titles of tasks, which are stored in English, in the reader's language."""
    if (get_language() or "en").startswith("en"):
        return {}
    titles = {row["title"] for row in rows} | {known.title for known in ANSWERS.values()}
    return {title: _(title) for title in titles}


def _plain(words: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): str(text) for name, text in words.items()}


def _words() -> dict[str, str]:
    """What the scripts say."""
    return {
        "platform": _("The platform"),
        "partner": _("A partner"),
        "due": _("due"),
        "units_of": _("{done} of {target} units"),
        "undo": _("Undo"),
        "done_start": _("Started."),
        "done_finish": _("Finished."),
        "done": _("Saved."),
        "kept": _("Kept on this device. It is sent when the connection is back."),
        "queued": _("{count} not sent yet"),
        "live": _("Live"),
        "connecting": _("Connecting"),
        "offline": _("Offline"),
        "ended": _("This alliance has ended, and your access with it. The record stays."),
        "ended_short": _("Ended"),
        "revenue": _("Revenue so far, in {currency}"),
        "left": _("Your access to this board has ended."),
        "refused": _("That was not possible."),
    }


@register.simple_tag
def who_did(line: Row, people: dict[str, str]) -> str:
    """Whose name stands beside a line of the story."""
    words = _words()
    return words["platform"] if line["actor"] == "clock" else people.get(line["actor"], words["partner"])
