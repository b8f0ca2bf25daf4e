"""The columns of each form: what stands in them, and what an empty cell means.

A column's `name` is how programs know it; people may also write its title in any of the platform's languages.
"""

from dataclasses import dataclass
from functools import partial

from firms.sheets.cells import (
    Read,
    a_monday,
    degrees,
    number,
    optional,
    otherwise,
    place,
    shaped,
    whole,
    words,
    yes_or_no,
)

TIERS = (1, 2, 3)
DAYS = whole(0, 32_767)
AMOUNT = number


@dataclass(frozen=True)
class Column:
    """One column; `example` stands in the template."""

    name: str
    read: Read
    example: str = ""
    is_needed: bool = True


@dataclass(frozen=True)
class Form:
    """A kind of spreadsheet: its columns in order, and those that say which row it is."""

    kind: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def _tiers() -> tuple[Column, ...]:
    found = []
    for n in TIERS:
        found.append(Column(f"tier{n}_from", optional(whole(2)), is_needed=False))
        found.append(Column(f"tier{n}_cost", optional(AMOUNT), is_needed=False))
    return tuple(found)


may = partial(Column, is_needed=False)
COMPETENCIES = Form(
    "competencies",
    (
        may("id", optional(whole(1))),
        Column("site", words(120), "Main site"),
        Column("line", words(120), "Sewing line 1"),
        Column("hs6", shaped(r"\d{6}", "not_six_digits"), "620342"),
        Column("process", words(120), "cut and sew"),
        Column("material", words(120), "cotton denim"),
        may("certificates", words(200, is_needed=False), "OEKO-TEX 100"),
        Column("currency", shaped(r"[A-Z]{3}", "not_a_currency"), "USD"),
        may("tax_included", yes_or_no, "no"),
        Column("unit_cost", AMOUNT, "6.00"),
        may("fixed_cost", otherwise(AMOUNT, number("0")), "120.00"),
        may("minimum_order", otherwise(whole(1), 1), "300"),
        may("minimum_by_variant", yes_or_no, "no"),
        Column("lead_time_days", DAYS, "7"),
        may("finished_stock", otherwise(whole(), 0), "200"),
        *_tiers(),
    ),
    ("id",),
)
CAPACITY = Form(
    "capacity",
    (
        Column("line", words(120), "Sewing line 1"),
        Column("week_from", a_monday, "2026-03-02"),
        Column("units", whole(), "1000"),
    ),
    ("line", "week_from"),
)
SITES = Form(
    "sites",
    (
        Column("name", words(120), "Main site"),
        Column("unlocode", place, "CNNGB"),
        may("latitude", degrees(90), "29.87"),
        may("longitude", degrees(180), "121.54"),
    ),
    ("name",),
)
FORMS = {form.kind: form for form in (COMPETENCIES, CAPACITY, SITES)}
