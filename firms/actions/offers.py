"""A firm says what it can do: sites, competencies, lanes, reach and services; and takes it back.

`fields` are the row's own field names; `line` is a name (made when new), `site` an id of the firm's sites.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from config.rows import Actor, Missing, Refused, command
from firms import unlocode
from firms.actions.capacity import named_line
from firms.actions.joining import checked_place
from firms.actions.rights import demand_valid, firm_to_change, person, refused_fields
from firms.actions.words import about_place
from firms.models import Competency, Firm, Lane, Offer, PriceTier, Reach, Service, Site

Fields = Mapping[str, Any]
Tiers = Sequence[tuple[int, int]]
Row = TypeVar("Row", bound=Offer)


@command
def add_site(
    actor: Actor,
    firm_key: UUID | str,
    name: str,
    *,
    unlocode: str,
    now: datetime,
    latitude: float | None = None,
    longitude: float | None = None,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Add a place where the firm works. Coordinates are in degrees, WGS 84."""
    firm = firm_to_change(actor, firm_key)
    place = checked_place(unlocode)
    site = Site(firm=firm, name=name.strip(), unlocode=place, latitude=latitude, longitude=longitude)
    demand_valid(site)
    site.save()
    return {"site": site.pk}


@command
def remove_site(
    actor: Actor, firm_key: UUID | str, site_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Remove a place that no competency uses. Raises Refused('site_in_use')."""
    firm = firm_to_change(actor, firm_key)
    site = firm.sites.filter(pk=site_id).first()
    if site is None:
        raise Missing()
    if site.competencies.exists():
        raise Refused("site_in_use", _("Competencies belong to this site; it cannot be removed."))
    site.delete()
    return {"site": site_id}


@command
def add_competency(
    actor: Actor,
    firm_key: UUID | str,
    fields: Fields,
    *,
    now: datetime,
    tiers: Tiers = (),
    command_id: str | None = None,
) -> dict[str, Any]:
    """Add what the firm can make. `tiers` are (from units, unit cost in minor units)."""
    row = _fill(Competency(firm=firm_to_change(actor, firm_key)), fields)
    _price(row, tiers)
    return {"competency": row.pk}


@command
def change_competency(
    actor: Actor,
    competency_id: int,
    fields: Fields,
    *,
    now: datetime,
    tiers: Tiers | None = None,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Change what is given; `tiers` replace the present ones, none leaves them."""
    row = _fill(_own(Competency, actor, competency_id), fields)
    if tiers is not None:
        _price(row, tiers)
    return {"competency": row.pk}


@command
def withdraw_competency(
    actor: Actor, competency_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Offer it no longer. What was agreed on it stays agreed."""
    return _withdraw(_own(Competency, actor, competency_id), now)


@command
def add_lane(
    actor: Actor, firm_key: UUID | str, fields: Fields, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    return {"lane": _fill(Lane(firm=firm_to_change(actor, firm_key)), fields).pk}


@command
def change_lane(
    actor: Actor, lane_id: int, fields: Fields, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    return {"lane": _fill(_own(Lane, actor, lane_id), fields).pk}


@command
def withdraw_lane(
    actor: Actor, lane_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    return _withdraw(_own(Lane, actor, lane_id), now)


@command
def add_reach(
    actor: Actor, firm_key: UUID | str, fields: Fields, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    return {"reach": _fill(Reach(firm=firm_to_change(actor, firm_key)), fields).pk}


@command
def change_reach(
    actor: Actor, reach_id: int, fields: Fields, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    return {"reach": _fill(_own(Reach, actor, reach_id), fields).pk}


@command
def withdraw_reach(
    actor: Actor, reach_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    return _withdraw(_own(Reach, actor, reach_id), now)


@command
def add_service(
    actor: Actor, firm_key: UUID | str, fields: Fields, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    return {"service": _fill(Service(firm=firm_to_change(actor, firm_key)), fields).pk}


@command
def change_service(
    actor: Actor, service_id: int, fields: Fields, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    return {"service": _fill(_own(Service, actor, service_id), fields).pk}


@command
def withdraw_service(
    actor: Actor, service_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    return _withdraw(_own(Service, actor, service_id), now)


def _own(kind: type[Row], actor: Actor, row_id: int) -> Row:
    """The actor's own live offer, read under its firm's lock: what was withdrawn meanwhile stays withdrawn."""
    own = kind._default_manager.filter(pk=row_id, withdrawn_at=None, firm__in=Firm.objects.of(person(actor)))
    firm_key = own.values_list("firm__key", flat=True).first()
    if firm_key is None:
        raise Missing()
    firm_to_change(actor, firm_key)
    row = own.select_related("firm").first()
    if row is None:
        raise Missing()
    return row


def _fill(row: Row, fields: Fields) -> Row:
    for name, value in fields.items():
        setattr(row, *READERS.get(name, _as_it_is)(row.firm, name, value))
    demand_valid(row)
    row.save()
    return row


def _as_it_is(firm: Firm, name: str, value: Any) -> tuple[str, Any]:
    if name in {"firm", "firm_id", "id", "pk", "withdrawn_at"}:
        raise refused_fields({name: [_("This cannot be changed.")]})
    return name, value


def _line(firm: Firm, name: str, value: Any) -> tuple[str, Any]:
    return "line", named_line(firm, str(value))


def _site(firm: Firm, name: str, value: Any) -> tuple[str, Any]:
    site = firm.sites.filter(pk=getattr(value, "pk", value)).first()
    if site is None:
        raise refused_fields({"site": [_("Choose one of the firm's own sites.")]})
    return "site", site


def _origin(firm: Firm, name: str, value: Any) -> tuple[str, Any]:
    return name, checked_place(str(value), name)


def _place(firm: Firm, name: str, value: Any) -> tuple[str, Any]:
    try:
        return name, unlocode.validate_market(str(value))
    except unlocode.WrongPlace as wrong:
        raise refused_fields({name: [about_place(wrong)]}) from None


READERS: dict[str, Callable[[Firm, str, Any], tuple[str, Any]]] = {
    "line": _line,
    "site": _site,
    "origin": _origin,
    "place": _place,
}


def _price(row: Competency, tiers: Tiers) -> None:
    row.tiers.all().delete()
    for from_units, unit_cost_minor in tiers:
        tier = PriceTier(competency=row, from_units=from_units, unit_cost_minor=unit_cost_minor)
        demand_valid(tier)
        tier.save()


def _withdraw(row: Offer, now: datetime) -> dict[str, Any]:
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at", "updated_at"])
    return {"withdrawn": row.pk}
