"""Notices go to devices and robots, as they go out by e-mail: claimed, sent outside of any transaction, marked.

What is due for one reader at the same time goes as one message. A process that dies between sending and marking
leaves its claim behind; when the lease is over the message goes again, under the same tag, so that a phone shows
it in place of the one it has.
"""

import logging
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliances.actions.mailing import absolute
from alliances.live.messengers import Outcome, push, tell
from alliances.models import Delivery, Notice
from alliances.notices import KINDS
from alliances.queries.notices import is_moot, read, with_context
from config.rows import claim
from firms import actions as firms
from firms.queries import Browser, PushBox, group_chat, pushbox

log = logging.getLogger(__name__)

BATCH = 200
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120)]
LISTED = 5  # notices that a gathered message names


def push_out(now: datetime, *, instant: datetime) -> int:
    """Send what is due by the market's `now`; returns how many messages went. Leases count by `instant`."""
    waiting = Delivery.objects.sendable(now, instant).values_list("user_id", "firm_id", "pk")
    due = sorted(waiting[:BATCH], key=lambda row: (row[0] or 0, row[1] or 0))
    readers = groupby(due, key=lambda row: row[:2])
    return sum(_send([pk for *_of, pk in rows], user, firm, now, instant) for (user, firm), rows in readers)


def _send(
    keys: list[int], user_id: int | None, firm_id: int | None, now: datetime, instant: datetime
) -> bool:
    """One message to one reader about all that this process could claim."""
    mine = [pk for pk in keys if _claim(pk, now, instant)]
    rows = list(Delivery.objects.filter(pk__in=mine).order_by("send_at", "pk"))
    notices = _of_use(rows, now)
    try:
        went = _tell(user_id, firm_id, notices, instant) if notices else False
    except Exception as failed:  # whatever a service or its way answers: the next attempt may succeed
        _give_way(rows, instant, failed)
        return False
    ended: dict[str, Any] = {"sent_at": now} if went else {"send_at": None}
    Delivery.objects.filter(pk__in=mine).update(**ended)
    return went


def _of_use(rows: list[Delivery], now: datetime) -> list[Notice]:
    """What is neither over nor seen on the platform by now."""
    notices = with_context(Notice.objects.filter(pk__in={row.notice_id for row in rows})).order_by("pk")
    return [notice for notice in notices if notice.seen_at is None and not is_moot(notice, now)]


def _tell(user_id: int | None, firm_id: int | None, notices: list[Notice], instant: datetime) -> bool:
    return _to_person(user_id, notices, instant) if user_id else _to_group(firm_id or 0, notices, instant)


def _claim(pk: int, now: datetime, instant: datetime) -> bool:
    row = Delivery.objects.sendable(now, instant).order_by().filter(pk=pk)
    return claim(row, next_try_at=instant + PAUSES[0], attempts=F("attempts") + 1)


def _give_way(rows: list[Delivery], instant: datetime, failed: Exception) -> None:
    log.warning("a message about notices failed: %s", failed)
    for row in rows:
        is_last = row.attempts >= len(PAUSES)
        pause = PAUSES[min(row.attempts, len(PAUSES)) - 1]
        ended: dict[str, Any] = {"failed_at": instant} if is_last else {"next_try_at": instant + pause}
        Delivery.objects.filter(pk=row.pk, attempts=row.attempts).update(**ended)


def _to_person(user_id: int, notices: list[Notice], instant: datetime) -> bool:
    """To each of a person's browsers. Raises OSError when there are some, and none has taken it."""
    found = [(one, pushbox(user_id, one.firm_id, KINDS[one.kind].group)) for one in notices]
    wanted = [(one, box) for one, box in found if box]
    if not wanted:
        return False
    outcomes = _to_browsers(wanted[0][1], [one for one, _box in wanted], instant)
    if Outcome.LATER in outcomes and Outcome.TAKEN not in outcomes:
        raise OSError("no push service has taken it")
    return Outcome.TAKEN in outcomes


def _to_browsers(box: PushBox, told: list[Notice], instant: datetime) -> set[Outcome]:
    is_urgent = any(KINDS[one.kind].urgency != "ordinary" for one in told)
    with translation.override(box.language), timezone.override(box.zone):
        content = written(told)
    return {_push(browser, content, is_urgent, instant) for browser in box.browsers}


def _push(browser: Browser, content: dict[str, str], is_urgent: bool, instant: datetime) -> Outcome:
    try:
        outcome = push(browser, content, is_urgent=is_urgent, instant=int(instant.timestamp()))
    except OSError as failed:  # another browser may be reached
        log.warning("a push service was not reached: %s", failed)
        return Outcome.LATER
    if outcome is Outcome.GONE:
        firms.end_subscription(browser.id, instant)
    return outcome


def _to_group(firm_id: int, notices: list[Notice], instant: datetime) -> bool:
    """To the robot of a firm. Raises OSError when it has not taken it."""
    found = [(one, group_chat(firm_id, KINDS[one.kind].group)) for one in notices]
    wanted = [(one, chat) for one, chat in found if chat]
    if not wanted:
        return False
    chat = wanted[0][1]
    with translation.override(chat.language), timezone.override(chat.zone):
        content = written([one for one, _chat in wanted])
    at_ms = int(instant.timestamp() * 1000)
    outcome = tell(chat, content["title"], content["body"], absolute(content["url"]), instant_ms=at_ms)
    firms.note_robot(firm_id, None if outcome is Outcome.TAKEN else instant)
    if outcome is not Outcome.TAKEN:
        raise OSError("the robot has not taken it")
    return True


def written(notices: list[Notice]) -> dict[str, str]:
    """Title, text and address of a message, in the language and time zone that are active."""
    told = [read(notice) for notice in notices]
    if len(told) == 1:
        one = told[0]
        tag = notices[0].key
        return {
            "title": one.subject,
            "body": f"{one.text} {one.otherwise}".strip(),
            "url": one.url,
            "tag": tag,
        }
    lines = [one.subject for one in told[:LISTED]]
    if len(told) > LISTED:
        lines.append(_("and %(more)s more") % {"more": len(told) - LISTED})
    title = ngettext("%(count)s notice", "%(count)s notices", len(told)) % {"count": len(told)}
    return {"title": title, "body": "\n".join(lines), "url": reverse("alliances:notices"), "tag": "gathered"}
