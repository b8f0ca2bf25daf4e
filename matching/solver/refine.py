"""Better teams from a pool of offers: the mixed-integer program, begun at the best plan so far."""

from dataclasses import dataclass, field
from itertools import compress
from typing import Any

import highspy
import numpy as np

from matching.solver.clock import SEARCHING, Allowance
from matching.solver.exact import SERVICES, Exact
from matching.solver.program import INF, engine
from matching.solver.requirements import Bought
from matching.solver.tables import Array, Tables
from matching.solver.team import Plan, Team, priced

TUNED = {"mip_allow_restart": False, "mip_detect_symmetry": False}
USELESS = {"mip_heuristic_run_root_reduced_cost": 1000, "mip_heuristic_run_rens": 400}
"""Heuristics of the engine, and up to how many makers they find less than they cost, for a good plan is known."""
HOPELESS = 120.0  # seconds: only amounts beyond double precision keep the engine from its node limit


@dataclass(frozen=True, slots=True)
class Found:
    """A team with its services, worth about `value` before its units are made whole."""

    value: float
    team: Team
    bought: Bought


@dataclass(frozen=True, slots=True)
class Effort:
    """When to stop: at a part of the allowance, after so many nodes, or at a good enough relative gap."""

    allowance: Allowance
    nodes: int
    gap: float = 1e-5
    part: float = SEARCHING


@dataclass(slots=True)
class Harvest:
    """Every improving point of one run, the best last; `is_optimal` when none better exists in the pool."""

    found: list[Found] = field(default_factory=list)
    is_optimal: bool = False


def refine(
    tables: Tables, program: Exact, start: Plan | None, effort: Effort, held: Array | None = None
) -> Harvest:
    """Runs the program of a pool from a known plan and keeps each better point on the way.

    `held` columns of the program stay chosen, so that the rest is a smaller question.
    """
    highs = engine(mip_rel_gap=effort.gap, mip_max_nodes=effort.nodes, **TUNED)
    for heuristic, makers in USELESS.items():
        if len(tables.makers.rows) <= makers:
            highs.setOptionValue(heuristic, False)
    wall = effort.allowance.wall(effort.part)
    highs.setOptionValue("time_limit", HOPELESS if wall is None else max(0.01, wall))
    highs.passModel(program.program.model())
    stay = program.held if held is None else np.union1d(program.held, held)
    highs.changeColsBounds(len(stay), stay.astype(np.int32), np.ones(len(stay)), np.ones(len(stay)))
    if start is not None:
        _seed(highs, tables, program, start)
    harvest = Harvest()

    def take(point: Any, value: float) -> None:
        harvest.found.append(_read(tables, program, np.array(point), value))

    def keep(event: Any) -> None:
        take(event.data_out.mip_solution, event.data_out.objective_function_value)

    def watch(event: Any) -> None:
        event.interrupt(not effort.allowance.has_time(effort.part))

    highs.cbMipImprovingSolution.subscribe(keep)
    highs.cbMipInterrupt.subscribe(watch)
    highs.run()
    harvest.is_optimal = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    if harvest.is_optimal and not harvest.found:
        take(highs.getSolution().col_value, highs.getInfo().objective_function_value)
    return harvest


def _seed(highs: Any, tables: Tables, program: Exact, start: Plan) -> None:
    """Tells the engine which offers the known plan chooses; it finds the flow itself."""
    moved, choice, problem = program.flow, program.choice, tables.problem
    wanted = {*start.alliance.marketing, *start.alliance.quality, *start.alliance.customs}
    for offer, _, lane, _ in start.alliance.flows:
        wanted |= {offer, lane, problem.offers["logistics"][lane]["market"]}
    rows = [
        [tables.makers.rows[i] for i in moved.makers],
        [tables.lanes.rows[j] for j in moved.lanes],
        tables.market_rows,
        *(program.services[module] for module in SERVICES),
    ]
    columns = [choice.maker, choice.lane, choice.market, *(program.service_columns[m] for m in SERVICES)]
    column = np.concatenate(columns).astype(np.int32)
    value = np.array([float(row["id"] in wanted) for group in rows for row in group])
    highs.setSolution(len(column), column, value)


def _read(tables: Tables, program: Exact, x: Array, value: float) -> Found:
    team = Team(
        tuple(int(i) for i in program.flow.makers[x[program.choice.maker] > 0.5]),
        tuple(int(j) for j in program.flow.lanes[x[program.choice.lane] > 0.5]),
    )
    picked = {module: x[program.service_columns[module]] > 0.5 for module in SERVICES}
    rows = {module: list(compress(program.services[module], picked[module])) for module in SERVICES}
    return Found(value, team, priced(tables, team, rows))


def apart(
    tables: Tables, program: Exact, others: list[frozenset[str]], distance: int, modules: tuple[str, ...] = ()
) -> None:
    """Keeps the alliance's firms, or those of some modules, at a distance from each of the given sets."""
    p = program.program
    counted = (
        {(0, firm): column for firm, column in program.engaged.items()}
        if not modules
        else {key: column for key, column in program.choice.member.items() if key[0] in modules}
    )
    columns, ids = np.array(list(counted.values())), [tables.firm_ids[firm] for _, firm in counted]
    for firms in others:
        row = p.rows(1, float(distance - len(firms)), INF)
        p.put(row, columns, np.array([-1.0 if firm in firms else 1.0 for firm in ids]))
