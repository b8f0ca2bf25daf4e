"""Notices go out by e-mail. Each is claimed in a transaction of its own, sent outside of any, and marked.

A process that dies between sending and marking leaves its claim behind; when the lease is over the e-mail is sent
again, under the same Message-ID, by which mail servers and programs know it for the one they have. That is the
only way in which it can go twice: a claim is an UPDATE that one caller wins.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from alliances.models import Notice
from alliances.notices import KINDS
from alliances.queries.notices import Told, is_moot, read, with_context
from config.rows import claim
from config.wake import wake
from firms.queries import Letterbox, letterbox

log = logging.getLogger(__name__)

BATCH = 100
# the lease of each attempt, after which the next one may begin: longer than a mail server may take to answer
PAUSES = [timedelta(minutes=minutes) for minutes in (2, 10, 60, 6 * 60, 24 * 60)]


def deliver(now: datetime, *, instant: datetime) -> int:
    """Send the e-mails whose time has come by the market's `now`; returns how many went.

    `instant` is the time of day, by which leases and pauses count: a mail server does not live in market time.
    """
    waiting = Notice.objects.sendable(now, instant).values_list("pk", flat=True)
    return sum(_deliver(pk, now, instant) for pk in list(waiting[:BATCH]))


def _deliver(pk: int, now: datetime, instant: datetime) -> bool:
    """Claim one e-mail, send it, and mark it as sent; false when another process has it or there is none to send."""
    notice = with_context(Notice.objects.filter(pk=pk)).get()
    if not _claim(notice, now, instant):
        return False
    box = letterbox(notice.user_id, notice.firm_id, KINDS[notice.kind].group)
    if box is None or is_moot(notice, now):
        Notice.objects.filter(pk=pk).update(send_at=None)
        return False
    try:
        written(notice, box).send()
    except Exception as failed:  # whatever a mail server or its way answers: the next attempt may succeed
        _give_way(notice, instant, failed)
        return False
    Notice.objects.filter(pk=pk).update(emailed_at=now)
    return True


def _claim(notice: Notice, now: datetime, instant: datetime) -> bool:
    lease = PAUSES[min(notice.attempts, len(PAUSES) - 1)]
    mine = Notice.objects.sendable(now, instant).filter(pk=notice.pk, attempts=notice.attempts).order_by()
    return claim(mine, next_try_at=instant + lease, attempts=F("attempts") + 1)


def _give_way(notice: Notice, instant: datetime, failed: Exception) -> None:
    """The lease is the pause until the next attempt; after the last one operators see that it never arrived."""
    log.warning("the e-mail of notice %s failed: %s", notice.pk, failed)
    if notice.attempts + 1 >= len(PAUSES):
        # only while this attempt is the last: a slower process may not give up what another one is sending
        Notice.objects.filter(pk=notice.pk, attempts=notice.attempts + 1).update(failed_at=instant)
        wake("console")


def written(notice: Notice, box: Letterbox) -> EmailMessage:
    """The e-mail in its reader's language and time zone."""
    with translation.override(box.language), timezone.override(box.zone):
        told = read(notice)
        stop = absolute(reverse("firms:stop-mail", args=[box.unsubscribe_token]))
        return EmailMessage(
            subject=" ".join(told.subject.split()),
            body=_body(told, box, stop),
            to=[box.email],
            headers={
                "Message-ID": message_id(notice),
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
        )


def _body(told: Told, box: Letterbox, stop: str) -> str:
    shown = {"told": told, "zone": box.zone, "link": absolute(told.url), "stop": stop}
    return render_to_string("alliances/mail/notice.txt", shown)


def message_id(notice: Notice) -> str:
    """The same for every attempt to send the same notice."""
    name = hashlib.sha256(f"{settings.SECRET_KEY}/{notice.key}".encode()).hexdigest()[:40]
    return f"<{name}@{urlsplit(settings.PUBLIC_URL).hostname}>"


def absolute(path: str) -> str:
    """An address that works outside of the platform's pages."""
    return settings.PUBLIC_URL.rstrip("/") + path
