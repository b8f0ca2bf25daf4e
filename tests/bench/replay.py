"""The statements of a verb, recorded in a transaction that is taken back, and sent again without the platform.

Rows that the recording added had ids of their own. `ids_apart` moves every sequence to numbers that occur nowhere else,
so that these ids can be told from all other numbers, and be replaced by those that the replay gets.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

FIRST = 7_000_000_000  # the record's ids: ten digits, seen nowhere else
ID = re.compile(r"\b7\d{9}\b")
INSERT = re.compile(r'INSERT INTO "(\w+)" .* RETURNING (.*)$', re.DOTALL)
FIRST_LIST = re.compile(r"'\{(.*?)\}'")  # of identifiers or numbers, in which no comma stands
SKIPPED = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@dataclass(frozen=True, slots=True)
class Script:
    """Statements in their order; `ids` are those that the insertions among them gave, by place."""

    lines: list[str]
    ids: dict[int, list[str]] = field(default_factory=dict)


def record(act: Callable[[], Any]) -> Script:
    """Does the act, keeps its statements, and takes it back."""
    with transaction.atomic():
        before = _next_ids()
        with CaptureQueriesContext(connection) as queries:
            act()
        transaction.set_rollback(True)
    lines = [row["sql"] for row in queries.captured_queries if not row["sql"].startswith(SKIPPED)]
    return Script(lines, _given(lines, before))


def ids_apart(url: str) -> None:
    """Every sequence goes on at numbers that no other sequence, and nothing else, has; by the tables' owner."""
    with psycopg.connect(url) as link:
        link.execute(
            "SELECT setval(s.name, s.number) FROM (SELECT quote_ident(sequencename)::regclass name, "
            f"{FIRST} + 1000000 * row_number() OVER (ORDER BY sequencename) number FROM pg_sequences "
            "WHERE data_type::text = 'bigint') s"
        )


def _next_ids() -> dict[str, int]:
    """The id that each table gives next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, coalesce(last_value, 0) + 1 FROM pg_sequences")
        return {name.removesuffix("_id_seq"): number for name, number in cursor.fetchall()}


def _given(lines: list[str], following: dict[str, int]) -> dict[int, list[str]]:
    """The ids that each insertion gave: as many as its rows, in order."""
    given: dict[int, list[str]] = {}
    for place, line in enumerate(lines):
        if (found := INSERT.match(line)) and '"id"' in found[2]:
            first = following[found[1]]
            many = _rows(line)
            given[place] = [str(number) for number in range(first, first + many)]
            following[found[1]] += many
    return given


def _rows(line: str) -> int:
    """How many rows an insertion adds: its groups of values at the outermost level, or the length of its first list."""
    if "VALUES" not in line:
        first = FIRST_LIST.search(line)
        assert first is not None, line[:200]
        return first[1].count(",") + 1
    values = re.sub(r"'(?:[^']|'')*'", "''", line[line.index("VALUES") :])
    depth = rows = 0
    for sign in values:
        rows += sign == "(" and depth == 0
        depth += (sign == "(") - (sign == ")")
    return rows


def replay(link: psycopg.Connection[Any], script: Script) -> bool:
    """Sends the statements in one transaction, with the ids that it gets itself."""
    own: dict[str, str] = {}
    with link.transaction():
        for place, line in enumerate(script.lines):
            found = link.execute(ID.sub(lambda old: own.get(old[0], old[0]), line))  # type: ignore[arg-type]
            if place in script.ids:
                assert found.description is not None
                at = [column.name for column in found.description].index("id")
                fresh = (str(row[at]) for row in found.fetchall())
                own.update(zip(script.ids[place], fresh, strict=True))
    return True
