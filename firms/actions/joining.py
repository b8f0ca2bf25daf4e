"""A firm joins, and an operator decides whether it may be called."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from config.rows import Actor, Missing, Refused, command, move
from config.wake import wake
from firms import identifiers, unlocode
from firms.actions.rights import (
    checked_name,
    demand_operator,
    demand_others,
    demand_valid,
    firm_to_change,
    person,
    refused_fields,
)
from firms.actions.words import about_identifier, about_place
from firms.models import Draft, Firm, Identifier, Member, Site, User

MOST_WAITING = 5  # applications of one person


def keep_draft(actor: Actor, answers: dict[str, Any], *, now: datetime) -> None:
    """Keep what a person has entered so far, right or not, so that nothing typed is lost."""
    with transaction.atomic():
        kept = Draft.objects.select_for_update().filter(user_id=person(actor)).first()
        together = {**(kept.answers if kept else {}), **answers}
        Draft.objects.update_or_create(
            user_id=person(actor), defaults={"answers": together, "updated_at": now}
        )


@command
def join(
    actor: Actor,
    identifier: str,
    *,
    kind: str,
    legal_name: str,
    country: str,
    modules: list[str],
    now: datetime,
    currency: str = "USD",
    time_zone: str = "UTC",
    site_name: str = "",
    site_unlocode: str = "",
    person_name: str = "",
    products: Sequence[str] = (),
    is_sample: bool = False,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Register a firm with the actor as its owner; it waits for an operator's verification.

    Raises Refused: `invalid` with the fields at fault, `identifier_taken`, `too_many`.
    """
    _demand_few_waiting(actor)
    number = checked_identifier(kind, identifier, country)
    firm = Firm(
        legal_name=checked_name(legal_name, "legal_name"),
        country=country,
        legal_person=f"{kind}:{number}",
        modules=modules,
        products=list(products),
        currency=currency,
        time_zone=time_zone,
        is_sample=is_sample,
        joined_at=now,
    )
    demand_valid(firm)
    firm.save()
    _give_identifier(firm, kind, number)
    if site_unlocode:
        _place(firm, site_name, site_unlocode)
    Member.objects.create(firm=firm, user_id=person(actor), role=Member.Role.OWNER, since_at=now)
    _remember_person(actor, person_name)
    wake("console")
    return {"firm": str(firm.key), "id": firm.pk}


@command
def verify(
    actor: Actor,
    firm_key: UUID | str,
    *,
    now: datetime,
    legal_person: str = "",
    command_id: str | None = None,
) -> dict[str, Any]:
    """Let a firm be called. `legal_person` names who stands behind it, when firms share that."""
    found = _to_review(actor, firm_key)
    changes = {"legal_person": legal_person.strip()} if legal_person.strip() else {}
    return _judge(actor, found, Firm.State.VERIFIED, "", now, **changes)


@command
def refuse(
    actor: Actor, firm_key: UUID | str, reason: str, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Turn an application down, with the reason that the firm reads."""
    found = _to_review(actor, firm_key)
    if found.state != Firm.State.APPLIED:
        raise Refused("not_waiting", _("This firm does not wait for verification."), state=found.state)
    return _judge(actor, found, Firm.State.REFUSED, _demanded(reason), now)


@command
def suspend(
    actor: Actor, firm_key: UUID | str, reason: str, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Stop calling a verified firm, with the reason that the firm reads. What it has signed stays signed."""
    found = _to_review(actor, firm_key)
    if found.state != Firm.State.VERIFIED:
        raise Refused("not_verified", _("Only a verified firm can be suspended."), state=found.state)
    return _judge(actor, found, Firm.State.SUSPENDED, _demanded(reason), now)


@command
def change_firm(
    actor: Actor,
    firm_key: UUID | str,
    *,
    currency: str,
    time_zone: str,
    engagement_cost_minor: int,
    quiet_from: time | None = None,
    quiet_until: time | None = None,
    products: Sequence[str] | None = None,
    now: datetime,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Change what a firm decides alone. Its name and number stay as they were verified."""
    firm = firm_to_change(actor, firm_key)
    if time_zone not in available_timezones():
        raise refused_fields({"time_zone": [_("Choose a time zone, for example Asia/Shanghai.")]})
    firm.currency, firm.time_zone, firm.engagement_cost_minor = currency, time_zone, engagement_cost_minor
    firm.quiet_from, firm.quiet_until = quiet_from or firm.quiet_from, quiet_until or firm.quiet_until
    firm.products = firm.products if products is None else list(products)
    demand_valid(firm)
    changed = ["currency", "time_zone", "engagement_cost_minor", "quiet_from", "quiet_until", "products"]
    firm.save(update_fields=changed)
    return {"firm": str(firm.key)}


def checked_identifier(kind: str, value: str, country: str) -> str:
    """Return the normalised number. Raises Refused('invalid') that says what is wrong with it."""
    try:
        return identifiers.validate(kind, value, country)
    except identifiers.WrongIdentifier as wrong:
        raise refused_fields({"identifier": [about_identifier(kind, wrong)]}) from None


def checked_place(code: str, field: str = "unlocode") -> str:
    """Return the normalised UN/LOCODE. Raises Refused('invalid')."""
    try:
        return unlocode.validate(code)
    except unlocode.WrongPlace as wrong:
        raise refused_fields({field: [about_place(wrong)]}) from None


def _demand_few_waiting(actor: Actor) -> None:
    """Operators look at each application: nobody shall bury the others' under many of their own."""
    mine = Member.objects.filter(user_id=person(actor), ended_at=None, firm__state=Firm.State.APPLIED)
    if mine.count() >= MOST_WAITING:
        raise Refused("too_many", _("Several firms of yours wait for verification: wait for that first."))


def _give_identifier(firm: Firm, kind: str, number: str) -> None:
    try:
        with transaction.atomic():
            Identifier.objects.create(firm=firm, kind=kind, value=number)
    except IntegrityError:
        taken = _("A firm with this number has already joined. Ask one of its owners to invite you.")
        raise Refused("identifier_taken", taken, fields={"identifier": [taken]}) from None


def _place(firm: Firm, name: str, code: str) -> None:
    place = checked_place(code, "site_unlocode")
    Site.objects.create(firm=firm, name=name.strip() or place, unlocode=place)


def _remember_person(actor: Actor, name: str) -> None:
    if name.strip():
        User.objects.filter(pk=person(actor)).update(name=checked_name(name, "person_name")[:120])
    Draft.objects.filter(user_id=person(actor)).delete()


def _to_review(actor: Actor, firm_key: UUID | str) -> Firm:
    demand_operator(actor)
    found = Firm.objects.select_for_update(no_key=True).filter(key=firm_key).first()
    if found is None:
        raise Missing()
    demand_others(actor, [found.pk])
    return found


def _demanded(reason: str) -> str:
    if not reason.strip():
        raise refused_fields({"reason": [_("Give a reason: the firm will read it.")]})
    return reason.strip()[:400]


def _judge(
    actor: Actor, firm: Firm, state: Firm.State, reason: str, now: datetime, **changes: Any
) -> dict[str, Any]:
    if firm.state == state or not move(
        firm, firm.state, state, state_reason=reason, reviewed_by_id=person(actor), reviewed_at=now, **changes
    ):
        raise Refused("already_decided", _("Somebody has already decided this."), state=firm.state)
    wake("console", f"desk:{firm.pk}")
    return {"firm": str(firm.key), "state": firm.state}
