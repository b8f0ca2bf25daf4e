"""Marketing, quality and customs offers for given markets and origins: cheap, not always the cheapest."""

from dataclasses import dataclass
from itertools import combinations

from matching.solver.problem import Problem, Row

WIDTH = 14
DEEPEST = 3
KEPT = 60
Option = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Bought:
    """Service offers by module and what they cost with the engagement of firms not yet in the alliance."""

    marketing: tuple[str, ...]
    quality: tuple[str, ...]
    customs: tuple[str, ...]
    firms: frozenset[str]
    cost: int


class Services:
    """Candidate covers of each market's reach, brokers and inspectors, found once for a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._foes: dict[str, set[str]] = {}
        for a, b in problem.raw["conflicts"]:
            self._foes.setdefault(a, set()).add(b)
            self._foes.setdefault(b, set()).add(a)
        self._agencies = {m: self._ranked(row) for m, row in problem.markets.items()}
        self._covers = {
            m: self._options(row["min_reach"], self._agencies[m]) for m, row in problem.markets.items()
        }
        self._brokers = self._grouped("customs", "market")
        self._inspectors = self._grouped("quality", "origin")

    def price(self, row: Row) -> int:
        """Fee with the firm's engagement."""
        return int(row["fee"]) + int(self.problem.firms[row["firm"]]["engagement_cost"])

    def _grouped(self, module: str, field: str) -> dict[str, list[Option]]:
        """Single offers by place, the cheapest first."""
        groups: dict[str, list[Option]] = {}
        for row in sorted(self.problem.eligible(module), key=self.price):
            groups.setdefault(row[field], []).append((row,))
        return groups

    def _ranked(self, market: Row) -> list[Row]:
        """The market's agencies, the cheapest for what they can add to the reach first."""
        goal = max(1, int(market["min_reach"]))
        rows = [x for x in self.problem.eligible("marketing") if x["market"] == market["id"] and x["reach"]]
        return sorted(rows, key=lambda x: (self.price(x) / min(x["reach"], goal), x["id"]))

    def _options(self, goal: int, ranked: list[Row]) -> list[Option]:
        """Minimal covers of the reach by few offers, cheapest first; a greedy one when few do not suffice."""
        if not goal:
            return [()]
        groups = (group for size in range(1, DEEPEST + 1) for group in combinations(ranked[:WIDTH], size))
        covers = [group for group in groups if _is_minimal_cover(group, goal)]
        covers.sort(key=lambda group: (sum(map(self.price, group)), [x["id"] for x in group]))
        return covers[:KEPT] or _greedy_cover(goal, ranked)

    def near(self) -> dict[str, list[Row]]:
        """The service offers worth considering: agencies near the top or in a cover, brokers and inspectors."""
        agencies = {x["id"]: x for rows in self._agencies.values() for x in rows[:WIDTH]}
        agencies |= {x["id"]: x for covers in self._covers.values() for group in covers for x in group}
        fixed = self.problem.fixed.intersection(self.problem.offers["marketing"])
        agencies |= {i: self.problem.offers["marketing"][i] for i in sorted(fixed)}
        return {
            "marketing": list(agencies.values()),
            "quality": _flat(self._inspectors),
            "customs": _flat(self._brokers),
        }

    def can_serve(self, market: str) -> bool:
        """Whether the market's reach and broker can be had at all."""
        return bool(self._covers[market] and self._broker_options(market))

    def can_inspect(self, origin: str) -> bool:
        """Whether goods of the origin can pass quality, when that is required."""
        return not self.problem.raw["product"]["quality_required"] or origin in self._inspectors

    def _broker_options(self, market: str) -> list[Option]:
        required = self.problem.markets[market]["customs_required"]
        return self._brokers.get(market, []) if required else [()]

    def _inspector_options(self, origin: str, makers: frozenset[str]) -> list[Option]:
        """Inspectors of another legal person than any of the makers."""
        if not self.problem.raw["product"]["quality_required"]:
            return [()]
        firms = self.problem.firms
        persons = {firms[f]["legal_person"] for f in makers}
        options = self._inspectors.get(origin, [])
        return [x for x in options if firms[x[0]["firm"]]["legal_person"] not in persons]

    def buy(
        self, markets: list[str], origins: list[str], makers: frozenset[str], team: frozenset[str]
    ) -> Bought | None:
        """Offers for the served markets and used origins; None when a need cannot be met beside this team."""
        needs = [("marketing", self._covers[m]) for m in markets]
        needs += [("customs", self._broker_options(m)) for m in markets]
        needs += [("quality", self._inspector_options(o, makers)) for o in origins]
        chosen: dict[str, list[Row]] = {"marketing": [], "quality": [], "customs": []}
        firms, cost = set(team), 0
        for module, options in needs:
            fitting = [option for option in options if self._fits(option, firms)]
            if not fitting:
                return None
            best = min(fitting, key=lambda option: self._extra(option, firms))
            cost += self._extra(best, firms)
            firms.update(x["firm"] for x in best)
            chosen[module] += best
        return self._checked(chosen, frozenset(firms), cost)

    def _extra(self, option: Option, firms: set[str]) -> int:
        fresh = {x["firm"] for x in option} - firms
        engagement = sum(int(self.problem.firms[f]["engagement_cost"]) for f in fresh)
        return engagement + sum(int(x["fee"]) for x in option)

    def _fits(self, option: Option, firms: set[str]) -> bool:
        joined = {x["firm"] for x in option}
        return not any(self._foes.get(f, set()) & (firms | joined) for f in joined)

    def _checked(self, chosen: dict[str, list[Row]], firms: frozenset[str], cost: int) -> Bought | None:
        for module, rows in chosen.items():
            quota = self.problem.limits["max_firms"].get(module, len(rows))
            if len({x["firm"] for x in rows}) > quota:
                return None
        ids = {module: tuple(sorted({x["id"] for x in rows})) for module, rows in chosen.items()}
        return Bought(ids["marketing"], ids["quality"], ids["customs"], firms, cost)


def _flat(groups: dict[str, list[Option]]) -> list[Row]:
    return [x for options in groups.values() for option in options for x in option]


def _is_minimal_cover(group: Option, goal: int) -> bool:
    total = sum(x["reach"] for x in group)
    return total >= goal and all(total - x["reach"] < goal for x in group)


def _greedy_cover(goal: int, ranked: list[Row]) -> list[Option]:
    taken: list[Row] = []
    for row in ranked:
        taken.append(row)
        if sum(x["reach"] for x in taken) >= goal:
            return [tuple(taken)]
    return []
