"""The rows of a file that somebody sent: CSV or XLSX, row by row, within limits. Raises WrongFile."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from firms.sheets.apart import rows_apart
from firms.sheets.faults import WrongFile

MOST_BYTES = 16 * 1024 * 1024  # of the file
MOST_ROWS = 50_000
MOST_COLUMNS = 64
MOST_CHARACTERS = 500  # of a cell
EXCEL, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ENCODINGS = ("utf-8-sig", "gb18030")
# what a spreadsheet takes for a formula; written with a quote before it, which reading takes off again
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")


@dataclass(frozen=True)
class Table:
    """A file's heading, and its rows of texts with their numbers as spreadsheets count them."""

    heading: list[str]
    rows: Iterator[tuple[int, list[str]]]
    expected: int | None  # rows, when the file says so


def opened(content: bytes) -> Table:
    """Look at the first row; the others are read as they are wanted."""
    if len(content) > MOST_BYTES:
        raise WrongFile("too_large")
    if content.startswith(OLD_EXCEL):
        raise WrongFile("old_excel")
    is_workbook = content.startswith(EXCEL)
    rows = _filled(rows_apart(content) if is_workbook else enumerate(_text(content), 1))
    _number, heading = next(rows, (0, []))
    if not heading:
        raise WrongFile("empty")
    return Table(heading, rows, None if is_workbook else max(content.count(b"\n") - 1, 0))


def _filled(lines: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Rows that have anything in them, not more than may be."""
    filled = 0
    for number, padded in lines:
        cells = without_end(padded)
        if len(cells) > MOST_COLUMNS:
            raise WrongFile("too_many_columns", str(MOST_COLUMNS))
        if cells:
            filled += 1
            if filled > MOST_ROWS + 1:
                raise WrongFile("too_many_rows", str(MOST_ROWS))
            yield number, cells


def without_end(cells: list[str]) -> list[str]:
    """Without the empty cells at its end."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    if "\0" in text:  # no text has it, and the database takes none
        raise WrongFile("not_a_text")
    first = text.split("\n", 1)[0]
    comma = max(",;\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=comma):
            yield [unquoted(cell.strip()) for cell in row]
    except csv.Error as wrong:
        raise WrongFile("not_a_table", str(wrong)) from wrong


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WrongFile("not_a_text")


def unquoted(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and FORMULA.match(cell[1:]) else cell
