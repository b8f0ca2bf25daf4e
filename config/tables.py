"""Tables of thousands of rows: sorted, filtered and paged by the database, and the same rows as CSV.

A table is asked for in the address: `q` words, `sort` a column (`-` before it turns it round), `page`; a room's own
filters stand beside them and stay in every link.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import F, Model, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise

from config.words import all_in, words_of

Row = TypeVar("Row", bound=Model)
PAGE_ROWS = 50
CHUNK_ROWS = 500
FORM = ("q", "sort", "page", "format")


@dataclass(frozen=True)
class Column:
    """A column: its name in addresses, its heading, what a row has in it, and the fields that sort by it."""

    name: str
    label: str | Promise
    cell: Callable[[Any], object]
    order: tuple[str, ...] = ()
    is_number: bool = False
    is_shown: bool = True  # on the page
    is_filed: bool = True  # in the file


@dataclass(frozen=True)
class Head:
    """The head of a column on the page: its link sorts, or turns the order round."""

    label: str | Promise
    url: str
    direction: str  # as in aria-sort; empty: cannot be sorted
    is_number: bool


class Table(Generic[Row]):
    """The rows that an address asks for."""

    def __init__(
        self,
        rows: QuerySet[Row],
        columns: Sequence[Column],
        asked: QueryDict,
        *,
        searched: Sequence[str] = (),  # fields that hold the words of `q`; none: the room has seen to it
        page_rows: int = PAGE_ROWS,
    ) -> None:
        self._asked, self.columns = asked, columns
        self.words = asked.get("q", "").strip()
        self._sort = self._known_sort(asked.get("sort", ""))
        found = rows.filter(all_in(words_of(self.words), *searched)) if searched else rows
        self.rows = self._ordered(found)
        self._pages = Paginator(self.rows, page_rows)

    def _known_sort(self, asked: str) -> str:
        names = {column.name for column in self.columns if column.order}
        return asked if asked.removeprefix("-") in names else ""

    def _ordered(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """By the column that was asked for, with empty cells last; the room's own order decides among equals."""
        if not self._sort:
            return rows
        name, is_down = self._sort.removeprefix("-"), self._sort.startswith("-")
        fields = next(column.order for column in self.columns if column.name == name)
        order = [F(one).desc(nulls_last=True) if is_down else F(one).asc(nulls_last=True) for one in fields]
        return rows.order_by(*order, *rows.query.order_by)

    @property
    def page(self) -> Page[Row]:
        """The page that was asked for; the nearest one, when there is no such page."""
        return self._pages.get_page(self._asked.get("page", "1"))

    @property
    def total(self) -> int:
        return self._pages.count

    @property
    def query(self) -> str:
        """Filter and order as an address has them, without the page: what a saved view keeps."""
        return self._with(page=None, format=None).removeprefix("?")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form of words must send along."""
        return [(name, str(self._asked[name])) for name in self._asked if name not in FORM or name == "sort"]

    @property
    def csv_url(self) -> str:
        return self._with(page=None, format="csv")

    @property
    def previous_url(self) -> str:
        page = self.page
        return self._with(page=str(page.previous_page_number())) if page.has_previous() else ""

    @property
    def next_url(self) -> str:
        page = self.page
        return self._with(page=str(page.next_page_number())) if page.has_next() else ""

    @property
    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.columns if column.is_shown]

    def _head(self, column: Column) -> Head:
        if not column.order:
            return Head(column.label, "", "", column.is_number)
        direction = {column.name: "ascending", f"-{column.name}": "descending"}.get(self._sort, "none")
        turned = f"-{column.name}" if direction == "ascending" else column.name
        return Head(column.label, self._with(sort=turned, page=None), direction, column.is_number)

    def _with(self, **changes: str | None) -> str:
        return with_changes(self._asked, **changes)

    def records(self) -> Iterator[list[object]]:
        """Every row of the filter, read from the database in pieces; the headings first."""
        filed = [column for column in self.columns if column.is_filed]
        yield [str(column.label) for column in filed]
        for row in self.rows.iterator(chunk_size=CHUNK_ROWS):
            yield [column.cell(row) for column in filed]


def with_changes(asked: QueryDict, **changes: str | None) -> str:
    """The same address with other values; None takes one away."""
    changed = asked.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value is not None:
            changed[name] = value
    return "?" + changed.urlencode()
