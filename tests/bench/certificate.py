"""Could a better certificate exist? The smallest bound that any prices can prove, as one linear program.

    python -m tests.bench.certificate [--sizes 50,200] [--seeds 3] [--first 1] [--exact 300]

The judge's sum (matching-problem.md, section 6) is convex in the prices and made of few linear pieces: each maker
offer has a few ways to be filled, each lane two for each bucket, each market is a small linear program. So the least
sum over all prices is the value of the program written here, straight from that section and beside the matcher's own
code. Beside it stand the matcher's bound, its plan, and the best point of the exact program over all offers that HiGHS
finds in the given seconds (units may be fractions there; with a star: proven to be the best). `form` is that point
over the least bound: with a star, no plan and no certificate of this form reach more.
"""

import argparse
import sys
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / ".." / "shared" / "tools"))

import match_bench
import match_make
import numpy as np

from matching.solver import clock, solve
from matching.solver.clock import Allowance
from matching.solver.columns import build
from matching.solver.exact import SERVICES, exact
from matching.solver.problem import parse
from matching.solver.program import INF, Program, answer, engine
from matching.solver.refine import Effort, refine
from tests.bench.match import SIZES

Row = dict[str, Any]
MOVERS = match_bench.MODULES[:2]
ENDLESS = 10**9


class Sum:
    """A linear expression: coefficients by column, and a constant."""

    def __init__(self, constant: float = 0.0) -> None:
        self.constant, self.parts = constant, dict[int, float]()

    def add(self, factor: float, column: int | None) -> "Sum":
        if column is not None:
            self.parts[column] = self.parts.get(column, 0.0) + factor
        return self


