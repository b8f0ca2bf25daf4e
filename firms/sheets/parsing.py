"""Rows of texts as values: which column is which, what is wrong in a row, and whether it says anything new."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from firms.sheets import facilities
from firms.sheets.cells import minor
from firms.sheets.columns import CAPACITY, COMPETENCIES, SITES, TIERS, Form
from firms.sheets.faults import Fault, Wrong, WrongFile
from firms.sheets.reading import MOST_CHARACTERS

Values = dict[str, Any]
MOST_SHOWN = 100  # characters of what is wrong: one text of a workbook may stand in a million cells
MONEY = ("unit_cost", "fixed_cost", *(f"tier{n}_cost" for n in TIERS))


@dataclass(frozen=True)
class Context:
    """What the rows are compared with: present rows by key (as digests), sites, used units, places."""

    present: Mapping[str, str] = field(default_factory=dict)
    sites: frozenset[str] = frozenset()
    used: Mapping[str, int] = field(default_factory=dict)
    currencies: frozenset[str] = frozenset()
    places: Mapping[str, facilities.Point] = field(default_factory=dict)
    given_place: str = ""


@dataclass(frozen=True)
class Parsed:
    """A row: its values (JSON can hold them), what it does (`new`, `changed`, `same`), what is wrong."""

    number: int
    values: Values
    does: str
    faults: list[Fault]


def key_of(form: Form, values: Values) -> str:
    """By what a row is known: its id, its name, or its line and week; empty for a new competency."""
    parts = [values.get(name) for name in form.key]
    return "" if parts == [None] else json.dumps(parts, ensure_ascii=False)


def digest(values: Values) -> str:
    """The same values, the same text."""
    told = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


class Parser:
    """Reads the rows of one file. Raises WrongFile when its heading lacks a needed column."""

    def __init__(
        self, form: Form, heading: Sequence[str], aliases: Mapping[str, str], context: Context
    ) -> None:
        self.form, self.context = form, context
        self.names = [aliases.get(plain(text), plain(text)) for text in heading]
        self.is_list = form is SITES and facilities.is_list(self.names)
        if self.is_list:
            self.names = [facilities.RENAMED.get(name, name) for name in self.names]
        self._demand_columns()
        self.seen: dict[str, int] = {}

    def _demand_columns(self) -> None:
        needed = [column.name for column in self.form.columns if column.is_needed]
        lacking = [name for name in needed if name not in self.names]
        if self.is_list:
            lacking = []
        if lacking:
            raise WrongFile("lacks_columns", ", ".join(lacking))

    def parse(self, number: int, cells: Sequence[str]) -> Parsed:
        """One row, with everything that is wrong in it."""
        texts = {name: cell for name, cell in zip(self.names, cells, strict=False) if name}
        if self.is_list and not texts.get("unlocode"):
            texts["unlocode"] = self._place(texts)
        values, faults = self._values(number, texts)
        if not faults:
            faults = list(self._checked(number, values))
        key = "" if faults else key_of(self.form, values)
        return Parsed(number, values, "" if faults else self._does(key, values), faults)

    def _values(self, number: int, texts: Mapping[str, str]) -> tuple[Values, list[Fault]]:
        values: Values = {}
        faults = []
        for column in self.form.columns:
            text = texts.get(column.name, "")
            try:
                if len(text) > MOST_CHARACTERS:
                    raise Wrong("too_long", str(MOST_CHARACTERS))
                values[column.name] = column.read(text)
            except Wrong as wrong:
                faults.append(Fault(number, column.name, wrong.code, wrong.found[:MOST_SHOWN]))
        return values, faults

    def _checked(self, number: int, values: Values) -> Iterator[Fault]:
        """What can only be seen by looking at several cells, or at what the firm has."""
        if self.form is COMPETENCIES:
            yield from self._competency(number, values)
        if self.form is CAPACITY:
            used = self.context.used.get(key_of(self.form, values), 0)
            if values["units"] < used:
                yield Fault(number, "units", "below_used", str(used))
        key = key_of(self.form, values)
        if key and self.seen.setdefault(key, number) != number:
            yield Fault(number, self.form.key[0], "twice", str(self.seen[key]))

    def _competency(self, number: int, values: Values) -> Iterator[Fault]:
        if values["site"] not in self.context.sites:
            yield Fault(number, "site", "unknown_site", values["site"])
        if values["id"] is not None and key_of(self.form, values) not in self.context.present:
            yield Fault(number, "id", "unknown_id", str(values["id"]))
        if values["currency"] not in self.context.currencies:
            yield Fault(number, "currency", "not_a_currency", values["currency"])
            return
        for name in MONEY:
            try:
                self._make_minor(values, name)
            except Wrong as wrong:
                yield Fault(number, name, wrong.code, wrong.found)
        yield from _tiers(number, values)

    def _make_minor(self, values: Values, name: str) -> None:
        if isinstance(values[name], Decimal):
            values[name] = minor(values[name], values["currency"])

    def _does(self, key: str, values: Values) -> str:
        before = self.context.present.get(key)
        if before is None:
            return "new"
        return "same" if before == digest(values) else "changed"

    def _place(self, texts: Mapping[str, str]) -> str:
        country = facilities.country_code(texts.get("country", ""))
        try:
            at = float(texts.get("latitude", "")), float(texts.get("longitude", ""))
        except ValueError:
            at = None
        return facilities.place_of(country, at, self.context.given_place, self.context.places)


def plain(heading: str) -> str:
    """A heading as programs write it: `Unit cost ` is `unit_cost`."""
    return "_".join(heading.casefold().replace("_", " ").split())


def _tiers(number: int, values: Values) -> Iterator[Fault]:
    units = [values[f"tier{n}_from"] for n in TIERS]
    for n in TIERS:
        if (units[n - 1] is None) != (values[f"tier{n}_cost"] is None):
            yield Fault(number, f"tier{n}_from", "half_a_tier")
    known = [one for one in units if one is not None]
    if len(known) != len(set(known)):
        yield Fault(number, "tier1_from", "tier_twice")
