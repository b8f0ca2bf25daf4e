"""One alliance measured in exact integers: objective, breakdown, slack, firms and every rule that it breaks."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from matching.solver.problem import MODULES, Problem, Row

FlowKey = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Alliance:
    """Units by (maker offer, source, lane, bucket) and the service offers bought by name."""

    flows: dict[FlowKey, int]
    marketing: tuple[str, ...] = ()
    quality: tuple[str, ...] = ()
    customs: tuple[str, ...] = ()


@dataclass(slots=True)
class Measure:
    """What an alliance is worth, in minor units, and what room it leaves; `broken` names the rules it breaks."""

    objective: int = 0
    breakdown: dict[str, int] = field(default_factory=dict)
    slack: dict[str, int] = field(default_factory=dict)
    firms: dict[str, list[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @property
    def everyone(self) -> frozenset[str]:
        return frozenset(firm for firms in self.firms.values() for firm in firms)


@dataclass(frozen=True, slots=True)
class _Sums:
    made: Counter[str]
    taken: Counter[str]
    carried: Counter[str]
    sold: Counter[tuple[str, int]]
    last: dict[str, int]
    rows: dict[str, list[Row]]

    def output(self, offer: str) -> int:
        return self.made[offer] + self.taken[offer]


def arrival(problem: Problem, key: FlowKey) -> int:
    """Bucket in which the units of a flow arrive."""
    offer, source, lane, _ = key
    lead = problem.offers["manufacturing"][offer]["lead_time"] if source == "made" else 0
    return int(lead) + problem.transit(problem.offers["logistics"][lane])


def measure(problem: Problem, alliance: Alliance) -> Measure:
    """Recomputes an alliance from its flows and offers; an empty `broken` means that it is feasible."""
    result = Measure()
    sums = _add_up(problem, alliance, result)
    result.firms = {module: sorted({x["firm"] for x in sums.rows[module]}) for module in MODULES}
    _amounts(problem, sums, result)
    _markets(problem, sums, result)
    _people(problem, sums, result)
    _money(problem, alliance, sums, result)
    chosen = {row["id"] for rows in sums.rows.values() for row in rows}
    result.broken += ["fixed"] * (not problem.fixed <= chosen)
    result.broken += [name for name, room in result.slack.items() if room < 0]
    return result


def _add_up(problem: Problem, alliance: Alliance, result: Measure) -> _Sums:
    sums = _Sums(Counter(), Counter(), Counter(), Counter(), {}, _rows(problem, alliance))
    for key, units in alliance.flows.items():
        offer, source, lane, bucket = key
        market, arrives = problem.offers["logistics"][lane]["market"], arrival(problem, key)
        result.broken += _faults(problem, key, units)
        (sums.made if source == "made" else sums.taken)[offer] += units
        sums.carried[lane] += units
        sums.sold[market, bucket] += units
        sums.last[market] = max(arrives, sums.last.get(market, 0))
    rows = (x for module in MODULES for x in sums.rows[module])
    result.broken += ["filter" for x in rows if problem.failures[x["id"]]]
    return sums


def _rows(problem: Problem, alliance: Alliance) -> dict[str, list[Row]]:
    """The chosen offers of each module."""
    names = {
        "manufacturing": {key[0] for key in alliance.flows},
        "logistics": {key[2] for key in alliance.flows},
        "marketing": set(alliance.marketing),
        "quality": set(alliance.quality),
        "customs": set(alliance.customs),
    }
    return {module: [problem.offers[module][i] for i in sorted(names[module])] for module in MODULES}


def _faults(problem: Problem, key: FlowKey, units: int) -> list[str]:
    maker, road = problem.offers["manufacturing"][key[0]], problem.offers["logistics"][key[2]]
    faults = {
        "bucket": units <= 0 or not arrival(problem, key) <= key[3] < problem.horizon,
        "origin": maker["origin"] != road["origin"],
        "exclusive": road["firm"] not in problem.carriers_of.get(maker["firm"], (road["firm"],)),
    }
    return [name for name, broken in faults.items() if broken]


def _amounts(problem: Problem, sums: _Sums, result: Measure) -> None:
    slack, total = result.slack, sums.carried.total()
    for x in sums.rows["manufacturing"]:
        i = x["id"]
        slack["capacity:" + i], slack["stock:" + i] = x["capacity"] - sums.made[i], x["stock"] - sums.taken[i]
        slack["moq:" + i] = sums.output(i) - x["moq"]
    for x in sums.rows["logistics"]:
        slack["lane_capacity:" + x["id"]] = x["capacity"] - sums.carried[x["id"]]
        slack["lane_minimum:" + x["id"]] = sums.carried[x["id"]] - x["min_units"]
    for module, firms in result.firms.items():
        if module in problem.limits["max_firms"]:
            slack["max_firms:" + module] = problem.limits["max_firms"][module] - len(firms)
    units_of: dict[str, Callable[[str], int]] = {
        "manufacturing": sums.output,
        "logistics": sums.carried.__getitem__,
    }
    for module, units in units_of.items():
        share = Counter[str]()
        for x in sums.rows[module]:
            share[x["firm"]] += units(x["id"])
        for firm in result.firms[module]:
            room = problem.limits["max_share_bp"][module] * total - 10000 * share[firm]
            slack[f"max_share:{module}:{firm}"] = room


def _markets(problem: Problem, sums: _Sums, result: Measure) -> None:
    slack, units = result.slack, Counter[str]()
    for (market, bucket), n in sums.sold.items():
        units[market] += n
        if caps := problem.markets[market]["bucket_demand"]:
            slack[f"bucket_demand:{market}:{bucket}"] = caps[bucket] - n
    for i, row in problem.markets.items():
        slack["demand:" + i], slack["min_units:" + i] = row["demand"] - units[i], units[i] - row["min_units"]
        agencies = [x for x in sums.rows["marketing"] if x["market"] == i]
        brokers = [x for x in sums.rows["customs"] if x["market"] == i]
        if units[i]:
            slack["deadline:" + i] = row["deadline"] - sums.last[i]
            slack["reach:" + i] = sum(x["reach"] for x in agencies) - row["min_reach"]
        result.broken += _unserved(row, bool(units[i]), len(agencies), len(brokers))


def _unserved(market: Row, served: bool, agencies: int, brokers: int) -> list[str]:
    if served:
        return [] if brokers or not market["customs_required"] else ["customs"]
    return ["idle"] if agencies or brokers else []


def _people(problem: Problem, sums: _Sums, result: Measure) -> None:
    used = {x["origin"] for x in sums.rows["manufacturing"]}
    inspected = {x["origin"] for x in sums.rows["quality"]}
    persons = {
        module: {problem.firms[f]["legal_person"] for f in result.firms[module]}
        for module in ("manufacturing", "quality")
    }
    faults = {
        "quality": problem.raw["product"]["quality_required"] and not used <= inspected,
        "idle": not inspected <= used,
        "independence": bool(persons["manufacturing"] & persons["quality"]),
        "conflict": _both(problem.raw["conflicts"], result.everyone),
    }
    result.broken += [name for name, broken in faults.items() if broken]


def _both(pairs: list[list[str]], firms: frozenset[str]) -> bool:
    return any(a in firms and b in firms for a, b in pairs)


def _money(problem: Problem, alliance: Alliance, sums: _Sums, result: Measure) -> None:
    rows, everyone, n = sums.rows, result.everyone, sums.carried
    costs = {
        "manufacturing": sum(_cost(x, sums.output(x["id"])) for x in rows["manufacturing"]),
        "logistics": sum(_cost(x, n[x["id"]]) for x in rows["logistics"]),
        **{module: _fees(rows[module]) for module in MODULES[2:]},
        "engagement": sum(problem.firms[f]["engagement_cost"] for f in everyone),
        "holding": _holding(problem, alliance),
    }
    revenue = sum(units * problem.markets[m]["unit_value"][t] for (m, t), units in sums.sold.items())
    bonuses = [bonus for a, b, bonus in problem.raw["synergies"] if {a, b} <= everyone]
    result.breakdown = {"revenue": revenue, **costs, "synergy": sum(bonuses)}
    result.slack["budget"] = problem.limits["budget"] - sum(costs.values())
    result.objective = revenue + sum(bonuses) - sum(costs.values())


def _fees(rows: list[Row]) -> int:
    return sum(int(x["fee"]) for x in rows)


def _cost(offer: Row, units: int) -> int:
    return int(offer["unit_cost"]) * units + int(offer["fixed_cost"])


def _holding(problem: Problem, alliance: Alliance) -> int:
    total = 0
    for key, units in alliance.flows.items():
        market = problem.markets[problem.offers["logistics"][key[2]]["market"]]
        total += units * (key[3] - arrival(problem, key)) * int(market["holding_cost"])
    return total
