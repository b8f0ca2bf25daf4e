"""Who may do what for a firm. A firm that is not the actor's own answers like one that does not exist."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from config.rows import Actor, Missing, Refused
from firms import names
from firms.actions.words import about_name
from firms.models import Firm, Member


def person(actor: Actor) -> int:
    """Return the id of the person who acts. Raises Missing for the clock."""
    if actor.user_id is None:
        raise Missing()
    return actor.user_id


def membership(actor: Actor, firm_key: UUID | str) -> Member:
    """Return the actor's own membership of a firm. Raises Missing."""
    found = (
        Member.objects.active()
        .select_related("firm")
        .filter(firm__key=firm_key, user_id=person(actor))
        .first()
    )
    if found is None:
        raise Missing()
    return found


def firm_to_change(actor: Actor, firm_key: UUID | str) -> Firm:
    """Return the actor's own firm, locked for the transaction. Raises Missing, Refused('not_allowed')."""
    demand_changer(membership(actor, firm_key))
    # no key: foreign keys are checked at the commit, and one that waited for this lock could hold our weeks
    return Firm.objects.select_for_update(no_key=True).get(key=firm_key)


def checked_name(given: str, field: str = "name") -> str:
    """Return a name as it is kept: one line. Raises Refused('invalid') that says what is wrong with it."""
    try:
        return names.validate(given)
    except names.WrongName as wrong:
        raise refused_fields({field: [about_name(wrong)]}) from None


def demand_changer(member: Member) -> None:
    if not member.may_change:
        raise Refused("not_allowed", _("Only owners and managers of the firm may change this."))


def demand_operator(actor: Actor) -> None:
    """Let operators pass; for everybody else what they watch over does not exist. Raises Missing."""
    if not actor.is_operator:
        raise Missing()


def demand_others(actor: Actor, firm_ids: Iterable[int | None]) -> None:
    """Nobody decides for the platform about a firm for which they act themselves. Raises Refused('own_firm')."""
    mine = Member.objects.active().filter(
        user_id=actor.user_id or 0, firm_id__in={pk for pk in firm_ids if pk}
    )
    if mine.exists():
        raise Refused("own_firm", _("You act for this firm: another operator has to decide."))


def demand_valid(row: models.Model) -> None:
    """Check a row as its constraints would, before it is written. Raises Refused('invalid')."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise refused_fields(error.message_dict) from None


def refused_fields(fields: dict[str, Any]) -> Refused:
    """Make a refusal of what was entered, with the messages of each field."""
    first = next(iter(fields.values()))
    text = first[0] if isinstance(first, list) else first
    return Refused("invalid", str(text), fields=fields)
