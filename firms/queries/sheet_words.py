"""What is wrong in a spreadsheet, in words: what, and how to mend it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from firms.models import Sheet
from firms.queries.sheets import TITLES

Text = str | Promise
CELLS: Mapping[str, tuple[Text, Text]] = {
    "missing": (_("The cell is empty."), _("Fill it in.")),
    "too_long": (_("The text is too long."), _("At most %(found)s characters.")),
    "not_a_number": (_("“%(found)s” is not a number."), _("Write digits only, such as 1200 or 12.50.")),
    "decimal_comma": (_("“%(found)s” could be two numbers."), _("Write a point before cents: 12.50.")),
    "not_whole": (_("“%(found)s” is not a whole number."), _("Write whole units.")),
    "out_of_bounds": (_("The number is too small or too large."), _("Write a number within %(found)s.")),
    "negative": (_("An amount is negative."), _("Write 0 or more.")),
    "too_small_a_part": (
        _("%(found)s has more decimal places than the currency."),
        _("Round it to what can be paid."),
    ),
    "not_yes_or_no": (_("“%(found)s” is neither yes nor no."), _("Write yes or no.")),
    "not_a_day": (_("“%(found)s” is not a day."), _("Write year, month and day: 2026-03-02.")),
    "not_a_monday": (_("Weeks begin on Mondays."), _("The Monday of that week is %(found)s.")),
    "not_six_digits": (
        _("“%(found)s” is not an HS subheading."),
        _("Six digits, such as 620342; format the column as text, so that a leading 0 stays."),
    ),
    "not_a_currency": (_("“%(found)s” is not a currency here."), _("Write its three letters, such as USD.")),
    "no_place": (
        _("The place has no UN/LOCODE, and none that is known lies near."),
        _("Add a column unlocode, or give one place for all rows when you send the file."),
    ),
    "not_a_place": (_("“%(found)s” is not a UN/LOCODE."), _("Five characters, such as CNNGB.")),
    "below_used": (
        _("Fewer units than are promised in that week."),
        _("Publish at least %(found)s units."),
    ),
    "twice": (_("This row repeats row %(found)s."), _("Keep one of the two.")),
    "unknown_site": (
        _("Your firm has no site “%(found)s”."),
        _("Write the name of a site as it stands under Sites, or add the site first."),
    ),
    "unknown_id": (
        _("None of your competencies has the row id %(found)s."),
        _("Leave the cell empty for a new one; an id comes from a file that you downloaded here."),
    ),
    "half_a_tier": (_("A price tier has only one of its two cells."), _("Give units and cost, or neither.")),
    "tier_twice": (_("Two price tiers begin at the same units."), _("Let each begin at units of its own.")),
}
FILES: Mapping[str, Text] = {
    "too_large": _("The file is too large."),
    "old_excel": _("This is a workbook of the old form (.xls). Save it as .xlsx or CSV."),
    "empty": _("The file has no heading and no rows. Start from the template."),
    "too_many_columns": _("The file has more than %(found)s columns. Start from the template."),
    "too_many_rows": _("The file has more than %(found)s rows. Send it in several files."),
    "not_a_table": _("The file is not a table of commas, semicolons or tabs."),
    "not_a_text": _("The characters of the file cannot be read. Save it as CSV UTF-8, or as .xlsx."),
    "not_a_workbook": _("The file is not a workbook that can be read. Save it anew as .xlsx, or as CSV."),
    "unpacks_to_too_much": _("The workbook unpacks to far too much. Save only the table as a new file."),
    "lacks_columns": _("Columns are missing: %(found)s. Start from the template."),
    "changed_meanwhile": _("Your firm's sites or competencies have changed meanwhile. Send the file again."),
    "below_used": _("More is promised meanwhile than the file publishes: %(found)s. Send it again."),
    "failed": _("The file could not be worked on. Save the table anew and send it again."),
    "too_many_kept": _("Your firm would have more than %(found)s rows of this kind."),
    "does_not_fit": _("The rows do not fit what your firm has now. Download it, compare, and send again."),
}


@dataclass(frozen=True)
class Told:
    """A fault as a person reads it."""

    row: int
    column: str
    what: str
    mend: str


def about_cell(fault: Sequence[object]) -> Told:
    """Row, column, code and what was found, in words."""
    row, column, code, found = fault
    what, mend = CELLS[str(code)]
    named = {"found": found}
    return Told(int(str(row)), str(TITLES.get(str(column), column)), str(what) % named, str(mend) % named)


def about_file(sheet: Sheet) -> str:
    """Why a file cannot be read or taken in; empty when nothing is wrong."""
    if not sheet.fault:
        return ""
    found = sheet.fault_detail
    if sheet.fault == "lacks_columns":
        found = ", ".join(str(TITLES.get(name, name)) for name in found.split(", "))
    return str(FILES.get(sheet.fault, FILES["does_not_fit"])) % {"found": found}


def faults(sheet: Sheet) -> Iterator[Told]:
    """All faults of a sheet's cells, in the order of its rows."""
    for part in sheet.parts.all().iterator(chunk_size=1):  # one may hold megabytes
        yield from map(about_cell, part.faults)
