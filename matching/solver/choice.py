"""Which offers, firms and markets a program chooses, with the fixed charges and limits that choosing brings."""

from dataclasses import dataclass

import numpy as np

from matching.solver.flows import Flow
from matching.solver.program import INF, Program
from matching.solver.tables import Array, Tables


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Columns between 0 and 1: of the flow's makers and lanes, of each firm in a module, of markets and origins."""

    maker: Array
    lane: Array
    member: dict[tuple[str, int], int]
    market: Array
    share_row: dict[str, tuple[Array, Array]]
    inspect: Array
    inspect_row: Array


def choose(program: Program, tables: Tables, flow: Flow, *, whole: bool) -> Choice:
    """Adds the choice of the flow's offers: a unit moves only through what is chosen."""
    m, n = tables.makers, tables.lanes
    maker = program.columns(-m.fixed[flow.makers].astype(float), 1.0, whole=whole)
    lane = program.columns(-n.fixed[flow.lanes].astype(float), 1.0, whole=whole)
    _link_makers(program, tables, flow, maker)
    _link_lanes(program, tables, flow, lane)
    market = program.columns(np.zeros(len(tables.market_rows)), 1.0, whole=whole)
    _link_markets(program, tables, flow, market)
    if whole:
        _commit(program, tables, flow)
    member: dict[tuple[str, int], int] = {}
    loose = set() if whole else {firm for a, b, _ in tables.synergies for firm in (a, b)}
    enlist(program, member, "manufacturing", m.firm[flow.makers], maker, loose)
    enlist(program, member, "logistics", n.firm[flow.lanes], lane, loose)
    share = {
        "manufacturing": _share(program, tables, flow, "manufacturing"),
        "logistics": _share(program, tables, flow, "logistics"),
    }
    inspect, rows = _inspect(program, tables, flow, maker)
    return Choice(maker, lane, member, market, share, inspect, rows)


def enlist(
    program: Program,
    member: dict[tuple[str, int], int],
    module: str,
    firms: Array,
    offers: Array,
    loose: set[int],
) -> None:
    """Names the column that says whether a firm is in the module: its only offer's, or a new one above them all.

    A loose firm always gets its own column: the bound lets it earn a synergy without any of its offers.
    """
    order = np.argsort(firms, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(firms[order])) + 1) if len(order) else ():
        column = int(offers[group[0]])
        if len(group) > 1 or int(firms[group[0]]) in loose:
            column = program.top([int(c) for c in offers[group]])
        member[module, int(firms[group[0]])] = column


def _link_makers(program: Program, tables: Tables, flow: Flow, maker: Array) -> None:
    m, chosen = tables.makers, flow.makers
    room = np.where(flow.piece_stock, m.stock[chosen[flow.piece_maker]], m.made[chosen[flow.piece_maker]])
    rows = program.rows(len(room), -INF, 0.0)
    program.put(rows, flow.piece_column, 1.0)
    program.put(rows, maker[flow.piece_maker], -np.minimum(room, m.most).astype(float))
    least = program.rows(len(chosen), 0.0, INF)
    program.put(least[flow.piece_maker], flow.piece_column, 1.0)
    program.put(least, maker, -m.least[chosen].astype(float))
    double = np.flatnonzero((m.stock[chosen] > 0) & (m.stock[chosen] + m.made[chosen] > m.most))
    if len(double):
        rows = program.rows(len(double), -INF, 0.0)
        piece = np.flatnonzero(np.isin(flow.piece_maker, double))
        program.put(rows[np.searchsorted(double, flow.piece_maker[piece])], flow.piece_column[piece], 1.0)
        program.put(rows, maker[double], -float(m.most))


def _link_lanes(program: Program, tables: Tables, flow: Flow, lane: Array) -> None:
    for bound, low, high in ((tables.lanes.most, -INF, 0.0), (tables.lanes.least, 0.0, INF)):
        rows = program.rows(len(lane), low, high)
        program.put(rows[flow.load_lane], flow.load_column, 1.0)
        program.put(rows, lane, -bound[flow.lanes].astype(float))


