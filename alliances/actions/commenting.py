"""What partners say about a task, and whom they call. The texts stay outside the record and can be erased."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from alliances import playbook
from alliances.actions.erasing import erase_note
from alliances.actions.notices import notify, take_back
from alliances.actions.steps import announce, lock, person, said
from alliances.actions.work import firm_of
from alliances.lifecycle import SeatState
from alliances.live.record import NOTE_CHARACTERS
from alliances.models import Alliance, Comment, Mention, Seat, Task
from alliances.queries import board
from config.rows import Actor, Missing, Refused, command
from config.templatetags.words import slot_label
from firms import queries as firms

MOST_COMMENTS = 300  # of one task, with those that were withdrawn: each of them has told people
REGRET = timedelta(minutes=10)  # in which one's own comment may be withdrawn


@command
def comment(
    actor: Actor,
    task_id: int,
    *,
    text: str,
    tell: list[int] | None = None,
    expected_version: int | None = None,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Say something about a task, whatever its version.

    Whoever is called by "@", or holds a seat in `tell`, will see it on the desk.
    """
    alliance, task = _discussed(actor, task_id)
    words = said(text, _("Write what you want to say."))[:NOTE_CHARACTERS]
    if task.comments.count() >= MOST_COMMENTS:
        raise Refused("too_many_comments", _("There are too many comments here already."))
    mine = firm_of(alliance, actor)
    called = {firm for firm in _called(alliance, words, tell or []) if firm and firm != mine}
    rows = _count(task, +1)
    event = announce(alliance, "commented", actor, now, command_id=command_id, note=words, tasks=rows)
    made = Comment.objects.create(
        task=task, firm_id=mine, author_id=actor.user_id, note_id=event.note_id or 0, at=now
    )
    Mention.objects.bulk_create(Mention(comment=made, firm_id=firm) for firm in sorted(called))
    readers = firms.readers(called)
    notify("mention", readers, key=str(made.pk), alliance=alliance, task=task, tasks=[task.title], now=now)
    _read(task, actor, now)  # who answers has seen what there was
    return {"comment": made.pk, "task": rows[str(task.pk)], "version": event.version}


@command
def withdraw_comment(
    actor: Actor, comment_id: int, *, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Take back one's own comment, soon after: its text is erased, that it was made stays in the record."""
    mine = Comment.objects.filter(pk=comment_id, author_id=person(actor)).select_related("note")
    alliance, task = _discussed(actor, mine.values_list("task_id", flat=True).first() or 0)
    found = mine.get()
    if found.withdrawn_at is None:
        if now - found.at > REGRET:
            raise Refused("too_late", _("A comment can be withdrawn for ten minutes only."))
        erase_note(found.note, now)
        Comment.objects.filter(pk=found.pk).update(withdrawn_at=now)
        found.mentions.all().delete()
        take_back("mention", key=str(found.pk), now=now)
        rows = _count(task, -1)
        announce(alliance, "comment_withdrawn", actor, now, command_id=command_id, tasks=rows)
    return {"comment": found.pk}


@command
def read_mentions(
    actor: Actor, task_id: int, *, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Say that one has seen where one's firm was mentioned at a task."""
    _alliance, task = _discussed(actor, task_id)
    return {"read": _read(task, actor, now)}


def _discussed(actor: Actor, task_id: int) -> tuple[Alliance, Task]:
    """A task of an alliance that this person may see, which is locked. Raises Missing."""
    user_id = person(actor)
    seen = Task.objects.filter(pk=task_id)
    if not actor.is_operator:
        seen = seen.filter(alliance__in=Alliance.objects.seen_by(user_id))
    found = seen.values_list("alliance_id", flat=True).first()
    if found is None:
        raise Missing
    alliance = lock(found)
    task = seen.first()  # its firm may have lost access meanwhile
    if task is None:
        raise Missing
    return alliance, task


def _called(alliance: Alliance, text: str, tell: list[int]) -> set[int | None]:
    """The firms behind the seats in `tell`, and behind names and roles after an "@". Raises Refused."""
    held = list(alliance.seats.filter(state=SeatState.SIGNED, firm__isnull=False).select_related("firm"))
    seats = {seat.pk: seat.firm_id for seat in held}
    if not all(type(one) is int and one in seats for one in tell):
        raise Refused("invalid", _("Choose partners of this alliance."))
    return {seats[one] for one in tell} | playbook.mentioned(text, _names(held))


def _names(held: list[Seat]) -> dict[str, set[int | None]]:
    """What the firms of these seats are called: by their roles, in two languages, and by their own names."""
    names: dict[str, set[int | None]] = {}
    for seat in held:
        own = seat.firm.legal_name if seat.firm else ""
        for name in (seat.slot, seat.slot.replace("_", " "), slot_label(seat.slot), own):
            names.setdefault(name.casefold(), set()).add(seat.firm_id)
    return names


def _count(task: Task, step: int) -> dict[str, Any]:
    Task.objects.filter(pk=task.pk).update(comment_count=F("comment_count") + step)
    task.refresh_from_db(fields=["comment_count"])
    return board.task_rows([task])


def _read(task: Task, actor: Actor, now: datetime) -> int:
    mine = Mention.objects.filter(
        comment__task=task,
        read_at=None,
        firm__members__user_id=person(actor),
        firm__members__ended_at=None,
    )
    return Mention.objects.filter(pk__in=mine.values("pk")).update(read_at=now)
