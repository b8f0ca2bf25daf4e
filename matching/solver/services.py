"""Marketing, quality and customs offers for a given set of markets and origins: cheap, not always the cheapest."""

from dataclasses import dataclass
from itertools import combinations

from matching.solver.problem import Problem, Row

WIDTH = 14
DEEPEST = 3


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
        by_market: dict[str, list[Row]] = {m: [] for m in problem.markets}
        for row in problem.eligible("marketing"):
            by_market[row["market"]].append(row)
        self._covers = {
            m: self._market_covers(problem.markets[m]["min_reach"], rows) for m, rows in by_market.items()
        }
        self._brokers: dict[str, list[tuple[Row, ...]]] = {
            m: [()] if not row["customs_required"] else [] for m, row in problem.markets.items()
        }
        for row in sorted(problem.eligible("customs"), key=self.price):
            if problem.markets[row["market"]]["customs_required"]:
                self._brokers[row["market"]].append((row,))
        self._inspectors: dict[str, list[tuple[Row, ...]]] = {}
        for row in sorted(problem.eligible("quality"), key=self.price):
            self._inspectors.setdefault(row["origin"], []).append((row,))

    def price(self, row: Row) -> int:
        """Fee with the firm's engagement."""
        return int(row["fee"]) + int(self.problem.firms[row["firm"]]["engagement_cost"])

    def _market_covers(self, goal: int, rows: list[Row]) -> list[tuple[Row, ...]]:
        """Minimal covers of the reach by few offers, cheapest first; a greedy cover when few do not suffice."""
        if not goal:
            return [()]
        ranked = sorted(
            (x for x in rows if x["reach"]), key=lambda x: (self.price(x) / min(x["reach"], goal), x["id"])
        )
        near = ranked[:WIDTH]
        covers = [
            group
            for size in range(1, DEEPEST + 1)
            for group in combinations(near, size)
            if (total := sum(x["reach"] for x in group)) >= goal
            and all(total - x["reach"] < goal for x in group)
        ]
        covers.sort(key=lambda group: (sum(map(self.price, group)), [x["id"] for x in group]))
        return covers[:60] or self._greedy_cover(goal, ranked)

    @staticmethod
    def _greedy_cover(goal: int, ranked: list[Row]) -> list[tuple[Row, ...]]:
        taken: list[Row] = []
        for row in ranked:
            taken.append(row)
            if sum(x["reach"] for x in taken) >= goal:
                return [tuple(taken)]
        return []

    def near(self) -> dict[str, list[Row]]:
        """The service offers worth considering: those of some cover, and every broker and inspector."""
        cover = {x["id"]: x for covers in self._covers.values() for group in covers for x in group}
        return {
            "marketing": list(cover.values()),
            "quality": [x for options in self._inspectors.values() for group in options for x in group],
            "customs": [x for options in self._brokers.values() for group in options for x in group],
        }

    def can_serve(self, market: str) -> bool:
        """Whether the market's reach and broker can be had at all."""
        return bool(self._covers[market] and self._brokers[market])

    def can_inspect(self, origin: str) -> bool:
        """Whether goods of the origin can pass quality, when that is required."""
        return not self.problem.raw["product"]["quality_required"] or origin in self._inspectors

    def buy(
        self, markets: list[str], origins: list[str], makers: frozenset[str], team: frozenset[str]
    ) -> Bought | None:
        """Offers for the served markets and used origins; None when a need cannot be met beside this team."""
        persons = {self.problem.firms[f]["legal_person"] for f in makers}
        needs: list[tuple[str, list[tuple[Row, ...]]]] = [("marketing", self._covers[m]) for m in markets]
        needs += [("customs", self._brokers[m]) for m in markets]
        if self.problem.raw["product"]["quality_required"]:
            free = {
                o: [
                    c
                    for c in self._inspectors.get(o, [])
                    if self.problem.firms[c[0]["firm"]]["legal_person"] not in persons
                ]
                for o in origins
            }
            needs += [("quality", free[o]) for o in origins]
        chosen: dict[str, list[Row]] = {"marketing": [], "quality": [], "customs": []}
        firms, cost = set(team), 0
        for module, options in needs:
            best = min(
                ((self._extra(c, firms), n) for n, c in enumerate(options) if self._fits(c, firms)),
                default=None,
            )
            if best is None:
                return None
            cost += best[0]
            firms.update(x["firm"] for x in options[best[1]])
            chosen[module] += options[best[1]]
        return self._checked(chosen, frozenset(firms), cost)

    def _extra(self, cover: tuple[Row, ...], firms: set[str]) -> int:
        fresh = {x["firm"] for x in cover} - firms
        return sum(x["fee"] for x in cover) + sum(self.problem.firms[f]["engagement_cost"] for f in fresh)

    def _fits(self, cover: tuple[Row, ...], firms: set[str]) -> bool:
        joined = {x["firm"] for x in cover}
        return not any(self._foes.get(f, set()) & (firms | joined) for f in joined)

    def _checked(self, chosen: dict[str, list[Row]], firms: frozenset[str], cost: int) -> Bought | None:
        for module, rows in chosen.items():
            quota = self.problem.limits["max_firms"].get(module, len(rows))
            if len({x["firm"] for x in rows}) > quota:
                return None
        ids = {module: tuple(sorted({x["id"] for x in rows})) for module, rows in chosen.items()}
        return Bought(ids["marketing"], ids["quality"], ids["customs"], firms, cost)
