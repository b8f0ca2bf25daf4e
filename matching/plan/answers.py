"""Several plans for a case that really differ: by their firms, or by their route. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matching.plan.team import Team, read
from matching.problem import Carriage, Case, Making, Variant, build
from matching.problem.offers import free_units

Solve = Callable[..., Mapping[str, Any]]
MOST = 4  # proposals that a person can compare
ALTERNATIVES = 2
REPAIRS = 3


@dataclass(frozen=True, slots=True)
class Answers:
    """What was found, best first, and how much better anything could be."""

    teams: tuple[Team, ...]
    bound: int  # no plan of the case earns more, in minor units
    explanations: Mapping[int, Sequence[Mapping[str, Any]]]  # by place in `teams`


@dataclass(frozen=True, slots=True)
class Ask:
    """One search: by which routes, and without which makers and carriers."""

    variant: Variant
    without: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """What one search found, best first."""

    teams: tuple[Team, ...]
    bound: int
    explanations: Sequence[Mapping[str, Any]]


def answers(case: Case, solve: Solve, *, seconds: float) -> Answers:
    """Plans of a case: by any route, by each alone, and without the makers or the carriers of the best one.

    `solve` is that of matching.solver; `seconds` bounds each of its calls.
    """
    searches = [_search(case, Ask(variant), solve, seconds) for variant in Variant]
    best = max((team for found in searches for team in found.teams), key=_worth, default=None)
    if best is not None:
        apart = (
            frozenset(lot.making.firm.id for lot in best.lots),
            frozenset(leg.carriage.firm.id for leg in best.legs),
        )
        searches += [_search(case, Ask(Variant.ANY, without), solve, seconds) for without in apart]
    chosen = differing(team for found in searches for team in found.teams)
    told = {id(team): found.explanations for found in searches for team in found.teams[:1]}
    return Answers(
        teams=tuple(chosen),
        bound=max(found.bound for found in searches),
        explanations={n: told.get(id(team), ()) for n, team in enumerate(chosen)},
    )


def _worth(team: Team) -> int:
    return team.objective


def _search(case: Case, ask: Ask, solve: Solve, seconds: float) -> Found:
    """Solve; where offers that share a line took more than it has, lower them in proportion and solve again."""
    caps: dict[str, int] = {}
    for _ in range(REPAIRS):
        built = build(case, ask.variant, caps=caps, without=ask.without, alternatives=ALTERNATIVES)
        if not (built.raw["manufacturing"] and built.raw["logistics"] and built.raw["customs"]):
            return Found((), 0, ())
        plan = solve(built.raw, seconds=seconds, seed=0, alternatives=ALTERNATIVES)
        teams = [read(built, alliance) for alliance in (plan, *plan["alternatives"]) if alliance.get("flows")]
        too_much = overbooked(teams[0]) if teams and teams[0] else {}
        if not too_much:
            break
        caps |= too_much
    good = tuple(team for team in teams if team and team.objective > 0 and not overbooked(team))
    return Found(good, int(plan["upper_bound"]), plan["explanations"])


def overbooked(team: Team) -> dict[str, int]:
    """Offers whose shared line cannot do all that the plan takes, with what each of them may take instead."""
    uses: dict[int, list[tuple[Making | Carriage, int]]] = {}
    for lot in team.lots:
        uses.setdefault(lot.making.line, []).append((lot.making, lot.made))
    for leg in team.legs:
        uses.setdefault(leg.carriage.line, []).append((leg.carriage, leg.units))
    lowered: dict[str, int] = {}
    for rows in uses.values():
        used = sum(units for _, units in rows)
        free = _free(team, [row for row, _ in rows])
        if used > free:
            lowered |= {row.id: units * free // used for row, units in rows}
    return lowered


def _free(team: Team, rows: Sequence[Making | Carriage]) -> int:
    """What one line can do in all the weeks that its offers would use."""
    spans = [team.built.spans[row.id] for row in rows]
    return free_units(rows[0].free, min(s.from_on for s in spans), max(s.until_on for s in spans))


def differing(teams: Iterable[Team]) -> list[Team]:
    """The best, the best of each other route, then those with other makers or carriers; best first."""
    ranked = sorted(teams, key=lambda team: (-team.objective, team.route, sorted(team.firms)))
    picked: list[Team] = []
    for team in ranked:
        if all(team.route is not other.route for other in picked):
            picked.append(team)
    for team in ranked:
        if len(picked) < MOST and all(_differs(team, other) for other in picked):
            picked.append(team)
    return sorted(picked[:MOST], key=lambda team: -team.objective)


def _differs(one: Team, other: Team) -> bool:
    """Another route, another maker or another carrier; another inspector alone is no other plan."""
    return (one.route, _movers(one)) != (other.route, _movers(other))


def _movers(team: Team) -> frozenset[int]:
    makers = {lot.making.firm.id for lot in team.lots}
    return frozenset(makers | {leg.carriage.firm.id for leg in team.legs})
