"""Search everything that a person may see by its name: pages, alliances, firms, opportunities, spikes, tasks.

Each room answers for its own rows; what they do not give a person is not found. An operator sees all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliances.queries import finding as alliances
from config.context import CONSOLE, DESK, JOIN
from config.templatetags.states import LABELS
from config.words import is_said, words_of
from firms.models import User
from firms.queries import FirmRef, firms_of
from firms.queries import finding as firms
from matching.queries import finding as matching

MOST = 6  # of each kind
PERSONS = (
    ("alliances:notices", gettext_lazy("Notices")),
    ("firms:person", gettext_lazy("Name, language, time zone")),
    ("alliances:my-data", gettext_lazy("My data")),
    ("firms:tokens", gettext_lazy("Tokens for programs")),
    ("mfa_index", gettext_lazy("Passkeys and two-step sign-in")),
    ("style", gettext_lazy("Style guide")),
)
OPERATORS = (
    ("matching:raise", gettext_lazy("Raise an opportunity")),
    ("matching:promotions", gettext_lazy("Promotions")),
    ("alliances:templates", gettext_lazy("Task templates")),
    ("firms:appeals", gettext_lazy("Appeals")),
    ("alliances:erase-person", gettext_lazy("Forget a person")),
    ("status", gettext_lazy("Status")),
)
FIRMS_OWN = (
    ("firms:capacity", gettext_lazy("Capacity")),
    ("firms:members", gettext_lazy("Members")),
    ("firms:keys", gettext_lazy("Keys")),
    ("firms:reputation", gettext_lazy("Reputation")),
    ("matching:why-not", gettext_lazy("Why not us?")),
)


@dataclass(frozen=True)
class Hit:
    """Something that was found: what it is, its name, what tells it from others, and where it is."""

    kind: str
    title: str
    note: str
    url: str


def find(user: User, text: str) -> list[Hit]:
    """What fits all words of a search; without words, the pages. A fixed number of queries."""
    words = words_of(text)
    mine = [] if user.is_operator else firms_of(user.pk)
    found = [hit for hit in _pages(user, mine) if is_said(words, hit.title, hit.note)]
    if not words:
        return found
    return [*found[:MOST], *(_everything(words) if user.is_operator else _own(words, user.pk))]


def _pages(user: User, mine: list[FirmRef]) -> list[Hit]:
    places = CONSOLE if user.is_operator else DESK if mine else JOIN
    named: Iterable[tuple[str, str | Promise]] = [(place.view, place.label) for place in places]
    more = OPERATORS if user.is_operator else ()
    pages = [Hit(_("Page"), str(label), "", reverse(view)) for view, label in (*named, *more, *PERSONS)]
    own = [
        Hit(_("Page"), str(label), firm.name, reverse(view, args=[firm.key]))
        for firm in mine
        for view, label in FIRMS_OWN
    ]
    return pages + own


def _everything(words: list[str]) -> list[Hit]:
    return [
        *(
            Hit(_("Alliance"), str(row), _state(row), reverse("alliances:detail", args=[row.key]))
            for row in alliances.alliances_named(words, None)[:MOST]
        ),
        *(
            Hit(
                _("Opportunity"),
                str(row.product),
                _state(row),
                reverse("matching:opportunity", args=[row.key]),
            )
            for row in matching.opportunities_named(words)[:MOST]
        ),
        *(
            Hit(_("Spike"), str(row.product), _where(row), reverse("matching:spike", args=[row.pk]))
            for row in matching.spikes_named(words)[:MOST]
        ),
        *(
            Hit(_("Firm"), row.legal_name, row.country.name, reverse("firms:console-firm", args=[row.key]))
            for row in firms.firms_named(words, None)[:MOST]
        ),
        *_tasks(words, None),
    ]


def _own(words: list[str], user_id: int) -> list[Hit]:
    return [
        *(
            Hit(_("Invitation"), str(row.seat.alliance), str(row.firm), _invitation(row))
            for row in alliances.invitations_named(words, user_id)[:MOST]
        ),
        *(
            Hit(_("Alliance"), str(row), _state(row), reverse("alliances:board", args=[row.key]))
            for row in alliances.alliances_named(words, user_id)[:MOST]
        ),
        *(
            Hit(_("Firm"), row.legal_name, row.country.name, reverse("firms:firm", args=[row.key]))
            for row in firms.firms_named(words, user_id)[:MOST]
        ),
        *_tasks(words, user_id),
    ]


def _tasks(words: list[str], user_id: int | None) -> list[Hit]:
    rows = alliances.tasks_named(words, user_id)[:MOST]
    return [
        Hit(
            _("Task"),
            f"{row.code} {_(row.title)}",
            str(row.alliance),
            reverse("alliances:task-page", args=[row.alliance.key, row.pk]),
        )
        for row in rows
    ]


def _state(row: Any) -> str:
    return str(LABELS.get(row.state, row.state))


def _where(row: Any) -> str:
    return f"{row.market.name}, {row.last_on.isoformat()}"


def _invitation(row: Any) -> str:
    return reverse("alliances:invitation", args=[row.key])
