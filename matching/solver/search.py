"""The search for the best alliance: greedy, then prices, then exact programs over growing pools."""

from collections.abc import Sequence

import numpy as np

from matching.solver.clock import WHOLE, Allowance
from matching.solver.exact import exact
from matching.solver.greedy import Greedy
from matching.solver.pricing import price
from matching.solver.refine import Effort, Found, refine
from matching.solver.regrow import regrow
from matching.solver.relaxation import Relaxed
from matching.solver.search_state import PARTS, Search, ranked
from matching.solver.tables import Array, Tables
from matching.solver.team import Plan, Rounding, Team, plan_of, realise, team_of

Stage = tuple[int, int, int]
FEW, FEW_NODES = (25, 16), 50  # makers and lanes of a first pool in small registries
EARLY, MANY, HUGE = (40, 30, 5), 400, 2000  # makers from which a small pool comes first, and teams grow again
STAGES = ((80, 60, 300), (160, 120, 300), (320, 240, 300), (640, 480, 1000))
REBUILDS, REBUILT, STAYING = 8, (160, 120, 40), 0.65
KEPT = 8
WORTH_IT = 0.001


def search(tables: Tables, allowance: Allowance) -> Search:
    """Runs until the allowance is used or nothing better can exist."""
    state = Search(tables, allowance)
    for part in PARTS:
        if state.allowance.has_time():
            first(state, part=part)
    if state.best is None:
        first(state, rounding=Rounding.BEST)
    if relaxed := prepare(state):
        if len(tables.makers.rows) > MANY:
            thin(state)
        climb(state, relaxed)
    return state


def prepare(state: Search) -> Relaxed | None:
    """Prices over all offers."""
    state.relaxed = price(state.tables, state.promising, state.allowance)
    return state.relaxed


def first(
    state: Search,
    barred: frozenset[int] = frozenset(),
    part: float = 1.0,
    rounding: Rounding = Rounding.QUICK,
) -> None:
    """A greedy plan without the barred firms, at once; shares reckoned on a part of the demand."""
    greedy = Greedy(state.tables, state.promising, state.fees, part)
    greedy.barred[list(barred)] = True
    add(state, greedy.grow(), rounding)


def add(state: Search, team: Team, rounding: Rounding = Rounding.QUICK) -> None:
    """Keeps the plan of a team, if it has one."""
    seconds = state.allowance.wall(WHOLE)
    state.offer(plan_of(state.tables, state.services, team, rounding, seconds))


def thin(state: Search) -> None:
    """The best plan without each of its lanes and makers in turn."""
    for less in without_one(team_of(state.tables, state.best)):
        if state.allowance.has_time():
            add(state, less)


def without_one(team: Team) -> list[Team]:
    """The team without each of its lanes, and without each of its makers."""
    lanes = [Team(team.makers, tuple(j for j in team.lanes if j != lane)) for lane in team.lanes]
    return lanes + [Team(tuple(i for i in team.makers if i != maker), team.lanes) for maker in team.makers]


def climb(state: Search, relaxed: Relaxed) -> None:
    """Exact programs over the offers that are worth most at the prices, in growing pools.

    In huge registries teams are grown again first, and rebuilt in part between the programs.
    """
    makers, chance = len(state.tables.makers.rows), np.random.default_rng(0)
    if state.allowance.step():
        begin(state, relaxed)
    if makers > HUGE:
        regrow(state, (relaxed.bound.maker_value, relaxed.bound.lane_value))
    for stage in schedule(makers):
        if not state.allowance.step():
            return
        if stage is None:
            rebuild(state, relaxed, chance)
        elif extend(state, relaxed, stage):
            return


def schedule(makers: int) -> list[Stage | None]:
    """Growing pools (makers, lanes, nodes), and rebuildings (None): late, or after each pool in huge registries."""
    rebuilds = [None] * REBUILDS
    if makers <= MANY:
        return [*STAGES]
    if makers <= HUGE:
        return [EARLY, *STAGES, *rebuilds]
    return [step for stage in (EARLY, *STAGES) for step in (stage, *rebuilds)]


