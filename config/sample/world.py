"""Build the sample world through the same verbs that people use."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from stdnum import lei
from stdnum.cn import uscc
from stdnum.iso7064 import mod_97_10

from config import clock
from config.models import Clock
from config.rows import Actor
from config.sample import economics, logins, places
from config.sample.places import Factory, Freight, Office
from firms import actions as firms
from firms.models import Firm, User
from firms.weeks import monday
from matching import actions as matching
from matching import feeds
from matching.models import Product

WEEKS = 60  # of published capacity
LEARNING_DAYS = 30
RECORDED_FIRST_ON = date(2017, 1, 1)
FEEDS = ("orders_2017", "synthetic_social")
OPERATOR = "operator@sample.example"


@dataclass(frozen=True)
class Founding:
    """What every invented firm needs while it is made."""

    operator: Actor
    password_hash: str
    now: datetime


def exists() -> bool:
    return User.objects.filter(email=OPERATOR).exists()


@transaction.atomic
def build(now: datetime, *, trade: str = "", market: str = "") -> None:
    """Make the firms with their people, offers and capacity; only those of a trade and a market, when named."""
    password = logins.new_password()
    password_hash = make_password(password)
    founding = Founding(_operator(password_hash), password_hash, now)
    number = count(1)
    for factory in places.factories(trade):
        _factory(founding, next(number), factory)
    for freight in places.freights(market):
        _freight(founding, next(number), freight)
    for office in places.offices(market):
        _office(founding, next(number), office)
    logins.keep(password)


def is_open() -> bool:
    """Whether the market's clock runs; a world that was built and not opened is opened at the next start."""
    return Clock.objects.exists()


@transaction.atomic
def open_market() -> None:
    """Start the market's clock and the recorded year, so that a past to learn from lies behind today."""
    today = timezone.now()
    first_on = today.date() - timedelta(days=LEARNING_DAYS)
    # a Sunday stays a Sunday, or the rhythm of the week would be lost
    first_on -= timedelta(days=(first_on - RECORDED_FIRST_ON).days % 7)
    clock.set_pace(1.0, start_at=datetime.combine(first_on + timedelta(days=LEARNING_DAYS), time(8), UTC))
    for name in FEEDS:
        matching.start_feed(name, first_on=first_on)
    now = clock.now()
    matching.feed_day(now)
    operator = User.objects.get(email=OPERATOR).actor
    matching.name_in_chinese(operator, feeds.titles_zh())
    economics.give(operator, [(key, hs6) for key, hs6 in products() if hs6 in places.PRICES], now)


def products() -> list[tuple[str, str]]:
    return list(Product.objects.order_by("key").values_list("key", "hs6"))


def _operator(password_hash: str) -> Actor:
    user = User.objects.create_hashed(
        OPERATOR, password_hash, name=f"Olive Watch {places.MARK}", is_operator=True, is_sample=True
    )
    return user.actor


def _firm(
    founding: Founding, number: int, name: str, country: str, site: str, modules: list[str]
) -> tuple[Actor, Firm]:
    """A verified firm with an owner and a worker; their addresses come from the firm's name."""
    slug = name.lower().replace(" ", "-").replace("è", "e")
    people = [
        User.objects.create_hashed(
            f"{role}@{slug}.example", founding.password_hash, name=f"{name} {role}", is_sample=True
        )
        for role in ("owner", "worker")
    ]
    owner = people[0].actor
    kind, identifier = _identifier(country, number)
    made = firms.join(
        owner,
        identifier,
        kind=kind,
        legal_name=f"{name} {places.MARK}",
        country=country,
        modules=modules,
        now=founding.now,
        time_zone=places.TIME_ZONES[country],
        site_name="Main site",
        site_unlocode=site,
        is_sample=True,
    )
    firms.verify(founding.operator, made["firm"], now=founding.now)
    firms.add_member(founding.operator, made["firm"], people[1].pk, "worker", now=founding.now)
    return owner, Firm.objects.get(key=made["firm"])


