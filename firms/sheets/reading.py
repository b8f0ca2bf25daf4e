"""The rows of a file that somebody sent: CSV or XLSX, row by row, within limits. Raises WrongFile."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from firms.sheets.faults import WrongFile

MOST_BYTES = 16 * 1024 * 1024  # of the file
MOST_UNPACKED = 256 * 1024 * 1024  # of all that a workbook holds
MOST_TIMES = 300  # larger than its packed form no part of a workbook is; repeated cells pack about 30 to 1
MOST_PARTS = 1_000
MOST_ROWS = 50_000
MOST_COLUMNS = 64
MOST_CHARACTERS = 500  # of a cell
EXCEL, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ENCODINGS = ("utf-8-sig", "gb18030")
SCAN = 1 << 16
# what a spreadsheet takes for a formula; written with a quote before it, which reading takes off again
FORMULA = re.compile(r"[=+\-@\t\r]")


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
    lines = _workbook(content) if is_workbook else _text(content)
    rows = _numbered(lines)
    _number, heading = next(rows, (0, []))
    if not heading:
        raise WrongFile("empty")
    return Table(heading, rows, None if is_workbook else max(content.count(b"\n") - 1, 0))


def _numbered(lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Rows that have anything in them, with their numbers."""
    filled = 0
    for number, padded in enumerate(lines, 1):
        cells = _without_end(padded)
        if len(cells) > MOST_COLUMNS:
            raise WrongFile("too_many_columns", str(MOST_COLUMNS))
        if cells:
            filled += 1
            if filled > MOST_ROWS + 1:
                raise WrongFile("too_many_rows", str(MOST_ROWS))
            yield number, cells


def _without_end(cells: list[str]) -> list[str]:
    """Without the empty cells at its end."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    comma = max(",;\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=comma):
            yield [_unquoted(cell.strip()) for cell in row]
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


def _unquoted(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and FORMULA.match(cell[1:]) else cell


def _workbook(content: bytes) -> Iterator[list[str]]:
    """The first sheet's rows; values, never formulas."""
    _demand_harmless(content)
    try:
        with closing(load_workbook(io.BytesIO(content), read_only=True, data_only=True)) as book:
            for row in book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
                yield [_cell(value) for value in row]
    except WrongFile:
        raise
    except Exception as wrong:  # whatever a broken workbook makes a library of many formats raise
        raise WrongFile("not_a_workbook", type(wrong).__name__) from wrong


def _demand_harmless(content: bytes) -> None:
    """Refuse what unpacks to too much, or holds declarations by which XML grows in memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            parts = book.infolist()
            _demand_small(parts)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _demand_no_doctype(book, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as wrong:
        raise WrongFile("not_a_workbook", type(wrong).__name__) from wrong


def _demand_small(parts: list[zipfile.ZipInfo]) -> None:
    """What a part claims to unpack to is also what is read of it at most."""
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise WrongFile("unpacks_to_too_much")
    if any(part.file_size > MOST_TIMES * max(part.compress_size, SCAN) for part in parts):
        raise WrongFile("unpacks_to_too_much")


def _demand_no_doctype(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with book.open(part) as stream:
        end = b""
        while piece := stream.read(SCAN):
            if b"<!DOCTYPE" in (end + piece) or b"<!ENTITY" in (end + piece):
                raise WrongFile("not_a_workbook", "DOCTYPE")
            end = piece[-16:]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return _unquoted(str(value).strip())
