"""Workers join by a short code, and take turns on a phone of the firm by PIN."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from config.rows import Actor, Missing, Refused, claim, command
from firms.actions.rights import firm_to_change, person, refused_fields
from firms.models import Member, Phone, Pin, User, WorkCode
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
    words = " ".join(name.split())[:120]
    if not words:
        raise refused_fields({"name": [_("Say your name, so that others know who did what.")]})
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
    """Give the phone to a worker of its firm who types their PIN. Raises Missing, Refused.

    Wrong PINs are counted in a transaction of their own: a refusal must not undo the count.
    """
    shared = Phone.objects.of_secret(phone).select_related("firm").first()
    member = workers_with_pin(shared.firm).filter(user_id=user_id).first() if shared else None
    if member is None:
        raise Missing()
    with transaction.atomic():
        kept = Pin.objects.select_for_update().get(user_id=user_id)
        if kept.locked_until_at and kept.locked_until_at > now:
            raise Refused("locked", _("Too many wrong PINs: wait a quarter of an hour, or ask your manager."))
        is_right = check_password(pin, kept.hash)
        kept.failures = 0 if is_right else kept.failures + 1
        kept.locked_until_at = locked_until(kept.failures, now)
        kept.save(update_fields=["failures", "locked_until_at"])
    if not is_right:
        raise refused_fields({"pin": [_("This PIN is not right.")]})
    return member.user


@command
def set_pin(actor: Actor, *, pin: str, now: datetime, command_id: str | None = None) -> dict[str, Any]:
    """Choose one's PIN for the firm's phones."""
    _demand_good_pin(pin)
    fresh = {"hash": make_password(pin), "failures": 0, "locked_until_at": None}
    Pin.objects.update_or_create(user_id=person(actor), defaults=fresh)
    return {"set": True}


@command
def end_phone(
    actor: Actor, firm_key: UUID | str, phone_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Let nobody switch on a phone any more."""
    firm = firm_to_change(actor, firm_key)
    if not claim(firm.phones.filter(pk=phone_id, ended_at=None), ended_at=now):
        raise Missing()
    return {"ended": phone_id}


def share_phone(actor: Actor, firm_key: UUID | str, *, now: datetime) -> str:
    """Make the device that asks one of the firm's; returns its secret, which only the device keeps."""
    with transaction.atomic():
        return _share(firm_to_change(actor, firm_key).pk, now)


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
