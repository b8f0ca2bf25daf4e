"""The rows of an XLSX workbook; run as a program it is the process in which `apart` has a workbook read."""

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from firms.sheets.faults import WrongFile
from firms.sheets.reading import MOST_CHARACTERS, MOST_COLUMNS, MOST_ROWS, unquoted, without_end

MOST_UNPACKED = 256 * 1024 * 1024  # of all that a workbook holds
MOST_TIMES = 300  # larger than its packed form no part of a workbook is; repeated cells pack about 30 to 1
MOST_PARTS = 1_000
MOST_LINES = 1_048_576  # with empty ones; no spreadsheet program has more
SCAN = 1 << 16
LIMITS = {resource.RLIMIT_AS: 1 << 30, resource.RLIMIT_CPU: 60}  # bytes; seconds


def lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The first sheet's rows that have anything in them, with their numbers; values, never formulas."""
    _demand_harmless(content)
    try:
        with closing(load_workbook(io.BytesIO(content), read_only=True, data_only=True)) as book:
            # a file may give a row any number; those before it are empty rows then
            rows = book.worksheets[0].iter_rows(
                values_only=True, max_row=MOST_LINES, max_col=MOST_COLUMNS + 1
            )
            for number, row in enumerate(rows, 1):
                if row.count(None) < len(row):
                    yield number, without_end([_cell(value)[: MOST_CHARACTERS + 1] for value in row])
                if number >= MOST_LINES:
                    raise WrongFile("too_many_rows", str(MOST_ROWS))
    except WrongFile:
        raise
    except MemoryError as large:
        raise WrongFile("unpacks_to_too_much") from large
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
    return unquoted(str(value).strip())


def main() -> None:
    """Read a workbook from standard input, and tell its rows, one a line as JSON, or what is wrong with it."""
    for limit, most in LIMITS.items():
        with suppress(ValueError, OSError):  # not every system lets them be set
            resource.setrlimit(limit, (most, most))
    try:
        for numbered in lines(sys.stdin.buffer.read()):
            print(json.dumps(numbered))
    except WrongFile as wrong:
        print(json.dumps({"wrong": [wrong.code, wrong.found]}))


if __name__ == "__main__":
    main()
