"""One cell's text as a value, and back: numbers, amounts, days, words. Raises Wrong."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from babel.numbers import get_currency_precision

from firms import unlocode
from firms.sheets.faults import Wrong

Read = Callable[[str], object]
NUMBER = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?")
DECIMAL_COMMA = re.compile(r"-?\d+,\d{1,2}")
YES = {"yes", "true", "1", "y", "是"}
NO = {"no", "false", "0", "n", "", "否"}
MOST_UNITS = 2_000_000_000
MOST_DIGITS = 12


def words(most: int, *, is_needed: bool = True) -> Read:
    """A text of at most so many characters, with single blanks."""

    def read(text: str) -> str:
        found = " ".join(text.split())
        if is_needed and not found:
            raise Wrong("missing")
        if len(found) > most:
            raise Wrong("too_long", str(most))
        return found

    return read


def shaped(pattern: str, code: str) -> Read:
    """A text of a shape, such as six digits; `code` is the fault when it is not."""

    def read(text: str) -> str:
        if not text:
            raise Wrong("missing")
        if not re.fullmatch(pattern, text):
            raise Wrong(code, text)
        return text

    return read


def number(text: str) -> Decimal:
    """12, 1,200 or 12.50; a comma before cents is not guessed at."""
    if not text:
        raise Wrong("missing")
    if DECIMAL_COMMA.fullmatch(text):
        raise Wrong("decimal_comma", text)
    if not NUMBER.fullmatch(text) or len(text) > 2 * MOST_DIGITS:
        raise Wrong("not_a_number", text)
    return Decimal(text.replace(",", ""))


def whole(least: int = 0, most: int = MOST_UNITS) -> Read:
    """A whole number within bounds; 12.0 is 12."""

    def read(text: str) -> int:
        found = number(text)
        if found != found.to_integral_value():
            raise Wrong("not_whole", text)
        if not least <= found <= most:
            raise Wrong("out_of_bounds", f"{least}–{most}")
        return int(found)

    return read


def degrees(most: int) -> Read:
    """Degrees of latitude or longitude, or nothing."""

    def read(text: str) -> float | None:
        if not text:
            return None
        found = number(text)
        if abs(found) > most:
            raise Wrong("out_of_bounds", f"-{most}–{most}")
        return float(found)

    return read


def optional(read: Read) -> Read:
    """The same, or nothing."""
    return lambda text: read(text) if text else None


def otherwise(read: Read, default: object) -> Read:
    """The same, or what stands for an empty cell."""
    return lambda text: read(text) if text else default


def yes_or_no(text: str) -> bool:
    small = text.casefold()
    if small not in YES | NO:
        raise Wrong("not_yes_or_no", text)
    return small in YES


def a_monday(text: str) -> str:
    """A week's Monday as ISO 8601, as a spreadsheet or a person writes it: 2026-03-02, 2026/3/2."""
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})( 00:00:00)?", text)
    if not text:
        raise Wrong("missing")
    try:
        on = date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        on = None
    if on is None:
        raise Wrong("not_a_day", text)
    if on.weekday():
        raise Wrong("not_a_monday", (on - timedelta(days=on.weekday())).isoformat())
    return on.isoformat()


def place(text: str) -> str:
    """A UN/LOCODE."""
    try:
        return unlocode.validate(text)
    except unlocode.WrongPlace:
        raise Wrong("no_place" if not text else "not_a_place", text) from None


def minor(amount: Decimal, currency: str) -> int:
    """An amount in whole currency units as minor units."""
    scaled = amount.scaleb(get_currency_precision(currency))
    if amount < 0:
        raise Wrong("negative", str(amount))
    if scaled != scaled.to_integral_value() or len(str(int(scaled))) > 15:
        raise Wrong("too_small_a_part", str(amount))
    return int(scaled)


def amount(minor_units: int, currency: str) -> str:
    """Minor units as people write them: 12.50."""
    return f"{Decimal(minor_units).scaleb(-get_currency_precision(currency)):f}"
