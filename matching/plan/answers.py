"""Several plans for a case that really differ: by their firms, or by their route. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from matching.plan.team import Team, base, read
from matching.plan.why_not import why_not
from matching.problem import ANYTHING, Bounds, Carriage, Case, Making, Reason, Variant, build
from matching.problem.offers import free_units

Solve = Callable[..., Mapping[str, Any]]
MOST = 4  # proposals that a person can compare
TRIES = (
    0.6,
    0.25,
    0.15,
)  # parts of a search's time: the first, and two more where a line was asked for too much
EVERY = 1_000_000  # offers that are explained: all


@dataclass(frozen=True, slots=True)
class Answers:
    """What was found, best first, and how much better anything could be."""

    teams: tuple[Team, ...]
    bound: int  # no plan of the case earns more, in minor units
    explanations: Mapping[int, Sequence[Mapping[str, Any]]]  # by place in `teams`
    why_not: Mapping[int, list[Reason]]  # by firm that is not in the best team


@dataclass(frozen=True, slots=True)
class Ask:
    """One search: by which routes, without which makers and carriers, within which limits."""

    variant: Variant
    without: frozenset[int] = frozenset()
    within: Bounds = ANYTHING


@dataclass(frozen=True, slots=True)
class Found:
    """What one search found: a team whose goods all fly or all go by surface, or none."""

    team: Team | None
    bound: int
    explanations: Sequence[Mapping[str, Any]]
    plan: Mapping[str, Any] = field(default_factory=dict)  # of the solver


def answers(case: Case, solve: Solve, *, seconds: float) -> Answers:
    """Plans of a case: by any route, by each alone, and without the makers or the carriers of the best one.

    `solve` is that of matching.solver; `seconds` bounds each of six searches.
    """
    found = [_search(case, Ask(variant), solve, seconds) for variant in Variant]
    for without in _apart(_teams(found)):
        found.append(_search(case, Ask(Variant.AIR, without), solve, seconds))
    chosen = differing(_teams(found))
    told = {id(one.team): one for one in found}
    return Answers(
        teams=tuple(chosen),
        bound=max(one.bound for one in found),
        explanations={n: told[id(team)].explanations for n, team in enumerate(chosen)},
        why_not=why_not(chosen[0], told[id(chosen[0])].plan) if chosen else {},
    )


def answer(case: Case, without: frozenset[int], within: Bounds, solve: Solve, *, seconds: float) -> Found:
    """The best plan of a case without some firms and within limits, by whatever route; and what none could beat.

    `seconds` bounds each of three searches.
    """
    variants = (Variant.ANY, Variant.AIR, Variant.SURFACE)
    found = [_search(case, Ask(variant, without, within), solve, seconds) for variant in variants]
    good = [one for one in found if one.team is not None]
    best = max(good, key=lambda one: one.team.worth if one.team else 0, default=found[0])
    return Found(best.team, max(one.bound for one in found), best.explanations)


def _teams(found: Iterable[Found]) -> list[Team]:
    return [one.team for one in found if one.team is not None]


def _apart(teams: Sequence[Team]) -> list[frozenset[int]]:
    """The makers, and the carriers, of the best team: what could be done without them?"""
    if not teams:
        return []
    best = max(teams, key=_worth)
    return [
        frozenset(lot.making.firm.id for lot in best.lots),
        frozenset(leg.carriage.firm.id for leg in best.legs),
    ]


def _worth(team: Team) -> int:
    return team.worth


def _search(case: Case, ask: Ask, solve: Solve, seconds: float) -> Found:
    """Solve; where offers that share a line took more than it has, or money is short, lower them and solve again."""
    caps: dict[str, int] = {}
    within, tries = ask.within, list[Try]()
    for part in TRIES:
        built = build(case, ask.variant, caps=caps, without=ask.without, within=within)
        if not (built.raw["manufacturing"] and built.raw["logistics"] and built.raw["customs"]):
            break
        plan = solve(built.raw, seconds=seconds * part, seed=0, alternatives=0, shown=EVERY)
        tries.append(Try(plan, read(built, plan), ask.within.budget_minor))
        caps |= tries[-1].too_much
        within = replace(within, budget_minor=_less(within.budget_minor, tries[-1].too_dear))
        if not tries[-1].too_much and not tries[-1].too_dear:
            break
    return _outcome(tries)


@dataclass(frozen=True, slots=True)
class Try:
    """A plan of the solver, the team behind it, and what it may spend."""

    plan: Mapping[str, Any]
    team: Team | None
    budget: int | None

    @property
    def too_much(self) -> dict[str, int]:
        return overbooked(self.team) if self.team else {}

    @property
    def too_dear(self) -> int:
        """Money beyond the budget: the solver saw the best price of each maker, the lots have their own."""
        return max(0, self.team.spent - self.budget) if self.team and self.budget is not None else 0

    @property
    def is_good(self) -> bool:
        is_possible = not self.too_much and not self.too_dear
        return self.team is not None and self.team.worth > 0 and not self.team.is_mixed and is_possible


def _less(budget: int | None, beyond: int) -> int | None:
    """A smaller budget for the next search: twice as much less, for its lots may be others, and dearer."""
    return None if budget is None else max(0, budget - 2 * beyond)


def _outcome(tries: Sequence[Try]) -> Found:
    """The last plan, if it can be carried out; the bound is that of the first and loosest problem."""
    if not tries:
        return Found(None, 0, ())
    bound = int(tries[0].plan["expected"]["bound"])
    last = tries[-1]
    if not last.is_good:
        return Found(None, bound, ())
    return Found(last.team, bound, last.plan["explanations"], last.plan)


def overbooked(team: Team) -> dict[str, int]:
    """Rows of a line that cannot do all that a plan takes: what each may take, unused ones nothing."""
    rows: dict[int, list[str]] = {}
    for raw in (*team.built.raw["manufacturing"], *team.built.raw["logistics"]):
        rows.setdefault(_offer(team, raw["id"]).line, []).append(raw["id"])
    lowered: dict[str, int] = {}
    for names in rows.values():
        used = {name: team.taken.get(name, 0) for name in names}
        free = _free(team, [name for name in names if used[name]])
        if sum(used.values()) > free:
            lowered |= {name: units * free // sum(used.values()) for name, units in used.items()}
    return lowered


def _offer(team: Team, name: str) -> Making | Carriage:
    return team.built.offers[base(name)]


def _free(team: Team, names: Sequence[str]) -> int:
    """What one line can do in all the weeks that these rows would use."""
    if not names:
        return 0
    spans = [team.built.spans[base(name)] for name in names]
    weeks = _offer(team, names[0]).free
    return free_units(weeks, min(s.from_on for s in spans), max(s.until_on for s in spans))


def differing(teams: Iterable[Team]) -> list[Team]:
    """The best, the best of each other route, then those with other makers or carriers; best first."""
    ranked = sorted(teams, key=lambda team: (-team.worth, team.route, sorted(team.firms)))
    picked: list[Team] = []
    for team in ranked:
        if all(team.route is not other.route for other in picked):
            picked.append(team)
    for team in ranked:
        if len(picked) < MOST and all(_differs(team, other) for other in picked):
            picked.append(team)
    return sorted(picked[:MOST], key=lambda team: -team.worth)


def _differs(one: Team, other: Team) -> bool:
    """Another route, another maker or another carrier; another inspector alone is no other plan."""
    return (one.route, _movers(one)) != (other.route, _movers(other))


def _movers(team: Team) -> frozenset[int]:
    makers = {lot.making.firm.id for lot in team.lots}
    return frozenset(makers | {leg.carriage.firm.id for leg in team.legs})
