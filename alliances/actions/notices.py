"""People are told: a notice on the platform at once, and an e-mail for those who want it when they may be disturbed."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from alliances.actions.addressing import Occasion, plan_deliveries
from alliances.models import Alliance, Delivery, Invitation, Notice, Task
from alliances.notices import KINDS, LAST_WORDS
from alliances.queries.rows import iso
from config.rows import Actor, command
from config.wake import wake
from firms.queries import Reader
from firms.quiet import send_at

KEY_CHARACTERS = 120


def notify(
    kind: str,
    readers: Iterable[Reader],
    *,
    key: str,
    alliance: Alliance,
    now: datetime,
    invitation: Invitation | None = None,
    task: Task | None = None,
    until: datetime | None = None,
    **params: Any,
) -> int:
    """Tell these people something of a kind in `alliances.notices`; returns how many were told.

    `key` names the occasion: whoever was told of it before is not told again, whatever was restarted or runs in
    parallel. `readers` come from the firms' room (`firms.readers`, `firms.operators`). `params` fill the text
    (`tasks`: titles, `then`: a time) and must not name a person. Call it inside the verb's transaction.
    """
    told = {reader.user_id: reader for reader in readers}
    known = {"until": iso(until), **params}
    rows = [
        Notice(
            key=f"{_short(f'{kind}/{key}')}/{reader.user_id}",
            kind=kind,
            user_id=reader.user_id,
            firm_id=reader.firm_id,
            alliance=alliance,
            invitation=invitation,
            task=task,
            params=known,
            made_at=now,
            send_at=_send_at(kind, reader, until, now),
        )
        for reader in told.values()
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    plan_deliveries(Occasion(kind, _short(f"{kind}/{key}"), until, now), rows, told.values())
    wake(*sorted({f"desk:{row.firm_id}" if row.firm_id else "console" for row in rows}))
    return len(rows)


@command
def mark_seen(actor: Actor, up_to_id: int, *, now: datetime, command_id: str | None = None) -> dict[str, Any]:
    """Put away all notices of a person up to the newest that their page showed."""
    rows = Notice.objects.unseen(actor.user_id or 0).filter(pk__lte=up_to_id)
    return {"seen": rows.update(seen_at=now)}


def take_back(kind: str, *, key: str, now: datetime) -> None:
    """What was told has no reason any more: who has not seen it need not, and nothing that waits is sent."""
    told = Notice.objects.filter(kind=kind, key__startswith=f"{_short(f'{kind}/{key}')}/")
    Delivery.objects.to_send().filter(notice__in=told).update(send_at=None)
    told.to_send().update(send_at=None)
    unseen = told.filter(seen_at=None)
    desks = {f"desk:{firm}" if firm else "console" for firm in unseen.values_list("firm_id", flat=True)}
    unseen.update(seen_at=now)
    wake(*sorted(desks))


def forget_mail(alliance: Alliance) -> None:
    """What has not been sent about an alliance that is over needs no e-mail any more; it stays on the platform."""
    Notice.objects.to_send().filter(alliance=alliance).exclude(kind__in=LAST_WORDS).update(send_at=None)
    Delivery.objects.to_send().filter(notice__alliance=alliance).exclude(notice__kind__in=LAST_WORDS).update(
        send_at=None
    )


def _send_at(kind: str, reader: Reader, until: datetime | None, now: datetime) -> datetime | None:
    told = KINDS[kind]
    if not reader.wants_mail(told.group):
        return None
    deadline = until if told.urgency == "deadline" else None
    return send_at(now, reader.quiet, until=deadline, is_urgent=told.urgency == "always")


def _short(key: str) -> str:
    """A key as it is, or what stands for one that is too long."""
    return key if len(key) <= KEY_CHARACTERS else f"{key[:50]}/{hashlib.sha256(key.encode()).hexdigest()}"
