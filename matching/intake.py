"""Observations as senders write them: each row is read alone, so that a bad one costs only itself. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

SOURCES = ("orders", "social", "customs")
MOST_UNITS = 2_000_000_000
EARLIEST = date(1990, 1, 1)
_KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*\Z")
_HS6 = re.compile(r"[0-9]{6}\Z")
_MARKET = re.compile(r"[A-Z]{2}\Z")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Observation:
    """One good row."""

    source: str
    external_id: str
    product: str
    title: str
    hs6: str
    market: str
    on: date
    units: int
    buyers: int | None
    new_buyers: int | None


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row was left out: its index in the batch (from 0), the field, and the reason in words."""

    row: int
    field: str
    reason: str


class _BadError(ValueError):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


def is_heading(text: str) -> bool:
    """Whether it is written as a subheading of the Harmonized System: six digits."""
    return bool(_HS6.match(text))


def read_rows(
    rows: Sequence[Any], *, today: date, is_market: Callable[[str], bool]
) -> tuple[list[Observation], list[RowError]]:
    """The good rows in their order, and an error for each bad one. A day after `today` is no observation."""
    good: list[Observation] = []
    errors: list[RowError] = []
    for number, row in enumerate(rows):
        try:
            good.append(_read(row, today, is_market))
        except _BadError as bad:
            errors.append(RowError(number, bad.field, bad.reason))
    return good, errors


def _read(row: Any, today: date, is_market: Callable[[str], bool]) -> Observation:
    if not isinstance(row, Mapping):
        raise _BadError("", "must be an object with source, product, market, date and units")
    source, product = _source(row), _product(row)
    market, on = _market(row, is_market), _day(row, today)
    units = _count(row, "units") or 0
    buyers, new_buyers = _count(row, "buyers", needed=False), _count(row, "new_buyers", needed=False)
    if buyers is not None and new_buyers is not None and new_buyers > buyers:
        raise _BadError("new_buyers", f"{new_buyers} new buyers are more than {buyers} buyers")
    return Observation(
        source=source,
        external_id=_text(row, "external_id", 160) or f"{product}/{market}/{on.isoformat()}",
        product=product,
        title=_text(row, "title", 160),
        hs6=_hs6(row),
        market=market,
        on=on,
        units=units,
        buyers=buyers,
        new_buyers=new_buyers,
    )


def _text(row: Mapping[str, Any], field: str, most: int) -> str:
    value = row.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _BadError(field, "must be a text")
    value = value.strip()
    if len(value) > most:
        raise _BadError(field, f"has {len(value)} characters, at most {most} fit")
    if _UNSTORABLE.search(value):
        raise _BadError(field, "holds a null character or half of a surrogate pair")
    return value


def _needed(row: Mapping[str, Any], field: str, most: int) -> str:
    value = _text(row, field, most)
    if not value:
        raise _BadError(field, "is missing")
    return value


def _source(row: Mapping[str, Any]) -> str:
    source = _needed(row, "source", 8)
    if source not in SOURCES:
        raise _BadError("source", f"must be one of {', '.join(SOURCES)}")
    return source


def _product(row: Mapping[str, Any]) -> str:
    product = _needed(row, "product", 80)
    if not _KEY.match(product):
        raise _BadError("product", "is a key of small letters, digits and hyphens, such as activity-toys")
    return product


def _hs6(row: Mapping[str, Any]) -> str:
    hs6 = _text(row, "hs6", 20)
    if hs6 and not is_heading(hs6):
        raise _BadError("hs6", "must be six digits of the Harmonized System")
    return hs6


def _market(row: Mapping[str, Any], is_market: Callable[[str], bool]) -> str:
    market = _needed(row, "market", 20)
    if not _MARKET.match(market) or not is_market(market):
        raise _BadError("market", "must be an ISO 3166-1 alpha-2 code, such as US")
    return market


def _day(row: Mapping[str, Any], today: date) -> date:
    text = _needed(row, "date", 40)
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise _BadError("date", "must be a day such as 2026-01-31") from None
    if on < EARLIEST:
        raise _BadError("date", f"lies before {EARLIEST.isoformat()}")
    # it is already tomorrow in a part of the world
    if on > today + timedelta(days=1):
        raise _BadError("date", "lies in the future")
    return on


def _count(row: Mapping[str, Any], field: str, *, needed: bool = True) -> int | None:
    value = row.get(field)
    if value is None:
        if needed:
            raise _BadError(field, "is missing")
        return None
    if type(value) is not int:
        raise _BadError(field, "must be a whole number")
    if not 0 <= value <= MOST_UNITS:
        raise _BadError(field, f"must lie between 0 and {MOST_UNITS}")
    return value
