"""A team of makers and lanes with its best flow: as a quick linear value, and realised in whole units."""

from dataclasses import dataclass
from enum import Enum
from itertools import chain

import numpy as np

from matching.solver.chances import sales_of, worth
from matching.solver.flows import Flow, flow
from matching.solver.measure import Alliance, FlowKey, Measure, measure
from matching.solver.parcels import parcels
from matching.solver.problem import Row
from matching.solver.program import INF, Program
from matching.solver.requirements import Bought, Services
from matching.solver.tables import Tables
from matching.solver.whole import best_near, rounded

SPARE = 12


@dataclass(frozen=True, slots=True)
class Team:
    """Numbers of the chosen maker offers and lanes, both sorted."""

    makers: tuple[int, ...]
    lanes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A feasible alliance and its measure; `worth` is its objective, or its mean where demand is uncertain."""

    alliance: Alliance
    measured: Measure
    worth: float

    @property
    def objective(self) -> int:
        return self.measured.objective


def team_program(
    tables: Tables, team: Team, charges: int, *, whole: bool = False, spare: int = 0
) -> tuple[Program, Flow]:
    """The flow of a team that is wholly chosen: every offer carries at least its minimum.

    `spare` units of the whole flow may be lost without breaking a share limit.
    """
    program = Program(whole=whole)
    makers, lanes = np.array(team.makers, dtype=int), np.array(team.lanes, dtype=int)
    moved = flow(program, tables, makers, lanes, sales=sales_of(tables))
    m, n = tables.makers, tables.lanes
    least = program.rows(len(moved.makers), m.least[moved.makers].astype(float), INF)
    program.put(least[moved.piece_maker], moved.piece_column, 1.0)
    load = program.rows(
        len(moved.lanes), n.least[moved.lanes].astype(float), n.most[moved.lanes].astype(float)
    )
    program.put(load[moved.load_lane], moved.load_column, 1.0)
    due = np.array([row["min_units"] for row in tables.market_rows], dtype=float)
    sold = program.rows(len(due), due, tables.demand.astype(float))
    program.put(sold[moved.sale_market], moved.sale_column, 1.0)
    _shares(program, tables, moved, spare)
    cost = np.maximum(0.0, -program.cost)
    cost[moved.sale_column] = 0.0
    cost[moved.chance_column] = 0.0
    paid = np.flatnonzero(cost)
    program.put(program.rows(1, -INF, float(tables.problem.limits["budget"] - charges)), paid, cost[paid])
    return program, moved


def _shares(program: Program, tables: Tables, moved: Flow, spare: int) -> None:
    shares = tables.problem.limits["max_share_bp"]
    for module, firm, column in (
        ("manufacturing", tables.makers.firm[moved.makers[moved.piece_maker]], moved.piece_column),
        ("logistics", tables.lanes.firm[moved.lanes[moved.load_lane]], moved.load_column),
    ):
        firms = np.unique(firm)
        rows = program.rows(len(firms), -INF, -float(spare * shares[module]))
        program.put(rows[np.searchsorted(firms, firm)], column, 10000.0)
        program.put(rows, moved.total_column, -float(shares[module]))


def charges(tables: Tables, team: Team, bought: Bought) -> int:
    """What the team costs however much it moves: fixed costs, fees and engagement, in minor units."""
    fixed = int(tables.makers.fixed[list(team.makers)].sum()) + int(
        tables.lanes.fixed[list(team.lanes)].sum()
    )
    return fixed + bought.cost + sum(int(tables.engagement[f]) for f in core(tables, team))


def buy(tables: Tables, services: Services, team: Team) -> Bought | None:
    """Services for the markets and origins that the team reaches."""
    markets = sorted({int(tables.lanes.market[j]) for j in team.lanes})
    origins = sorted({int(tables.makers.origin[i]) for i in team.makers})
    makers = frozenset(tables.firm_ids[tables.makers.firm[i]] for i in team.makers)
    carriers = frozenset(tables.firm_ids[tables.lanes.firm[j]] for j in team.lanes)
    return services.buy(
        [tables.market_rows[m]["id"] for m in markets],
        [tables.origins[o] for o in origins],
        makers,
        makers | carriers,
    )


class Rounding(Enum):
    """How hard to look for whole units."""

    QUICK = "floor the fractions, give up where that breaks a rule"
    BEST = "search the best whole units near the fractions"


def plan_of(
    tables: Tables, services: Services, team: Team, rounding: Rounding, seconds: float | None = None
) -> Plan | None:
    """The plan of a team with what it has to buy, if it has one."""
    bought = buy(tables, services, team) if team.lanes else None
    return None if bought is None else realise(tables, team, bought, rounding, seconds)


def realise(
    tables: Tables, team: Team, bought: Bought, rounding: Rounding, seconds: float | None = None
) -> Plan | None:
    """The team's flow in whole units, checked against every rule; None when none was found (in so many seconds)."""
    fixed, is_whole = charges(tables, team, bought), rounding is Rounding.BEST
    program, moved = team_program(tables, team, fixed, whole=is_whole, spare=0 if is_whole else SPARE)
    units = best_near(program, moved, seconds) if is_whole else rounded(program, moved)
    return None if units is None else checked(tables, parcels(tables, moved, units.astype(np.int64)), bought)


