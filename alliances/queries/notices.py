"""What a person was told, in their language and time zone, with where it leads; and what is of no use any more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from alliances.lifecycle import InvitationState
from alliances.models import Notice, Task
from alliances.notices import KINDS, LAST_WORDS
from config.templatetags.words import slot_label, translated

SHOWN = 100
NAMED = 3  # tasks that a text names; the others are counted


@dataclass(frozen=True)
class Told:
    """A notice as its reader sees it."""

    id: int
    kind: str
    subject: str
    text: str
    otherwise: str
    url: str
    made_at: datetime
    is_new: bool


def count_unseen(user_id: int) -> int:
    return Notice.objects.unseen(user_id).count()


def told(user_id: int) -> list[Told]:
    """The newest notices of a person; two queries at most."""
    rows = with_context(Notice.objects.filter(user_id=user_id)).order_by("-made_at", "-pk")
    return [read(row) for row in rows[:SHOWN]]


def with_context(rows: QuerySet[Notice]) -> QuerySet[Notice]:
    return rows.select_related("alliance", "firm", "invitation__seat", "task")


def read(notice: Notice) -> Told:
    """Fill the texts in, in the language and the time zone that are active."""
    kind, words = KINDS[notice.kind], _words(notice)
    return Told(
        id=notice.pk,
        kind=notice.kind,
        subject=_(kind.subject) % words,
        text=_(kind.text) % words,
        otherwise=_(kind.otherwise) % words if kind.otherwise else "",
        url=_url(notice, kind.page),
        made_at=notice.made_at,
        is_new=notice.seen_at is None,
    )


def is_moot(notice: Notice, now: datetime) -> bool:
    """Whether what an e-mail would say has passed, was done or was answered before it could be sent."""
    kind, until = KINDS[notice.kind], _moment(notice.params.get("until"))
    if notice.alliance.is_over:
        return notice.kind not in LAST_WORDS
    if kind.is_before and ((until is not None and until <= now) or _is_answered(notice)):
        return True
    about = notice.params.get("task_ids", [])
    return bool(about) and not Task.objects.open().filter(pk__in=about).exists()


def _is_answered(notice: Notice) -> bool:
    """Whether the invitation that a notice asks to answer waits no more."""
    found = notice.invitation if KINDS[notice.kind].page == "invitation" else None
    return found is not None and found.state != InvitationState.PENDING


def _words(notice: Notice) -> dict[str, str]:
    params = notice.params
    return {
        "alliance": str(notice.alliance),
        "firm": notice.firm.legal_name if notice.firm else params.get("firm", ""),
        "slot": slot_label(notice.invitation.seat.slot if notice.invitation else params.get("slot", "")),
        "reason": translated(params.get("reason") or notice.alliance.ending_reason),
        "tasks": _tasks(params.get("tasks", [])),
        "until": _when(params.get("until")),
        "then": _when(params.get("then")),
    }


def _tasks(titles: list[str]) -> str:
    named = _(", ").join(_("“%(task)s”") % {"task": _(title)} for title in titles[:NAMED])
    more = len(titles) - NAMED
    return _("%(tasks)s and %(more)s more") % {"tasks": named, "more": more} if more > 0 else named


def _moment(written: Any) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _when(written: Any) -> str:
    at = _moment(written)
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else "–"


def _url(notice: Notice, page: str) -> str:
    """Where the notice leads; an alliance that is over has no board for its former partners."""
    key = notice.alliance.key
    if page == "console":
        return reverse("alliances:detail", args=[key])
    if page == "invitation" and notice.invitation:
        return reverse("alliances:invitation", args=[notice.invitation.key])
    if page == "desk" or notice.alliance.is_over:
        return reverse("alliances:desk")
    if page == "settlement":
        return reverse("alliances:settlement", args=[key])
    anchor = f"#task-{notice.task_id}" if notice.task_id else ""
    return reverse("alliances:board", args=[key]) + anchor