@dataclass
class Least:
    """The program: prices are its columns, and what the judge sums is its value."""

    index: Any
    program: Program = field(default_factory=Program)
    found: dict[Any, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problem, self.count = self.index.P, dict[str, list[str]]()
        self.beta = self.column("beta", cost=float(problem["limits"]["budget"]))
        for module in match_bench.MODULES:
            for row in self.index.ok(module):
                self.count.setdefault(row["firm"], []).append(module)
        self.ready: dict[str, set[int]] = {}
        self.worth: dict[str, dict[str, list[int]]] = {module: {} for module in match_bench.MODULES}
        self.charged: dict[str, list[int]] = {}
        for row in self.index.ok("manufacturing"):
            self.maker(row)
        for row in self.index.ok("logistics"):
            self.lane(row)
        for module in match_bench.MODULES[2:]:
            for row in self.index.ok(module):
                self.worth[module].setdefault(row["firm"], [])
        self.inspections()
        self.gains()
        for market in problem["markets"]:
            self.market(market)

    def column(self, name: Any, cost: float = 0.0, lower: float = 0.0, upper: float = INF) -> int:
        """The column of this name; `cost` is what the judge's sum grows by."""
        if name not in self.found:
            self.found[name] = int(self.program.columns([-cost], upper, lower=lower)[0])
        return self.found[name]

    def over(self, columns: list[int], least: Sum) -> None:
        """The sum of the columns is no less than an expression."""
        row = self.program.rows(1, least.constant, INF)
        both = Sum()
        for column in columns:
            both.add(1.0, column)
        for column, factor in least.parts.items():
            both.add(-factor, column)
        self.program.put(row, np.array(list(both.parts)), np.array(list(both.parts.values())))

    def paid(self, total: Sum, amount: float) -> Sum:
        """An expression less an amount of money, which counts more at a price of the budget."""
        total.constant -= amount
        return total.add(-amount, self.beta)

    def share(self, module: str, firm: str) -> int:
        return self.column(("share", module, firm))

    def maker(self, row: Row) -> None:
        """Worth at least every way of filling it between its minimum order and the share limit."""
        pieces = [(0, row["stock"]), (row["lead_time"], row["capacity"])]
        pieces = [(t, n) for t, n in pieces if n and t < self.index.H]
        ways = fills([n for _, n in pieces], max(1, row["moq"]), self.index.cap_share("manufacturing"))
        if not ways:
            return
        goods = self.index.goods(row)
        self.ready.setdefault(goods, set()).update(t for t, _ in pieces)
        worth, charge = self.column(("worth", row["id"])), self.column(("charge", row["id"]))
        self.worth["manufacturing"].setdefault(row["firm"], []).append(worth)
        self.charged.setdefault(row["origin"], []).append(charge)
        for way in ways:
            value = self.paid(Sum(), sum(way) * row["unit_cost"] + row["fixed_cost"])
            value.add(-sum(way), self.share("manufacturing", row["firm"])).add(-1.0, charge)
            for (t, _), units in zip(pieces, way, strict=True):
                value.add(units, self.goods(goods, t))
            self.over([worth], value)

    def goods(self, goods: str, bucket: int) -> int:
        return self.column(("goods", goods, bucket), lower=-INF)

    def landed(self, market: str, bucket: int) -> int:
        return self.column(("landed", market, bucket), lower=-INF)

    def lane(self, row: Row) -> None:
        """Worth at least its least and its most units of every goods and bucket that arrive in time."""
        market, days = self.index.market[row["market"]], self.index.transit(row)
        room, least = min(row["capacity"], market["demand"]), max(1, row["min_units"])
        room = min(room, self.index.cap_share("logistics"))
        last = min(market["deadline"], self.index.H - 1)
        carried = [
            (goods, t)
            for goods in sorted(self.ready)
            if carries(row, goods)
            for t in sorted(self.ready[goods])
            if t + days <= last
        ]
        if room < least or not carried:
            return
        worth = self.column(("worth", row["id"]))
        self.worth["logistics"].setdefault(row["firm"], []).append(worth)
        for goods, t in carried:
            for units in {least, room}:
                value = self.paid(Sum(), units * row["unit_cost"] + row["fixed_cost"])
                value.add(-units, self.share("logistics", row["firm"]))
                value.add(units, self.landed(market["id"], t + days)).add(-units, self.goods(goods, t))
                self.over([worth], value)

    def fee(self, row: Row) -> float:
        """A service's fee, with its part of the firm's engagement where the firm neither makes nor carries."""
        modules = self.count[row["firm"]]
        own = (
            0
            if set(MOVERS) & set(modules)
            else self.index.firm[row["firm"]]["engagement_cost"] / len(modules)
        )
        return float(row["fee"] + own)

    def inspections(self) -> None:
        for origin, charges in self.charged.items():
            fees = [self.fee(row) for row in self.index.ok("quality") if row["origin"] == origin]
            if fees:
                total = self.paid(Sum(), min(fees))
                for charge in charges:
                    total.add(1.0, charge)
                self.over([self.column(("inspection", origin), cost=1.0)], total)

    def gains(self) -> None:
        """By module the largest gains of firms: a floor that each of K pays, and what goes beyond it."""
        quota = self.index.P["limits"]["max_firms"]
        for module, firms in self.worth.items():
            floor = self.column(
                ("floor", module), cost=quota.get(module, 0), upper=INF if module in quota else 0.0
            )
            for firm, offers in firms.items():
                gain = self.bonus(firm)
                if module == next((m for m in self.count[firm] if m in MOVERS), None):
                    self.paid(gain, self.index.firm[firm]["engagement_cost"])
                for worth in offers:
                    gain.add(1.0, worth)
                self.over([floor, self.column(("gain", module, firm), cost=1.0)], gain)

    def bonus(self, firm: str) -> Sum:
        """A firm's parts of the bonuses of its pairs."""
        total = Sum()
        for number, (first, second, bonus) in enumerate(self.index.P["synergies"]):
            part = self.column(("split", number), upper=float(bonus))
            total.add(float(firm == first) - float(firm == second), part)
            total.constant += bonus * (firm == second)
        return total

    def credit(self, total: Sum) -> Sum:
        for module, share in self.index.P["limits"]["max_share_bp"].items():
            for firm in self.worth[module]:
                total.add(share / match_bench.SCALE, self.share(module, firm))
        return total

    def market(self, row: Row) -> None:
        spend = self.fees(row)
        if spend is None:
            return
        last, whole = min(row["deadline"], self.index.H - 1), self.column(("demand", row["id"]))
        sale = self.paid(Sum(), spend).add(row["demand"], whole)
        for t in range(self.index.H):
            bucket = self.column(("bucket", row["id"], t))
            sale.add(row["bucket_demand"][t] if row["bucket_demand"] else row["demand"], bucket)
            for arrival in range(min(t, last) + 1):
                profit = self.credit(Sum(float(row["unit_value"][t])))
                self.paid(profit, row["holding_cost"] * (t - arrival))
                self.over([whole, bucket], profit.add(-1.0, self.landed(row["id"], arrival)))
        self.over([self.column(("sale", row["id"]), cost=1.0)], sale)

    def fees(self, market: Row) -> float | None:
        """Cheapest fractional cover of the reach, and the cheapest broker; None where the reach cannot be had."""
        goal, spend = market["min_reach"], 0.0
        agencies = [x for x in self.index.ok("marketing") if x["market"] == market["id"] and x["reach"]]
        need = goal
        for row in sorted(agencies, key=lambda x: Fraction(self.fee(x)) / min(x["reach"], goal or 1)):
            part = min(need, row["reach"])
            spend, need = spend + self.fee(row) * part / max(1, min(row["reach"], goal)), need - part
        if market["customs_required"]:
            brokers = [self.fee(x) for x in self.index.ok("customs") if x["market"] == market["id"]]
            spend += min(brokers, default=0.0)
        return None if need > 0 else spend


def carries(lane: Row, goods: str) -> bool:
    origin, bound, carriers = goods.partition("|")
    return bool(origin == lane["origin"] and (not bound or lane["firm"] in carriers.split(",")))


def fills(rooms: list[int], low: int, high: int) -> set[tuple[int, ...]]:
    """The corners of all ways to take from rooms with a total between low and high."""
    ways, most = set[tuple[int, ...]](), min(high, sum(rooms))
    for order in permutations(range(len(rooms))) if most >= low else ():
        for total in {low, most, *(n for n in rooms if low <= n <= most)}:
            way, rest = [0] * len(rooms), total
            for place in order:
                way[place] = min(rooms[place], rest)
                rest -= way[place]
            ways.add(tuple(way))
    return ways


def least_bound(problem: Row) -> float:
    highs = engine(solver="simplex")
    highs.passModel(Least(match_bench.Index(problem)).program.model())
    found = answer(highs)
    assert found.is_optimal
    return -found.value


def best_plan(problem: Row, seconds: float) -> tuple[float, bool]:
    """The best plan over all offers that HiGHS finds, and whether it proved it."""
    tables = build(parse(problem))
    services = {module: tables.problem.eligible(module) for module in SERVICES}
    pool = np.arange(len(tables.makers.rows)), np.arange(len(tables.lanes.rows))
    program = exact(tables, *pool, services)
    harvest = refine(tables, program, None, Effort(Allowance(seconds, None), ENDLESS, gap=1e-6, part=1.0))
    return max((one.value for one in harvest.found), default=0.0), harvest.is_optimal


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", default="50,200")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--exact", type=float, default=300.0)
    options = parser.parse_args()
    clock.PATIENCE = 1000.0
    print(
        "| makers | seed | plan | best plan | matcher's bound | least bound | plan / bound | form |\n"
        + "|---" * 8
        + "|"
    )
    for makers in map(int, options.sizes.split(",")):
        lanes, agencies, seconds = SIZES[makers]
        for seed in range(options.first, options.first + options.seeds):
            problem = match_make.make(seed, makers, lanes, agencies, 4)
            plan, least = solve(problem, seconds=seconds), least_bound(problem)
            best, is_proven = best_plan(problem, options.exact) if options.exact else (0.0, False)
            best = max(best, plan["objective"])
            print(
                f"| {makers} | {seed} | {plan['objective']} | {best:.0f}{'*' * is_proven} | {plan['upper_bound']} "
                f"| {least:.0f} | {plan['objective'] / plan['upper_bound']:.4f} | {best / least:.4f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
