"""A judge of plans of its own: written from the specification, sharing no code with the solver."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

MODULES = ("manufacturing", "logistics", "marketing", "quality", "customs")
Row = dict[str, Any]


class Judge:
    """Recomputes a plan of one problem; `faults` lists what is wrong with it."""

    def __init__(self, problem: Row) -> None:
        self.p, self.h, self.limits = problem, problem["horizon"], problem["limits"]
        self.firm = {f["id"]: f for f in problem["firms"]}
        self.market = {m["id"]: m for m in problem["markets"]}
        self.offer = {x["id"]: {**x, "module": m} for m in MODULES for x in problem[m]}
        self.bound_to: dict[str, set[str]] = defaultdict(set)
        for maker, carrier in problem["exclusives"]:
            self.bound_to[maker].add(carrier)

    def passes(self, offer: Row) -> bool:
        firm, module = self.firm[offer["firm"]], offer["module"]
        market = self.market.get(offer.get("market", ""), {})
        return (
            firm["trust"] >= self.limits["min_trust"]
            and firm["jurisdiction"] not in self.limits["excluded_jurisdictions"]
            and (module != "manufacturing" or self.p["product"]["hs6"] in offer["competencies"])
            and (module != "logistics" or offer["supervision_mode"] in market["supervision_modes"])
            and (module != "marketing" or offer["language"] in market["languages"])
        )

    def faults(self, body: Row) -> list[str]:
        bad: list[str] = []
        chosen = {x[k] for x in body["flows"] for k in ("offer", "lane")}
        chosen |= {i for m in MODULES[2:] for i in body[m]}
        offers = [self.offer[i] for i in chosen]
        bad += ["filter" for x in offers if not self.passes(x)]
        firms = {m: sorted({x["firm"] for x in offers if x["module"] == m}) for m in MODULES}
        everyone = {f for group in firms.values() for f in group}
        bad += ["firms"] * (body["firms"] != firms)
        bad += ["max_firms" for m, k in self.limits["max_firms"].items() if len(firms[m]) > k]
        bad += ["conflict" for a, b in self.p["conflicts"] if a in everyone and b in everyone]
        bad += self._flow_faults(body["flows"])
        bad += self._service_faults(body, offers)
        worth, cost = self._worth(body["flows"], offers, everyone)
        bad += ["budget"] * (cost > self.limits["budget"]) + ["objective"] * (worth != body["objective"])
        return bad

    def _flow_faults(self, flows: list[Row]) -> list[str]:
        bad: list[str] = []
        n: dict[tuple[str, ...], int] = defaultdict(int)
        for x in flows:
            maker, lane = self.offer[x["offer"]], self.offer[x["lane"]]
            arrival = (maker["lead_time"] if x["source"] == "made" else 0) + lane[
                "transit_" + self.p["transit_basis"]
            ]
            market = self.market[lane["market"]]
            bad += ["arrival"] * (arrival != x["arrival"] or x["market"] != lane["market"] or x["units"] <= 0)
            bad += ["bucket"] * (not arrival <= x["bucket"] < self.h) + ["deadline"] * (
                arrival > market["deadline"]
            )
            bad += ["origin"] * (maker["origin"] != lane["origin"])
            allowed = self.bound_to.get(maker["firm"])
            bad += ["exclusive"] * (allowed is not None and lane["firm"] not in allowed)
            for key in (
                (x["offer"],),
                (x["offer"], x["source"]),
                (x["lane"],),
                ("m", lane["market"]),
                ("all",),
                ("t", lane["market"], str(x["bucket"])),
                ("M", maker["firm"]),
                ("L", lane["firm"]),
            ):
                n[key] += x["units"]
        for x in (self.offer[i] for i in {f["offer"] for f in flows}):
            bad += ["moq"] * (n[x["id"],] < x["moq"]) + ["capacity"] * (n[x["id"], "made"] > x["capacity"])
            bad += ["stock"] * (n[x["id"], "stock"] > x["stock"])
            bad += ["share"] * (
                10000 * n["M", x["firm"]] > self.limits["max_share_bp"]["manufacturing"] * n["all",]
            )
        for x in (self.offer[i] for i in {f["lane"] for f in flows}):
            bad += ["lane"] * (not x["min_units"] <= n[x["id"],] <= x["capacity"])
            bad += ["share"] * (
                10000 * n["L", x["firm"]] > self.limits["max_share_bp"]["logistics"] * n["all",]
            )
        for i, m in self.market.items():
            bad += ["demand"] * (not m["min_units"] <= n["m", i] <= m["demand"])
            caps = m["bucket_demand"] or [m["demand"]] * self.h
            bad += ["bucket_demand" for t in range(self.h) if n["t", i, str(t)] > caps[t]]
        return bad

    def _service_faults(self, body: Row, offers: list[Row]) -> list[str]:
        bad: list[str] = []
        served = {x["market"] for x in body["flows"]}
        used = {self.offer[x["offer"]]["origin"] for x in body["flows"]}
        for i, m in self.market.items():
            reach = sum(x["reach"] for x in offers if x["module"] == "marketing" and x["market"] == i)
            brokers = [x for x in offers if x["module"] == "customs" and x["market"] == i]
            bad += ["reach"] * (i in served and reach < m["min_reach"])
            bad += ["customs"] * (i in served and m["customs_required"] and not brokers)
        bad += [
            "idle" for x in offers if x["module"] in ("marketing", "customs") and x["market"] not in served
        ]
        inspected = {x["origin"] for x in offers if x["module"] == "quality"}
        bad += ["quality"] * (self.p["product"]["quality_required"] and bool(used - inspected))
        bad += ["idle"] * bool(inspected - used)
        person = {
            m: {self.firm[x["firm"]]["legal_person"] for x in offers if x["module"] == m} for m in MODULES
        }
        return bad + ["independence"] * bool(person["quality"] & person["manufacturing"])

    def _worth(self, flows: list[Row], offers: list[Row], everyone: set[str]) -> tuple[int, int]:
        cost = sum(x.get("fixed_cost", 0) + x.get("fee", 0) for x in offers)
        cost += sum(self.firm[f]["engagement_cost"] for f in everyone)
        income = sum(s for a, b, s in self.p["synergies"] if a in everyone and b in everyone)
        for x in flows:
            market = self.market[x["market"]]
            cost += x["units"] * (
                self.offer[x["offer"]]["unit_cost"]
                + self.offer[x["lane"]]["unit_cost"]
                + (x["bucket"] - x["arrival"]) * market["holding_cost"]
            )
            income += x["units"] * market["unit_value"][x["bucket"]]
        return income - cost, cost

    def bound(self, cert: Row) -> int:
        """The proven bound of a certificate, in minor units."""
        return Certificate(self, cert).total() // 10000


class Certificate:
    """Section 6 of the specification, one offer at a time."""

    def __init__(self, judge: Judge, cert: Row) -> None:
        self.j, self.c, self.w = judge, cert, 10000 + cert["budget_price_bp"]
        self.eligible = [x for x in judge.offer.values() if judge.passes(x)]
        self.demand = sum(m["demand"] for m in judge.market.values())
        self.ready: dict[str, set[int]] = defaultdict(set)

    def goods(self, x: Row) -> str:
        bound = self.j.bound_to.get(x["firm"])
        return x["origin"] + ("|" + ",".join(sorted(bound)) if bound else "")

    def most(self, module: str) -> int:
        return self.j.limits["max_share_bp"][module] * self.demand // 10000

    def lam(self, x: Row) -> int:
        return self.c["share_price"].get(x["module"], {}).get(x["firm"], 0)

    def fee(self, x: Row) -> int:
        modules = [y["module"] for y in self.eligible if y["firm"] == x["firm"]]
        engaged = self.w * self.j.firm[x["firm"]]["engagement_cost"] // len(modules)
        return self.w * x["fee"] + (0 if {"manufacturing", "logistics"} & set(modules) else engaged)

    def maker(self, x: Row) -> int | None:
        price = self.c["origin_price"].get(self.goods(x), [0] * self.j.h)
        pieces = [(t, n) for t, n in ((0, x["stock"]), (x["lead_time"], x["capacity"])) if n and t < self.j.h]
        profit = [(price[t] - self.w * x["unit_cost"] - self.lam(x), n) for t, n in pieces]
        value = filled(profit, max(1, x["moq"]), self.most("manufacturing"))
        if value is None:
            return None
        self.ready[self.goods(x)] |= {t for t, _ in pieces}
        return value - self.w * x["fixed_cost"] - self.c["quality_charge"].get(x["id"], 0)

    def lane(self, x: Row) -> int | None:
        m, d = self.j.market[x["market"]], x["transit_" + self.j.p["transit_basis"]]
        landed = self.c["landed_price"].get(x["market"], [0] * self.j.h)
        profit = []
        for goods, buckets in self.ready.items():
            origin, _, only = goods.partition("|")
            if origin == x["origin"] and (not only or x["firm"] in only.split(",")):
                price = self.c["origin_price"].get(goods, [0] * self.j.h)
                profit += [
                    landed[t + d] - price[t] for t in buckets if t + d <= min(m["deadline"], self.j.h - 1)
                ]
        if not profit:
            return None
        unit = max(profit) - self.w * x["unit_cost"] - self.lam(x)
        value = filled(
            [(unit, min(x["capacity"], m["demand"]))], max(1, x["min_units"]), self.most("logistics")
        )
        return None if value is None else value - self.w * x["fixed_cost"]

    def total(self) -> int:
        by = {m: [x for x in self.eligible if x["module"] == m] for m in MODULES}
        values = {x["id"]: self.maker(x) for x in by["manufacturing"]}
        values |= {x["id"]: self.lane(x) for x in by["logistics"]}
        self.values = {i: v for i, v in values.items() if v is not None}
        sums = self.c["budget_price_bp"] * self.j.limits["budget"] + self.inspection(by)
        sums += sum(self.best_firms(m, by[m]) for m in MODULES)
        return sums + sum(self.sales(m, by) for m in self.j.p["markets"])

    def inspection(self, by: dict[str, list[Row]]) -> int:
        total = 0
        for origin in {x["origin"] for x in by["manufacturing"]}:
            live = [x["id"] for x in by["manufacturing"] if x["origin"] == origin and x["id"] in self.values]
            paid = sum(self.c["quality_charge"].get(i, 0) for i in live)
            fees = [self.fee(q) for q in by["quality"] if q["origin"] == origin]
            total += max(0, paid - min(fees)) if fees else 0
        return total

    def best_firms(self, module: str, offers: list[Row]) -> int:
        gains: dict[str, int] = {}
        for x in offers:
            if module in MODULES[2:] or x["id"] in self.values:
                gains[x["firm"]] = gains.get(x["firm"], 0) + max(0, self.values.get(x["id"], 0))
        for f in gains:
            for (a, b, s), part in zip(self.j.p["synergies"], self.c["synergy_split"], strict=True):
                gains[f] += part * (a == f) + (10000 * s - part) * (b == f)
            modules = [y["module"] for y in self.eligible if y["firm"] == f and y["module"] in MODULES[:2]]
            gains[f] -= self.w * self.j.firm[f]["engagement_cost"] * (bool(modules) and modules[0] == module)
        return sum(
            sorted((max(0, g) for g in gains.values()), reverse=True)[
                : self.j.limits["max_firms"].get(module)
            ]
        )

    def sales(self, m: Row, by: dict[str, list[Row]]) -> int:
        credit = sum(
            -(-sum(self.c["share_price"].get(x, {}).values()) * bp // 10000)
            for x, bp in self.j.limits["max_share_bp"].items()
        )
        landed, cut = self.c["landed_price"].get(m["id"], [0] * self.j.h), min(m["deadline"], self.j.h - 1)
        caps = m["bucket_demand"] or [m["demand"]] * self.j.h
        rows = [
            (
                10000 * m["unit_value"][t]
                + credit
                - min(landed[a] + self.w * m["holding_cost"] * (t - a) for a in range(min(t, cut) + 1)),
                caps[t],
            )
            for t in range(self.j.h)
        ]
        need, spend, goal = m["min_reach"], 0, m["min_reach"]
        agencies = [x for x in by["marketing"] if x["market"] == m["id"] and x["reach"]]
        for x in sorted(agencies, key=lambda x: Fraction(self.fee(x), min(x["reach"], goal or 1))):
            part = min(need, x["reach"], goal)
            spend, need = spend + self.fee(x) * part // max(1, min(x["reach"], goal)), need - part
        brokers = [self.fee(x) for x in by["customs"] if x["market"] == m["id"]]
        spend += min(brokers, default=0) if m["customs_required"] else 0
        return 0 if need > 0 else max(0, (filled(rows, 0, m["demand"]) or 0) - spend)


def filled(pieces: list[tuple[int, int]], low: int, high: int) -> int | None:
    """Largest profit of between `low` and `high` units, or None when there are too few."""
    if min(high, sum(n for _, n in pieces)) < low:
        return None
    value = n = 0
    for profit, room in sorted(pieces, reverse=True):
        units = min(room, high - n) if profit > 0 else max(0, min(room, low - n))
        value, n = value + profit * units, n + units
    return value
