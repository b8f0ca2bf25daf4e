"""Everything that a board's scripts say or decide by, in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from alliances.forms import KINDS
from alliances.lifecycle import TASK, TaskState
from alliances.lifecycle import Actor as Who
from alliances.playbook import ANSWERS
from alliances.queries.board import ABOUT
from alliances.queries.rows import Row
from config.templatetags.states import LABELS, TONES
from config.templatetags.words import EVENTS, SLOTS, slot_label

UNDO = {"start": "hand_back", "finish": "reopen"}


def _verbs() -> dict[str, list[str]]:
    rows = [row for row in TASK.rows if Who.MEMBER in row.who]
    return {state.value: [row.verb for row in rows if row.before is state] for state in TaskState}


VERBS = _verbs()  # what a member may do with a task, by its state


def board_texts(state: dict[str, Any], me: dict[str, Any]) -> dict[str, Any]:
    """Everything that the scripts say or decide by; they hold no words of their own."""
    return {
        "me": me["firms"],
        "verbs": VERBS,
        "undo": UNDO,
        "orders": _orders(),
        "about": ABOUT,
        "titles": _titles(state["tasks"].values()),
        "slots": {row["slot"]: slot_label(row["slot"]) for row in state["seats"].values()} | _plain(SLOTS),
        "kinds": _plain(EVENTS),
        "problems": _plain(KINDS),
        "states": {name: [str(label), TONES.get(name, "idle")] for name, label in LABELS.items()},
        "words": board_words(),
    }


def _titles(rows: Iterable[Row]) -> dict[str, str]:
    """Titles of tasks, which are stored in English, in the reader's language."""
    if (get_language() or "en").startswith("en"):
        return {}
    titles = {row["title"] for row in rows} | {known.title for known in ANSWERS.values()}
    return {title: _(title) for title in titles}


def _plain(words: Mapping[Any, Any]) -> dict[str, str]:
    return {str(name): str(text) for name, text in words.items()}


def _orders() -> dict[str, str]:
    """What a person has ordered, as the buttons say it."""
    return {
        "start": _("Start"),
        "progress": _("Save progress"),
        "finish": _("Finish"),
        "hand_back": _("Hand back"),
        "reopen": _("Reopen"),
        "post_stock": _("Report stock"),
        "post_exception": _("Something is wrong"),
    }


def board_words() -> dict[str, str]:
    """What the scripts say."""
    return {
        "platform": _("The platform"),
        "partner": _("A partner"),
        "due": _("due"),
        "units_of": _("{done} of {target} units"),
        "evidence": _("Evidence: {count}"),
        "comments": _("Comments: {count}"),
        "undo": _("Undo"),
        "done_start": _("Started."),
        "done_finish": _("Finished."),
        "done": _("Saved."),
        "kept": _("Kept on this device. It is sent when the connection is back."),
        "finish_all": _("Finish all {count}"),
        "here": _("Here now: {names}"),
        "more": _("{names} and {count} more"),
        "too_late": _("It is being sent already."),
        "now": _("Now:"),
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
