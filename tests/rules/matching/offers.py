"""A small registry for rules: makers at one place, carriers by air and sea, helpers for one market."""

from datetime import date, timedelta
from typing import Any

from matching.economics import Kind, Line, Sheet
from matching.problem import Carriage, Case, Demand, Firm, Making, Marketing, Registry, Support, prepare

MONDAY = date(2026, 3, 2)
PLACE, MARKET = "CNNBO", "US"
ROLES = ("import_broker", "last_mile", "seller", "importer")


def firm(number: int, country: str = "CN", trust: int = 600, engagement: int = 0) -> Firm:
    return Firm(number, f"key-{number}", f"Firm {number}", f"person-{number}", country, trust, engagement)


def weeks(units: int, count: int = 20) -> tuple[tuple[date, int], ...]:
    return tuple((MONDAY + timedelta(weeks=week), units) for week in range(count))


def making(number: int, **changes: Any) -> Making:
    told: dict[str, Any] = {
        "id": f"competency:{number}",
        "firm": firm(number),
        "line": number,
        "origin": PLACE,
        "label": "knitted",
        "unit_minor": 400,
        "fixed_minor": 10_000,
        "moq": 100,
        "lead_days": 6,
        "stock": 600,
        "free": weeks(2_000),
    }
    return Making(**{**told, **changes})


def carriage(number: int, mode: str = "air", **changes: Any) -> Carriage:
    p50 = 4 if mode == "air" else 20
    told: dict[str, Any] = {
        "id": f"lane:{number}{mode}",
        "firm": firm(number),
        "line": 100 + number,
        "origin": PLACE,
        "market": MARKET,
        "mode": mode,
        "supervision": "9710",
        "unit_minor": 150 if mode == "air" else 60,
        "fixed_minor": 5_000,
        "min_units": 1,
        "p50_days": p50,
        "p90_days": p50 + 3,
        "free": weeks(5_000),
    }
    return Carriage(**{**told, **changes})


def support(number: int, role: str, place: str = MARKET, **changes: Any) -> Support:
    told = {"id": f"service:{number}{role}", "firm": firm(number, "US"), "role": role, "place": place}
    return Support(**{**told, "fee_minor": 10_000, "per_unit_minor": 10, **changes})  # type: ignore[arg-type]


def registry(**changes: Any) -> Registry:
    told: dict[str, Any] = {
        "makings": (making(1), making(2, unit_minor=430), making(3, unit_minor=460, stock=0)),
        "carriages": (carriage(11), carriage(12, unit_minor=170), carriage(12, "sea")),
        "marketing": (
            Marketing("reach:1", firm(21, "US"), MARKET, "en", "short_video", 400_000, 60_000),
            Marketing("reach:2", firm(22, "US"), MARKET, "en", "search", 300_000, 50_000),
        ),
        "supports": (
            support(31, "quality", "CN"),
            support(32, "quality", "CN", fee_minor=12_000),
            support(33, "export_broker", "CN"),
            *(support(40 + at, role) for at, role in enumerate(ROLES)),
            *(support(50 + at, role, fee_minor=15_000) for at, role in enumerate(ROLES)),
        ),
    }
    return Registry(**{**told, **changes})


def sheet(price: int = 4_000) -> Sheet:
    amounts = {Kind.PRICE: price, Kind.CUSTOMS_VALUE: 600}
    rates = {Kind.COMMISSION: 1_500, Kind.ADS: 1_000, Kind.RETURNS: 500, Kind.DUTY: 700, Kind.IMPORT_VAT: 0}
    lines = [Line(kind, "USD", "study", MONDAY, amount_minor=amount) for kind, amount in amounts.items()]
    lines += [Line(kind, "USD", "study", MONDAY, rate_bp=rate) for kind, rate in rates.items()]
    return Sheet("USD", tuple(lines))


def case(offers: Registry | None = None, **changes: Any) -> Case:
    told: dict[str, Any] = {
        "title": "Hats",
        "hs6": "650500",
        "currency": "USD",
        "start_on": MONDAY,
        "survival": tuple(0.5 ** (day / 12) for day in range(60)),
        "demands": [Demand(MARKET, 1_500, 3_000, 6_000)],
        "sheets": {MARKET: sheet(), "DE": sheet()},
        "registry": offers or registry(),
    }
    return prepare(**{**told, **changes})[0]