def team_of(tables: Tables, plan: Plan | None) -> Team:
    """The makers and lanes of a plan; nobody for no plan."""
    flows = plan.alliance.flows if plan else {}
    makers, lanes = {key[0] for key in flows}, {key[2] for key in flows}
    return Team(
        tuple(n for n, row in enumerate(tables.makers.rows) if row["id"] in makers),
        tuple(n for n, row in enumerate(tables.lanes.rows) if row["id"] in lanes),
    )


def checked(tables: Tables, flows: dict[FlowKey, int], bought: Bought) -> Plan | None:
    """The alliance of the flows without idle services; None when it breaks a rule."""
    problem = tables.problem
    offers = problem.offers
    served = {offers["logistics"][lane]["market"] for _, _, lane, _ in flows}
    used = {offers["manufacturing"][offer]["origin"] for offer, _, _, _ in flows}
    alliance = Alliance(
        flows,
        tuple(i for i in bought.marketing if offers["marketing"][i]["market"] in served),
        tuple(i for i in bought.quality if offers["quality"][i]["origin"] in used),
        tuple(i for i in bought.customs if offers["customs"][i]["market"] in served),
    )
    measured = measure(problem, alliance)
    return None if measured.broken else Plan(alliance, measured, worth(problem, alliance, measured))


def priced(tables: Tables, team: Team, rows: dict[str, list[Row]]) -> Bought:
    """Named service offers with what they add to the cost of a team."""
    bought = list(chain.from_iterable(rows.values()))
    team_firms = {tables.firm_ids[f] for f in core(tables, team)}
    joining = {row["firm"] for row in bought} - team_firms
    cost = sum(int(row["fee"]) for row in bought)
    cost += sum(int(tables.engagement[tables.firm_number[f]]) for f in joining)
    ids = {module: tuple(sorted(row["id"] for row in group)) for module, group in rows.items()}
    return Bought(ids["marketing"], ids["quality"], ids["customs"], frozenset(team_firms | joining), cost)


def core(tables: Tables, team: Team) -> set[int]:
    """The firms of the team's makers and lanes, by number."""
    return {int(f) for f in (*tables.makers.firm[list(team.makers)], *tables.lanes.firm[list(team.lanes)])}


def bought_by(tables: Tables, plan: Plan) -> Bought:
    """The services of a plan with what they add to the cost of its team."""
    offers, alliance = tables.problem.offers, plan.alliance
    ids = {"marketing": alliance.marketing, "quality": alliance.quality, "customs": alliance.customs}
    rows = {module: [offers[module][i] for i in ids[module]] for module in ids}
    return priced(tables, team_of(tables, plan), rows)
