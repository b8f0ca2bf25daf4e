"""A table as a file that spreadsheets open, in which no text is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.writer.excel import save_workbook

from firms.sheets.cells import NUMBER
from firms.sheets.reading import FORMULA

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def written(heading: Sequence[str], rows: Iterable[Sequence[str]], form: str) -> bytes:
    """The table as `csv` (with the mark by which Excel knows UTF-8) or `xlsx`."""
    return _csv(heading, rows) if form == "csv" else _xlsx(heading, rows)


def _csv(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heading)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def safe(cell: str) -> str:
    """With a quote before what a spreadsheet would compute; a number stays one."""
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def _xlsx(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append(heading)
    for row in rows:
        cells = [WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", cell)) for cell in row]
        for cell in cells:
            cell.data_type = "s"  # a text, whatever it begins with
        sheet.append(cells)
    out = io.BytesIO()
    save_workbook(book, out)
    return out.getvalue()
