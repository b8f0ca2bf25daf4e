"""One alliance measured in exact integers: objective, breakdown, slack, firms and every rule that it breaks."""

from collections import Counter
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
    result.broken += [name for name, room in result.slack.items() if room < 0]
    return result


def _add_up(problem: Problem, alliance: Alliance, result: Measure) -> _Sums:
    made, taken, carried = Counter[str](), Counter[str](), Counter[str]()
    sold, last = Counter[tuple[str, int]](), dict[str, int]()
    for key, units in alliance.flows.items():
        offer, source, lane, bucket = key
        maker, road = problem.offers["manufacturing"][offer], problem.offers["logistics"][lane]
        arrives = arrival(problem, key)
        if not arrives <= bucket < problem.horizon or units <= 0:
            result.broken.append("bucket")
        if maker["origin"] != road["origin"]:
            result.broken.append("origin")
        if road["firm"] not in problem.carriers_of.get(maker["firm"], (road["firm"],)):
            result.broken.append("exclusive")
        (made if source == "made" else taken)[offer] += units
        carried[lane] += units
        sold[road["market"], bucket] += units
        last[road["market"]] = max(arrives, last.get(road["market"], 0))
    names = {
        "manufacturing": {*made, *taken},
        "logistics": set(carried),
        "marketing": set(alliance.marketing),
        "quality": set(alliance.quality),
        "customs": set(alliance.customs),
    }
    rows = {module: [problem.offers[module][i] for i in sorted(names[module])] for module in MODULES}
    result.broken += ["filter" for module in MODULES for x in rows[module] if problem.failures[x["id"]]]
    return _Sums(made, taken, carried, sold, last, rows)


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
    for module, units in (("manufacturing", sums.output), ("logistics", sums.carried.__getitem__)):
        share = Counter[str]()
        for x in sums.rows[module]:
            share[x["firm"]] += units(x["id"])
        for firm in result.firms[module]:
            room = problem.limits["max_share_bp"][module] * total - 10000 * share[firm]
            slack[f"max_share:{module}:{firm}"] = room


def _markets(problem: Problem, sums: _Sums, result: Measure) -> None:
    slack, units = result.slack, Counter[str]()
    for (market, _), n in sums.sold.items():
        units[market] += n
    for i, market in problem.markets.items():
        slack["demand:" + i], slack["min_units:" + i] = (
            market["demand"] - units[i],
            units[i] - market["min_units"],
        )
        if market["bucket_demand"]:
            slack.update(
                {
                    f"bucket_demand:{m}:{t}": market["bucket_demand"][t] - n
                    for (m, t), n in sums.sold.items()
                    if m == i
                }
            )
        agencies = [x for x in sums.rows["marketing"] if x["market"] == i]
        brokers = [x for x in sums.rows["customs"] if x["market"] == i]
        if units[i]:
            slack["deadline:" + i] = market["deadline"] - sums.last[i]
            slack["reach:" + i] = sum(x["reach"] for x in agencies) - market["min_reach"]
            result.broken += ["customs"] * (market["customs_required"] and not brokers)
        elif agencies or brokers:
            result.broken.append("idle")


def _people(problem: Problem, sums: _Sums, result: Measure) -> None:
    used = {x["origin"] for x in sums.rows["manufacturing"]}
    inspected = {x["origin"] for x in sums.rows["quality"]}
    if problem.raw["product"]["quality_required"] and used - inspected:
        result.broken.append("quality")
    if inspected - used:
        result.broken.append("idle")
    makers = {problem.firms[f]["legal_person"] for f in result.firms["manufacturing"]}
    if any(problem.firms[f]["legal_person"] in makers for f in result.firms["quality"]):
        result.broken.append("independence")
    everyone = result.everyone
    if any(a in everyone and b in everyone for a, b in problem.raw["conflicts"]):
        result.broken.append("conflict")


def _money(problem: Problem, alliance: Alliance, sums: _Sums, result: Measure) -> None:
    revenue = holding = 0
    for key, units in alliance.flows.items():
        market = problem.markets[problem.offers["logistics"][key[2]]["market"]]
        revenue += units * market["unit_value"][key[3]]
        holding += units * (key[3] - arrival(problem, key)) * market["holding_cost"]
    rows, everyone = sums.rows, result.everyone
    costs = {
        "manufacturing": sum(
            x["unit_cost"] * sums.output(x["id"]) + x["fixed_cost"] for x in rows["manufacturing"]
        ),
        "logistics": sum(x["unit_cost"] * sums.carried[x["id"]] + x["fixed_cost"] for x in rows["logistics"]),
        **{module: sum(x["fee"] for x in rows[module]) for module in MODULES[2:]},
        "engagement": sum(problem.firms[f]["engagement_cost"] for f in everyone),
        "holding": holding,
    }
    synergy = sum(bonus for a, b, bonus in problem.raw["synergies"] if a in everyone and b in everyone)
    spent = sum(costs.values())
    result.breakdown = {"revenue": revenue, **costs, "synergy": synergy}
    result.slack["budget"] = problem.limits["budget"] - spent
    result.objective = revenue + synergy - spent
