"""Spreadsheets over values: what is read, what is refused, and that what is written reads back the same."""

import io
import signal
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from firms.sheets import CAPACITY, COMPETENCIES, SITES, Context, Parser, WrongFile, opened, written
from firms.sheets.parsing import Parsed, digest
from firms.sheets.reading import MOST_ROWS
from firms.sheets.workbook import lines

HEADING = ["line", "week_from", "units"]
TITLES = {"linie": "line"}
COMPETENCY = {
    "site": "Main site",
    "line": "A",
    "hs6": "620342",
    "process": "sew",
    "material": "denim",
    "currency": "USD",
    "unit_cost": "6.00",
    "lead_time_days": "7",
}


def read(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    table = opened(content)
    return table.heading, list(table.rows)


def parsed(text: str, form=CAPACITY, context: Context | None = None) -> list[Parsed]:
    table = opened(text.encode())
    parser = Parser(form, table.heading, TITLES, context or Context(currencies=frozenset({"USD", "JPY"})))
    return [parser.parse(number, cells) for number, cells in table.rows]


def competency(**cells: str) -> Parsed:
    row = COMPETENCY | cells
    text = ",".join(row) + "\n" + ",".join(f'"{cell}"' for cell in row.values())
    context = Context(
        present={"[7]": "old"}, sites=frozenset({"Main site"}), currencies=frozenset({"USD", "JPY"})
    )
    return parsed(text, COMPETENCIES, context)[0]


def codes(row: Parsed) -> list[tuple[str, str]]:
    return [(fault.column, fault.code) for fault in row.faults]


@pytest.mark.parametrize(
    "content",
    [
        "line,units\nÄ,1\n".encode(),
        "﻿line;units\r\nÄ;1\r\n".encode(),
        "line\tunits\nÄ\t1".encode("utf-16"),
        written(["line", "units"], [["Ä", "1"]], "csv"),
        written(["line", "units"], [["Ä", "1"]], "xlsx"),
    ],
)
def test_files_of_many_programs_are_read(content: bytes) -> None:
    assert read(content) == (["line", "units"], [(2, ["Ä", "1"])])


def test_chinese_of_old_programs_is_read() -> None:
    assert read("生产线,数量\n缝纫线,5\n".encode("gb18030")) == (["生产线", "数量"], [(2, ["缝纫线", "5"])])


def test_cells_of_workbooks_become_what_a_person_sees() -> None:
    book = Workbook()
    book.active.append(["line", "week_from", "units", "yes"])
    book.active.append(["A", date(2026, 3, 2), 1200.0, True])
    book.active.append([])
    book.active.append(["=1+1", None, 12.5, False])
    out = io.BytesIO()
    book.save(out)
    assert read(out.getvalue())[1] == [(2, ["A", "2026-03-02", "1200", "yes"]), (4, ["", "", "12.5", "no"])]


def bomb(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"<a/>" * (size // 4))
    return out.getvalue()


def far_row() -> bytes:
    """A small workbook whose second row has a number beyond all: a reader that fills the gap never ends."""
    book, out = Workbook(), io.BytesIO()
    book.active.append(["line"])
    book.active.append(["A"])
    book.save(out)
    packed = zipfile.ZipFile(out)
    with zipfile.ZipFile(changed := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as far:
        for part in packed.infolist():
            far.writestr(part.filename, packed.read(part).replace(b'r="2"', b'r="99999999999"'))
    return changed.getvalue()


def growing() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(
            "xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE lol [<!ENTITY a "ha">]><a>&a;</a>'
        )
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"line\nA\0B\n", "not_a_text"),
        (b"\xd0\xcf\x11\xe0old", "old_excel"),
        (b"PK\x03\x04nothing", "not_a_workbook"),
        (bomb(64_000_000), "unpacks_to_too_much"),
        (growing(), "not_a_workbook"),
        (far_row(), "too_many_rows"),
        (b"line,units\n" + b"A,1\n" * (MOST_ROWS + 1), "too_many_rows"),
        (b"," * 99 + b"x\n", "too_many_columns"),
        (b"x" * (16 * 1024 * 1024 + 1), "too_large"),
    ],
)
def test_files_that_are_refused(content: bytes, code: str) -> None:
    with pytest.raises(WrongFile) as caught:
        read(content)
    assert caught.value.code == code


def test_a_reader_that_comes_to_its_limits_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firms.sheets.apart.READER", "firms.sheets.nowhere")
    with pytest.raises(WrongFile) as caught:
        read(written(["a"], [["1"]], "xlsx"))
    assert caught.value.code == "unpacks_to_too_much"


def test_a_reader_that_is_stopped_says_nothing_about_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(subprocess.Popen):  # type: ignore[type-arg]
        def wait(self, timeout: float | None = None) -> int:
            super().wait(timeout)
            return -signal.SIGTERM

    monkeypatch.setattr(subprocess, "Popen", Stopped)
    with pytest.raises(InterruptedError):
        read(written(["a"], [["1"]], "xlsx"))


def test_a_heading_needs_its_columns() -> None:
    with pytest.raises(WrongFile) as caught:
        parsed("linie;price\nA;1")
    assert (caught.value.code, caught.value.found) == ("lacks_columns", "week_from, units")


def test_what_is_wrong_is_told_by_row_and_column() -> None:
    text = "Linie,Week from,units\nA,2026-03-02,1000\n,2026-03-03,12,5\nA,2026/3/2,-1\nB,soon,1.5\nA,2026-03-02,7\n"
    rows = parsed(text)
    assert [codes(row) for row in rows] == [
        [],
        [("line", "missing"), ("week_from", "not_a_monday")],
        [("units", "out_of_bounds")],
        [("week_from", "not_a_day"), ("units", "not_whole")],
        [("line", "twice")],
    ]
    assert rows[0].values == {"line": "A", "week_from": "2026-03-02", "units": 1000}
    assert (rows[1].faults[1].row, rows[1].faults[1].found) == (3, "2026-03-02")


@pytest.mark.parametrize(
    ("cells", "faults"),
    [
        ({}, []),
        ({"unit_cost": "1,200.50", "tier1_from": "500", "tier1_cost": "5"}, []),
        ({"unit_cost": "6,00"}, [("unit_cost", "decimal_comma")]),
        ({"unit_cost": "6.001"}, [("unit_cost", "too_small_a_part")]),
        ({"unit_cost": "6.5", "currency": "JPY"}, [("unit_cost", "too_small_a_part")]),
        ({"unit_cost": "-1"}, [("unit_cost", "negative")]),
        ({"currency": "XXX"}, [("currency", "not_a_currency")]),
        ({"hs6": "6203"}, [("hs6", "not_six_digits")]),
        ({"site": "Elsewhere"}, [("site", "unknown_site")]),
        ({"id": "8"}, [("id", "unknown_id")]),
        ({"tier1_from": "500"}, [("tier1_from", "half_a_tier")]),
        (
            {"tier1_from": "5", "tier1_cost": "1", "tier2_from": "5", "tier2_cost": "1"},
            [("tier1_from", "tier_twice")],
        ),
        ({"tax_included": "perhaps"}, [("tax_included", "not_yes_or_no")]),
        ({"process": "x" * 501}, [("process", "too_long")]),
    ],
)
def test_a_competency_and_what_can_be_wrong_in_it(
    cells: dict[str, str], faults: list[tuple[str, str]]
) -> None:
    assert codes(competency(**cells)) == faults


def test_what_a_row_does() -> None:
    assert (competency().does, competency(id="7").does) == ("new", "changed")
    values = parsed("line,week_from,units\nA,2026-03-02,5")[0].values
    present = Context(present={'["A", "2026-03-02"]': digest(values)})
    assert parsed("line,week_from,units\nA,2026-03-02,5", context=present)[0].does == "same"
    promised = Context(used={'["A", "2026-03-02"]': 6})
    assert codes(parsed("line,week_from,units\nA,2026-03-02,5", context=promised)[0]) == [
        ("units", "below_used")
    ]


def test_a_facility_list_becomes_sites() -> None:
    text = (
        "country,name,address,lat,lng\n"
        "China,Mill One,Some Road,29.9,121.5\nDE,Mill Two,Weg 1,,\nPK,Mill Three,Road,32.4,74.4\n"
    )
    context = Context(places={"CNNGB": (29.87, 121.54), "CNSHA": (31.2, 121.4)}, given_place="DEHAM")
    rows = parsed(text, SITES, context)
    assert [row.values.get("unlocode") for row in rows] == ["CNNGB", "DEHAM", None]
    assert rows[0].values == {"name": "Mill One", "unlocode": "CNNGB", "latitude": 29.9, "longitude": 121.5}
    assert codes(rows[2]) == [("unlocode", "no_place")]


def test_nothing_that_is_written_is_computed() -> None:
    evil = ["=cmd|' /C calc'!A0", "+1+1", "＝2+3", "@SUM(A1)", "\tx", "-12.5", "plain"]
    plain = written(["a"], [[cell] for cell in evil], "csv").decode("utf-8-sig").splitlines()[1:]
    assert [line.strip('"')[0] for line in plain] == ["'", "'", "'", "'", "'", "-", "p"]
    book = load_workbook(io.BytesIO(written(["a"], [[cell] for cell in evil], "xlsx")))
    assert {cell.data_type for cell in book.active["A"]} == {"s"}
    assert written(["a"], [["a bell\x07"]], "xlsx")  # no workbook may hold it


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=5),
    st.sampled_from(["csv", "xlsx"]),
)
def test_what_is_written_reads_back_the_same(rows: list[list[str]], form: str) -> None:
    clean = [row for row in rows if not any(cell.startswith("'") for cell in row)]
    content = written(["a", "b"], clean, form)
    back = read(content)[1] if form == "csv" else list(lines(content))[1:]  # without a process for each
    assert [cells for _number, cells in back] == clean


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[3] / "../shared/data/registry/oar").glob("*15.csv"))
)
def test_a_real_facility_list(path: Path) -> None:
    rows = parsed(path.read_text(), SITES)
    assert len(rows) > 300
    assert {code for row in rows for _column, code in codes(row)} <= {"no_place", "twice"}
