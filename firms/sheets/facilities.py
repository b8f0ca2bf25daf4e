"""Facility lists as Open Supply Hub takes and gives them (country, name, address, perhaps lat and lng), as sites.

Such a list has no UN/LOCODE: a place is given with the file, or is the nearest one that is known in the country.
"""

import math
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from babel import Locale

from firms.unlocode import COUNTRIES, country_of

Point = tuple[float, float]  # latitude, longitude
NEEDED = {"country", "name", "address"}
RENAMED = {"lat": "latitude", "lng": "longitude", "lon": "longitude"}
NEAR_KM = 150.0
EARTH_KM = 6371.0


def is_list(heading: Iterable[str]) -> bool:
    """Whether a heading is that of a facility list."""
    return set(heading) >= NEEDED


def country_code(text: str) -> str:
    """The ISO 3166-1 code of a country's code or name, in English or Chinese; empty when it is none."""
    found = text.strip().upper()
    return found if found in COUNTRIES else _names().get(_plain(text), "")


def place_of(country: str, at: Point | None, given: str, known: Mapping[str, Point]) -> str:
    """The UN/LOCODE for a facility: the nearest known place, else the given one; empty when neither fits."""
    if at is not None:
        near = [(_km(at, point), code) for code, point in known.items() if country_of(code) == country]
        if near and min(near)[0] <= NEAR_KM:
            return min(near)[1]
    return given if given and country_of(given) == country else ""


@cache
def _names() -> dict[str, str]:
    return {
        _plain(name): code
        for language in ("en", "zh")
        for code, name in Locale(language).territories.items()
        if code in COUNTRIES
    }


def _plain(text: str) -> str:
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parted if letter.isalnum())


def _km(one: Point, other: Point) -> float:
    """The great circle between two points (haversine)."""
    (a, b), (c, d) = ((math.radians(value) for value in point) for point in (one, other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))