def _link_markets(program: Program, tables: Tables, flow: Flow, market: Array) -> None:
    room = np.minimum(tables.bucket_cap, tables.demand[:, None])[flow.sale_market, flow.sale_bucket]
    rows = program.rows(len(room), -INF, 0.0)
    program.put(rows, flow.sale_column, 1.0)
    program.put(rows, market[flow.sale_market], -room.astype(float))
    sold = program.rows(len(market), -INF, 0.0)
    program.put(sold[flow.sale_market], flow.sale_column, 1.0)
    program.put(sold, market, -tables.demand.astype(float))


def _commit(program: Program, tables: Tables, flow: Flow) -> None:
    """Committed units are sold; the bound does without this rule."""
    least = np.array([m["min_units"] for m in tables.market_rows], dtype=float)
    due = np.flatnonzero(least > 0)
    rows = program.rows(len(due), least[due], INF)
    mine = np.flatnonzero(np.isin(flow.sale_market, due))
    program.put(rows[np.searchsorted(due, flow.sale_market[mine])], flow.sale_column[mine], 1.0)


def _share(program: Program, tables: Tables, flow: Flow, module: str) -> tuple[Array, Array]:
    """A row for each firm: its units stay below the share of all units."""
    firm, column = (
        (tables.makers.firm[flow.makers[flow.piece_maker]], flow.piece_column)
        if module == "manufacturing"
        else (tables.lanes.firm[flow.lanes[flow.load_lane]], flow.load_column)
    )
    share = tables.problem.limits["max_share_bp"][module] / 10000
    firms = np.unique(firm)
    if share >= 1:
        return firms[:0], firms[:0]
    rows = program.rows(len(firms), -INF, 0.0)
    program.put(rows[np.searchsorted(firms, firm)], column, 1.0)
    program.put(rows, flow.total_column, -share)
    return firms, rows


def _inspect(program: Program, tables: Tables, flow: Flow, maker: Array) -> tuple[Array, Array]:
    if not tables.problem.raw["product"]["quality_required"]:
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    inspect = program.columns(np.zeros(len(tables.origins)), 1.0)
    rows = program.rows(len(maker), -INF, 0.0)
    program.put(rows, maker, 1.0)
    program.put(rows, inspect[tables.makers.origin[flow.makers]], -1.0)
    return inspect, rows


def quotas(program: Program, tables: Tables, member: dict[tuple[str, int], int]) -> dict[str, int]:
    """At most so many firms in each module; returns the rows of the modules that could have more."""
    rows = {}
    for module in tables.problem.limits["max_firms"]:
        mine = [column for (name, _), column in member.items() if name == module]
        if len(mine) > tables.quota(module):
            rows[module] = int(program.rows(1, -INF, tables.quota(module))[0])
            program.put(rows[module], mine, 1.0)
    return rows


def engage(program: Program, tables: Tables, member: dict[tuple[str, int], int]) -> dict[int, int]:
    """Charges each firm's engagement once; returns the column that says whether a firm is in the alliance."""
    by_firm: dict[int, list[int]] = {}
    for (_, firm), column in member.items():
        by_firm.setdefault(firm, []).append(column)
    engaged = {}
    for firm, columns in by_firm.items():
        column = columns[0] if len(columns) == 1 else program.top(columns)
        engaged[firm] = column
        program.charge(column, float(tables.engagement[firm]))
    return engaged


def synergies(program: Program, tables: Tables, engaged: dict[int, int]) -> tuple[Array, Array]:
    """A column for each bonus within reach, below both firms; returns the bonus numbers and the first firms' rows."""
    near = [k for k, (a, b, bonus) in enumerate(tables.synergies) if bonus and a in engaged and b in engaged]
    column = program.columns(np.array([float(tables.synergies[k][2]) for k in near]), INF)
    first, second = program.rows(len(near), -INF, 0.0), program.rows(len(near), -INF, 0.0)
    for rows, side in ((first, 0), (second, 1)):
        program.put(rows, column, 1.0)
        program.put(rows, np.array([engaged[tables.synergies[k][side]] for k in near], dtype=int), -1.0)
    return np.array(near, dtype=int), first


def budget_row(program: Program, tables: Tables, flow: Flow) -> int:
    """All costs together stay within the budget; call it when every cost is in the program."""
    cost = np.maximum(0.0, -program.cost)
    cost[flow.sale_column] = 0.0
    cost[flow.chance_column] = 0.0
    row = program.rows(1, -INF, float(tables.problem.limits["budget"]))
    paid = np.flatnonzero(cost)
    program.put(row, paid, cost[paid])
    return int(row[0])
