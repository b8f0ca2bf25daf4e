"""Rows as a CSV file that streams, and that no spreadsheet takes for formulas."""

import csv
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language

MARK = "\ufeff"  # without it, spreadsheets take UTF-8 for something else
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
INNER = re.compile(r"(?<=;)(?=\s*[=+\-@＝＋－＠])")
"""Where a comma is the decimal sign, a semicolon ends a cell."""
PIECE_ROWS = 200


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def cell(value: object) -> object:
    """A value as a spreadsheet may have it: text that would be a formula is quoted, times are in the reader's zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    text = INNER.sub("'", str(value))
    return "'" + text if text.lstrip(" ").startswith(FORMULA) else text


def lines(records: Iterable[Iterable[object]]) -> Iterator[str]:
    """The file in pieces of many rows."""
    writer: Any = csv.writer(_Echo())
    piece = [MARK]
    for record in records:
        piece.append(writer.writerow([cell(value) for value in record]))
        if len(piece) >= PIECE_ROWS:
            yield "".join(piece)
            piece = []
    yield "".join(piece)


def is_csv(request: HttpRequest) -> bool:
    """Whether a table is asked for as a file."""
    return request.GET.get("format") == "csv"


def csv_file(request: HttpRequest, name: str, records: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """A download of these records. Under ASGI each piece is read when the one before it was sent."""
    pieces = _as_read_by(get_language(), timezone.get_current_timezone(), lines(records))
    content = _aside(pieces) if isinstance(request, ASGIRequest) else pieces
    answer = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _as_read_by(language: str | None, zone: tzinfo, pieces: Iterator[str]) -> Iterator[str]:
    """In the language and the zone of the request, which are gone when its answer is sent."""
    while True:
        with translation.override(language), timezone.override(zone):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


async def _aside(pieces: Iterator[str]) -> AsyncIterator[str]:
    read = sync_to_async(lambda: next(pieces, None))
    while (piece := await read()) is not None:
        yield piece