def begin(state: Search, relaxed: Relaxed) -> None:
    """The exact program over the few offers that the relaxation itself uses, and those of the best plan.

    In small registries then over a few that are worth most, where that leaves something out.
    """
    run_pool(state, with_plans(state, *relaxed.used, best_of(state)), FEW_NODES)
    if FEW[0] < len(state.tables.makers.rows) <= MANY and state.allowance.step():
        run_pool(state, pool(state, relaxed, FEW, best_of(state)), FEW_NODES)


def best_of(state: Search) -> list[Plan]:
    """The best plan, if there is one."""
    return [state.best] if state.best else []


def run_pool(state: Search, chosen: tuple[Array, Array], nodes: int) -> None:
    """The exact program over some makers and lanes, begun at the best plan."""
    program = exact(state.tables, *chosen, state.services.near())
    keep(state, refine(state.tables, program, state.best, Effort(state.allowance, nodes)).found)


def extend(state: Search, relaxed: Relaxed, stage: Stage) -> bool:
    """The exact program of one pool; tells whether the pool held everything."""
    makers, lanes = pool(state, relaxed, stage[:2], best_of(state))
    run_pool(state, (makers, lanes), stage[2])
    return len(makers) == len(state.tables.makers.rows) and len(lanes) == len(state.tables.lanes.rows)


def fixed_team(tables: Tables) -> Team:
    """The makers and lanes that are in the alliance already."""
    makers, lanes = (
        tuple(n for n, row in enumerate(rows) if row["id"] in tables.problem.fixed)
        for rows in (tables.makers.rows, tables.lanes.rows)
    )
    return Team(makers, lanes)


def rebuild(state: Search, relaxed: Relaxed, chance: np.random.Generator) -> None:
    """The exact program of a wide pool in which most of the best plan's offers, drawn by lot, stay."""
    if (plan := state.best) is None:
        return
    team = team_of(state.tables, plan)
    makers, lanes = pool(state, relaxed, REBUILT[:2], [plan])
    program = exact(state.tables, makers, lanes, state.services.near())
    held = [
        column[np.searchsorted(known, chance.permutation(mine)[: round(len(mine) * STAYING)])]
        for column, known, mine in (
            (program.choice.maker, makers, team.makers),
            (program.choice.lane, lanes, team.lanes),
        )
    ]
    effort = Effort(state.allowance, REBUILT[2])
    keep(state, refine(state.tables, program, plan, effort, np.concatenate(held)).found)


def pool(
    state: Search, relaxed: Relaxed, size: tuple[int, int], plans: Sequence[Plan]
) -> tuple[Array, Array]:
    """The makers and lanes that are worth most at the prices, and those of the given plans."""
    makers, lanes = ranked(relaxed.bound.maker_value)[: size[0]], ranked(relaxed.bound.lane_value)[: size[1]]
    return with_plans(state, makers, lanes, plans)


def with_plans(state: Search, makers: Array, lanes: Array, plans: Sequence[Plan]) -> tuple[Array, Array]:
    """These makers and lanes, those of the given plans, and those that are in the alliance already."""
    teams = [team_of(state.tables, plan) for plan in plans] + [fixed_team(state.tables)]
    both = [*makers, *(i for team in teams for i in team.makers)]
    ways = [*lanes, *(j for team in teams for j in team.lanes)]
    return np.unique(np.array(both, dtype=int)), np.unique(np.array(ways, dtype=int))


def keep(state: Search, found: list[Found]) -> None:
    """Realises what a program found; only the best is worth a search for whole units."""
    ranking = sorted(found, key=lambda one: -one.value)[:KEPT]
    for one in ranking:
        state.offer(realise(state.tables, one.team, one.bought, Rounding.QUICK))
    for one in ranking[:2]:
        if state.best is None or one.value - state.best.worth > WORTH_IT * abs(one.value):
            seconds = state.allowance.wall(WHOLE)
            state.offer(realise(state.tables, one.team, one.bought, Rounding.BEST, seconds))
