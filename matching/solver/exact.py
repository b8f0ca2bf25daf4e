"""The whole problem over a pool of offers as a mixed-integer program: offers, firms, fees and flows together."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.solver.chances import sales_of
from matching.solver.choice import Choice, budget_row, choose, engage, enlist, quotas, synergies
from matching.solver.flows import Flow, flow
from matching.solver.problem import Row
from matching.solver.program import INF, Program
from matching.solver.tables import Array, Tables

SERVICES = ("marketing", "quality", "customs")


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """The program of a pool and where its decisions stand: service columns follow `services`."""

    program: Program
    flow: Flow
    choice: Choice
    services: dict[str, list[Row]]
    service_columns: dict[str, Array]
    engaged: dict[int, int]
    held: Array  # columns of the offers that are in the alliance already


def exact(
    tables: Tables, makers: Array, lanes: Array, services: dict[str, list[Row]], *, whole: bool = False
) -> Exact:
    """Builds the program of a pool of maker offers, lanes and service offers; flows may be fractions unless whole."""
    program = Program(whole=whole)
    moved = flow(program, tables, makers, lanes, sales=sales_of(tables))
    choice = choose(program, tables, moved, whole=True)
    columns = {
        module: program.columns([-float(x["fee"]) for x in services[module]], 1.0, whole=True)
        for module in SERVICES
    }
    for module in SERVICES:
        firms = np.array([tables.firm_number[x["firm"]] for x in services[module]], dtype=int)
        enlist(program, choice.member, module, firms, columns[module], set())
    _reach(program, tables, choice, services["marketing"], columns["marketing"])
    _customs(program, tables, choice, services["customs"], columns["customs"])
    _quality(program, tables, choice, services["quality"], columns["quality"])
    quotas(program, tables, choice.member)
    engaged = engage(program, tables, choice.member)
    synergies(program, tables, engaged)
    _conflicts(program, tables, engaged)
    _no_idle_firms(program)
    budget_row(program, tables, moved)
    held = _held(tables, (moved, choice), services, columns)
    return Exact(program, moved, choice, services, columns, engaged, held)


def _held(
    tables: Tables, parts: tuple[Flow, Choice], services: dict[str, list[Row]], columns: dict[str, Array]
) -> Array:
    """The columns of the problem's fixed offers."""
    (moved, choice), fixed = parts, tables.problem.fixed
    rows = [tables.makers.rows[n] for n in moved.makers] + [tables.lanes.rows[n] for n in moved.lanes]
    known = [*choice.maker, *choice.lane]
    for module in SERVICES:
        rows, known = rows + services[module], [*known, *columns[module]]
    return np.array(
        [column for row, column in zip(rows, known, strict=True) if row["id"] in fixed], dtype=int
    )


def _of(rows: list[Row], field: str, value: Any) -> Array:
    return np.array([n for n, x in enumerate(rows) if x[field] == value], dtype=int)


def _reach(program: Program, tables: Tables, choice: Choice, rows: list[Row], columns: Array) -> None:
    for n, market in enumerate(tables.market_rows):
        goal, mine = market["min_reach"], _of(rows, "market", market["id"])
        if goal:
            cover = program.rows(1, 0.0, INF)
            program.put(cover, columns[mine], np.array([float(min(rows[k]["reach"], goal)) for k in mine]))
            program.put(cover, choice.market[n], -float(goal))


def _customs(program: Program, tables: Tables, choice: Choice, rows: list[Row], columns: Array) -> None:
    for n, market in enumerate(tables.market_rows):
        if market["customs_required"]:
            broker = program.rows(1, 0.0, INF)
            program.put(broker, columns[_of(rows, "market", market["id"])], 1.0)
            program.put(broker, choice.market[n], -1.0)


def _quality(program: Program, tables: Tables, choice: Choice, rows: list[Row], columns: Array) -> None:
    """An inspector at each origin in use, of another legal person than any chosen maker."""
    if not len(choice.inspect):
        return
    for n, origin in enumerate(tables.origins):
        cover = program.rows(1, 0.0, INF)
        program.put(cover, columns[_of(rows, "origin", origin)], 1.0)
        program.put(cover, choice.inspect[n], -1.0)
    firms = tables.problem.firms
    makers: dict[str, list[int]] = {}
    for (module, firm), column in choice.member.items():
        if module == "manufacturing":
            makers.setdefault(firms[tables.firm_ids[firm]]["legal_person"], []).append(column)
    pairs = [
        (columns[n], column)
        for n, x in enumerate(rows)
        for column in makers.get(firms[x["firm"]]["legal_person"], ())
    ]
    _never_both(program, pairs)


def _conflicts(program: Program, tables: Tables, engaged: dict[int, int]) -> None:
    pairs = [(tables.firm_number[a], tables.firm_number[b]) for a, b in tables.problem.raw["conflicts"]]
    _never_both(program, [(engaged[a], engaged[b]) for a, b in pairs if a in engaged and b in engaged])


def _no_idle_firms(program: Program) -> None:
    """A firm counts only when one of its offers is chosen, so that no synergy is earned for nothing."""
    for column, parts in program.tops:
        row = program.rows(1, -INF, 0.0)
        program.put(row, column, 1.0)
        program.put(row, np.array(parts), -1.0)


def _never_both(program: Program, pairs: list[tuple[int, int]]) -> None:
    """Of each pair at most one; what is at odds with itself never."""
    rows = program.rows(len(pairs), -INF, np.array([float(a != b) for a, b in pairs]))
    for row, (a, b) in zip(rows, pairs, strict=True):
        program.put(row, sorted({a, b}), 1.0)
