"""Workers join by a short code, and take turns on a phone of the firm by PIN."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from config.rows import Actor, Missing, Refused, claim, command
from config.wake import wake
from firms.actions.rights import checked_name, firm_to_change, person, refused_fields
from firms.models import Member, Phone, Pin, PushSubscription, User, WorkCode
from firms.models.people import digest_of
from firms.models.phones import workers_with_pin
from firms.pins import CODE_LIFE, code_of, is_good_pin, locked_until, understood

NOWHERE = "phone.invalid"  # RFC 2606: never anybody's address
MOST_BY_ONE_CODE = 30
MOST_PHONES = 50


@dataclass(frozen=True)
class Turn:
    """Who has the phone now, and the secret by which it knows itself when it is a new one."""

    user: User
    secret: str = ""


def make_code(actor: Actor, firm_key: UUID | str, *, now: datetime) -> str:
    """A code with which workers join for a while; it replaces the one before, and is told only once."""
    with transaction.atomic():
        firm = firm_to_change(actor, firm_key)
        firm.work_codes.filter(ended_at=None).update(ended_at=now)
        code = code_of(secrets.choice)
        row = {"firm": firm, "digest": digest_of(code), "made_by_id": person(actor)}
        WorkCode.objects.create(**row, made_at=now, until_at=now + CODE_LIFE)
        return code


def join_by_code(code: str, *, name: str, pin: str, phone: str = "", now: datetime) -> Turn:
    """A worker joins the firm whose code this is; the phone becomes one of the firm's. Raises Refused."""
    if not name.strip():
        raise refused_fields({"name": [_("Say your name, so that others know who did what.")]})
    words = checked_name(name)[:120]
    _demand_good_pin(pin)
    with transaction.atomic():
        rows = WorkCode.objects.live(now).filter(
            digest=digest_of(understood(code)), joined__lt=MOST_BY_ONE_CODE
        )
        found = rows.select_related("firm").select_for_update(of=("self",)).first()
        if found is None or not claim(rows, joined=F("joined") + 1):
            raise refused_fields({"code": [_("This code is not valid, or not any more. Ask for a new one.")]})
        address = f"worker-{secrets.token_hex(8)}@{NOWHERE}"
        user = User.objects.create_user(address, None, name=words)
        Member.objects.create(firm=found.firm, user=user, role=Member.Role.WORKER, since_at=now)
        Pin.objects.create(user=user, hash=make_password(pin))
        known = Phone.objects.of_secret(phone).filter(firm=found.firm).exists()
        return Turn(user, "" if known else _share(found.firm_id, now))


def switch(phone: str, user_id: int, pin: str, *, now: datetime) -> User:
    """Give the phone to a worker of its firm who types their PIN. Raises Missing, Refused."""
    shared = Phone.objects.of_secret(phone).select_related("firm").first()
    member = workers_with_pin(shared.firm).filter(user_id=user_id).first() if shared else None
    if member is None:
        raise Missing()
    _demand_right_pin(user_id, pin, "pin", now)
    return member.user


def take_phone(phone: str, user_id: int, session: str, *, now: datetime) -> bool:
    """Keep by which session a person has a phone, so that the firm can end it; false when it has ended the phone.

    A phone has one session: the one before ends, and the person before is told nothing there any more.
    """
    with transaction.atomic():
        shared = Phone.objects.of_secret(phone).select_for_update().first()
        if shared is None:
            return False
        if shared.session != session:
            _end_session(shared)
        _told_there(shared).exclude(user_id=user_id).update(ended_at=now)
        Phone.objects.filter(pk=shared.pk).update(session=session, taken_by_id=user_id)
        return True


def set_pin(actor: Actor, *, pin: str, present: str | None = None, now: datetime) -> None:
    """Choose one's PIN for the firm's phones; where a PIN has let the person in, with the `present` one."""
    _demand_good_pin(pin)
    if present is not None:
        _demand_right_pin(person(actor), present, "present", now)
    fresh = {"hash": make_password(pin), "failures": 0, "locked_until_at": None}
    Pin.objects.update_or_create(user_id=person(actor), defaults=fresh)


@command
def end_phone(
    actor: Actor, firm_key: UUID | str, phone_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Let a phone open nothing any more: whoever has it is out at once, and nobody is told anything there."""
    firm = firm_to_change(actor, firm_key)
    lost = firm.phones.select_for_update().filter(pk=phone_id, ended_at=None).first()
    if lost is None:
        raise Missing()
    _end_session(lost)
    _told_there(lost).update(ended_at=now)
    Phone.objects.filter(pk=lost.pk).update(ended_at=now, session="")
    return {"ended": phone_id}


def share_phone(actor: Actor, firm_key: UUID | str, *, now: datetime) -> str:
    """Make the device that asks one of the firm's; returns its secret, which only the device keeps."""
    with transaction.atomic():
        return _share(firm_to_change(actor, firm_key).pk, now)


def end_turns(user_id: int) -> None:
    """No phone that others hold too stays open for somebody who binds a firm from now on, or has left one."""
    for phone in Phone.objects.select_for_update().filter(taken_by=user_id).exclude(session=""):
        _end_session(phone)


def _end_session(phone: Phone) -> None:
    """The session's row goes, and what its person has open looks again whether it may be."""
    Session.objects.filter(pk=phone.session).delete()
    if phone.taken_by_id:
        wake(f"session:{phone.taken_by_id}")


def _told_there(phone: Phone) -> QuerySet[PushSubscription]:
    return PushSubscription.objects.filter(phone=phone, ended_at=None)


def _demand_right_pin(user_id: int, pin: str, field: str, now: datetime) -> None:
    """Let the right PIN pass. Wrong ones are counted in a transaction of their own, which a refusal must not undo."""
    with transaction.atomic():
        kept = Pin.objects.select_for_update().get(user_id=user_id)
        if kept.locked_until_at and kept.locked_until_at > now:
            minutes = ceil((kept.locked_until_at - now) / timedelta(minutes=1))
            text = _("Too many wrong PINs: wait %(minutes)s minutes, or ask your manager for a new code.")
            raise Refused("locked", text % {"minutes": minutes})
        is_right = check_password(pin, kept.hash)
        kept.failures = 0 if is_right else kept.failures + 1
        kept.locked_until_at = locked_until(kept.failures, now)
        kept.save(update_fields=["failures", "locked_until_at"])
    if not is_right:
        raise refused_fields({field: [_("This PIN is not right.")]})


def _share(firm_id: int, now: datetime) -> str:
    if Phone.objects.filter(firm_id=firm_id, ended_at=None).count() >= MOST_PHONES:
        raise Refused("too_many", _("The firm has too many shared phones: end some first."))
    secret = secrets.token_urlsafe(32)
    Phone.objects.create(firm_id=firm_id, digest=digest_of(secret), since_at=now)
    return secret


def _demand_good_pin(pin: str) -> None:
    if not is_good_pin(pin):
        raise refused_fields(
            {"pin": [_("Choose 4 to 8 digits that are not simply counted or all the same.")]}
        )