def _identifier(country: str, number: int) -> tuple[str, str]:
    """A well-formed number that no real firm has."""
    if country == "CN":
        body = f"91330200MAXXXX{number:03d}"
        return "uscc", body + uscc.calc_check_digit(body)
    body = f"9999SAMPLE{number:08d}"
    full = body + mod_97_10.calc_check_digits(body)
    return "lei", lei.validate(full)


def _publish(founding: Founding, owner: Actor, firm: Firm, line: str, units: int) -> None:
    made = firms.add_line(owner, firm.key, line, now=founding.now)
    first = monday(founding.now.date())
    weeks = {first + timedelta(weeks=week): units for week in range(WEEKS)}
    firms.publish_capacity(owner, firm.key, made["line"], weeks, now=founding.now)


def _factory(founding: Founding, number: int, factory: Factory) -> None:
    owner, firm = _firm(founding, number, factory.name, factory.country, factory.site, ["manufacturing"])
    site = firm.sites.get().pk
    rows = [
        _competency(factory, trade, hs6, price, site)
        for trade in factory.trades
        for hs6, price in places.TRADES[trade].items()
    ]
    firms.add_offers(owner, firm.key, {"competency": rows}, now=founding.now)
    for trade in factory.trades:
        _publish(founding, owner, firm, trade.capitalize(), factory.weekly_units)


def _competency(factory: Factory, trade: str, hs6: str, price: int, site: int) -> dict[str, object]:
    unit = round(price * factory.cost)
    return {
        "site": site,
        "line": trade.capitalize(),
        "hs6": hs6,
        "process": trade,
        "material": trade,
        "certificates": "ISO 9001",
        "unit_cost_minor": unit,
        "fixed_cost_minor": unit * 60,
        "moq_units": factory.moq,
        "lead_time_days": factory.lead_days,
        "stock_units": factory.weekly_units * factory.stock_days // 7,
        "tiers": [(factory.moq * 4, round(unit * 0.95)), (factory.moq * 10, round(unit * 0.9))],
    }


def _freight(founding: Founding, number: int, freight: Freight) -> None:
    owner, firm = _firm(
        founding, number, freight.name, freight.country, places.CITY[freight.country], ["logistics"]
    )
    origins = sorted({factory.site for factory in places.FACTORIES})
    ways = [(market, mode) for market in freight.markets for mode in freight.modes]
    rows = [_lane(freight, origin, market, mode) for market, mode in ways for origin in origins]
    firms.add_offers(owner, firm.key, {"lane": rows}, now=founding.now)
    for market, mode in ways:
        _publish(founding, owner, firm, f"{mode.capitalize()} to {market}", freight.weekly_units)


def _lane(freight: Freight, origin: str, market: str, mode: str) -> dict[str, object]:
    unit, shipment, half, most, least = places.MODES[mode]
    if mode == "sea" and market in {"DE", "FR"}:
        half, most = places.SEA_DAYS_TO_EUROPE
    return {
        "line": f"{mode.capitalize()} to {market}",
        "origin": origin,
        "market": market,
        "mode": mode,
        "supervision_mode": "9810" if mode in {"sea", "rail"} else "9710",
        "unit_cost_minor": round(unit * freight.price),
        "fixed_cost_minor": round(shipment * freight.price),
        "min_units": least,
        "transit_p50_days": half,
        "transit_p90_days": most,
    }


def _office(founding: Founding, number: int, office: Office) -> None:
    modules = ["marketing"] if "reach" in office.roles else ["logistics"]
    owner, firm = _firm(founding, number, office.name, office.country, places.CITY[office.country], modules)
    fee = {"fee_minor": office.fee, "per_unit_minor": office.per_unit}
    services = [
        {"role": role, "place": place, **fee}
        for place in office.places
        for role in office.roles
        if role != "reach"
    ]
    reach = (
        [row for place in office.places for row in _reach(office, place)] if "reach" in office.roles else []
    )
    firms.add_offers(owner, firm.key, {"service": services, "reach": reach}, now=founding.now)


def _reach(office: Office, market: str) -> list[dict[str, object]]:
    return [
        {
            "market": market,
            "language": places.LANGUAGES[market],
            "channel": channel,
            "reach_people": office.people * share // 3,
            "fee_minor": office.fee * share // 3,
        }
        for share, channel in enumerate(places.CHANNELS, 2)
    ]
