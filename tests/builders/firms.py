"""One small world of firms: a maker, a carrier, a seller, an outsider, and an operator who verified them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import uuid4

from django.db import transaction
from stdnum.cn import uscc
from stdnum.iso7064 import mod_97_10

from firms import actions
from firms.models import CapacityWeek, Firm, Line, Member, User
from firms.reputation import MOST_OF_ONE, Conduct, Outcome
from firms.weeks import mondays

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)  # a Wednesday
PASSWORD = "starling-flock-42"
HS6 = "620342"
_numbers = count(1)


@dataclass(frozen=True)
class FirmOf:
    """A firm with a person in each role."""

    firm: Firm
    owner: User
    manager: User
    worker: User

    @property
    def id(self) -> int:
        return self.firm.pk

    @property
    def key(self) -> str:
        return str(self.firm.key)


@dataclass(frozen=True)
class Firms:
    """Everybody whom a test needs: who is in, and an outsider who is not."""

    operator: User
    maker: FirmOf
    carrier: FirmOf
    seller: FirmOf
    outsider: FirmOf


def small_world(now: datetime = NOW) -> Firms:
    """Make the firms, verified, with offers that can answer a surge of trousers in Germany from Ningbo."""
    operator = person("operator", is_operator=True)
    return Firms(
        operator=operator,
        maker=maker(operator, now),
        carrier=carrier(operator, now),
        seller=seller(operator, now),
        outsider=verified_firm(operator, "Outsider Works", now),
    )


def person(name: str, **fields: Any) -> User:
    """Make a user with a password; the number makes the address unique."""
    return User.objects.create_user(
        f"{name}-{next(_numbers)}@example.com", PASSWORD, name=name.title(), **fields
    )


def applicant_firm(name: str, now: datetime = NOW, *, owner: User | None = None, **changes: Any) -> Firm:
    """Let a firm join; it then waits for verification."""
    details: dict[str, Any] = {
        "kind": "uscc",
        "legal_name": name,
        "country": "CN",
        "modules": ["manufacturing"],
        "site_name": "Main site",
        "site_unlocode": "CNNGB",
    }
    number = changes.pop("identifier", None) or some_uscc(next(_numbers))
    asked = (owner or person("owner")).actor
    joined = actions.join(asked, number, **{**details, **changes}, now=now)
    return Firm.objects.get(pk=joined["id"])


def verified_firm(operator: User, name: str, now: datetime = NOW, **changes: Any) -> FirmOf:
    """Make a firm that may be called, with an owner, a manager and a worker."""
    owner = person("owner")
    firm = applicant_firm(name, now, owner=owner, **changes)
    actions.verify(operator.actor, firm.key, now=now)
    firm.refresh_from_db()
    manager, worker = person("manager"), person("worker")
    actions.add_member(operator.actor, firm.key, manager.pk, Member.Role.MANAGER, now=now)
    actions.add_member(operator.actor, firm.key, worker.pk, Member.Role.WORKER, now=now)
    return FirmOf(firm, owner, manager, worker)


def join(user: User, firm: FirmOf, now: datetime = NOW) -> None:
    """Let somebody act for a firm too, as an operator may."""
    Member.objects.create(firm=firm.firm, user=user, role=Member.Role.OWNER, since_at=now)


def maker(operator: User, now: datetime = NOW, *, name: str = "Ningbo Trousers") -> FirmOf:
    """Make a factory with one competency, 1,000 units a week."""
    made = verified_firm(operator, name, now)
    add_competency(made, now)
    publish(made, "Sewing line", 1_000, now)
    return made


def carrier(operator: User, now: datetime = NOW, *, name: str = "Swift Air") -> FirmOf:
    """Make a carrier by air from Ningbo to Germany, 5,000 units a week, that also clears and delivers."""
    made = verified_firm(operator, name, now, modules=["logistics"])
    add_lane(made, now)
    publish(made, "Weekly space", 5_000, now)
    for role, place in (
        ("export_broker", "CNNGB"),
        ("import_broker", "DE"),
        ("warehouse", "DE"),
        ("last_mile", "DE"),
    ):
        add_service(made, role, place, now)
    return made


def seller(operator: User, now: datetime = NOW, *, name: str = "Berlin Reach") -> FirmOf:
    """Make a marketer in Germany that is also the seller and the importer of record."""
    changes = {
        "country": "DE",
        "kind": "lei",
        "identifier": some_lei(next(_numbers)),
        "site_unlocode": "DEBER",
    }
    made = verified_firm(operator, name, now, modules=["marketing", "support"], currency="EUR", **changes)
    add_reach(made, now)
    for role in ("seller", "importer", "eu_responsible"):
        add_service(made, role, "DE", now)
    return made


def add_site(firm: FirmOf, name: str, unlocode: str, now: datetime = NOW) -> int:
    return int(actions.add_site(firm.owner.actor, firm.key, name, unlocode=unlocode, now=now)["site"])


def add_competency(firm: FirmOf, now: datetime = NOW, **changes: Any) -> int:
    fields = {
        "site": firm.firm.sites.get().pk,
        "line": "Sewing line",
        "hs6": HS6,
        "process": "cut and sew",
        "material": "cotton denim",
        "unit_cost_minor": 600,
        "lead_time_days": 7,
        "stock_units": 200,
        **changes,
    }
    tiers = [(500, 550)]
    return int(actions.add_competency(firm.owner.actor, firm.key, fields, tiers=tiers, now=now)["competency"])


def add_lane(firm: FirmOf, now: datetime = NOW, **changes: Any) -> int:
    fields = {
        "line": "Weekly space",
        "origin": "CNNGB",
        "market": "DE",
        "mode": "air",
        "supervision_mode": "9710",
        "unit_cost_minor": 150,
        "transit_p50_days": 3,
        "transit_p90_days": 5,
        **changes,
    }
    return int(actions.add_lane(firm.owner.actor, firm.key, fields, now=now)["lane"])


def add_reach(firm: FirmOf, now: datetime = NOW, **changes: Any) -> int:
    fields = {
        "market": "DE",
        "language": "de",
        "channel": "short_video",
        "reach_people": 500_000,
        "fee_minor": 90_000,
        **changes,
    }
    return int(actions.add_reach(firm.owner.actor, firm.key, fields, now=now)["reach"])


def add_service(firm: FirmOf, role: str, place: str, now: datetime = NOW, **changes: Any) -> int:
    fields = {"role": role, "place": place, "fee_minor": 20_000, "per_unit_minor": 10, **changes}
    return int(actions.add_service(firm.owner.actor, firm.key, fields, now=now)["service"])


def file_deeds(of: FirmOf, *deeds: tuple[Outcome, int], now: datetime = NOW, slot: str = "maker") -> None:
    """File so many deeds of each kind, ten of one alliance: more would not count."""
    rows = [
        Conduct(of.id, slot, "6203", outcome, f"task:{outcome}-{number}", "Produce the pilot lot", now)
        for outcome, times in deeds
        for number in range(times)
    ]
    with transaction.atomic():
        for first in range(0, len(rows), MOST_OF_ONE):
            some = rows[first : first + MOST_OF_ONE]
            actions.file_observations(uuid4(), "Wide trousers: DE", some, now=now)


def publish(firm: FirmOf, line: str, units: int, now: datetime = NOW, *, weeks: int = 12) -> Line:
    """Publish the same units for each of the next weeks."""
    made = actions.add_line(firm.owner.actor, firm.key, line, now=now)["line"]
    by_week = dict.fromkeys(mondays(now.date(), weeks), units)
    actions.publish_capacity(firm.owner.actor, firm.key, made, by_week, now=now)
    return Line.objects.get(pk=made)


def used(line: Line) -> dict[date, int]:
    """Read what the database says is used, week by week, where anything is."""
    rows = CapacityWeek.objects.filter(line=line, used_units__gt=0)
    return {row.week_on: row.used_units for row in rows}


def some_uscc(number: int) -> str:
    """Make a well-formed Unified Social Credit Code."""
    body = f"91330200MA{number:07d}"
    return body + uscc.calc_check_digit(body)


def some_lei(number: int) -> str:
    """Make a well-formed Legal Entity Identifier."""
    body = f"529900{number:012d}"
    return body + mod_97_10.calc_check_digits(body)
