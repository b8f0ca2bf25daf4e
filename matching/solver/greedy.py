"""A first team, fast: repeatedly the pair of a maker and a lane that earns most on top of what is chosen."""

from dataclasses import dataclass

import numpy as np

from matching.solver.tables import Array, Tables
from matching.solver.team import Team

KEPT = 4000


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Ways to sell: units of a maker offer, ready at once or when made, over a lane, with their margin per unit."""

    maker: Array
    lane: Array
    market: Array
    bucket: Array
    margin: Array
    room: Array


def edges(tables: Tables) -> Edges:
    """The most promising ways, by profit when each is used alone."""
    m, n = tables.makers, tables.lanes
    by_goods = [np.flatnonzero(m.goods == k) for k in range(len(tables.goods))]
    parts = [np.zeros((7, 0))]
    for p, lane in enumerate(n.pair_lane):
        offers = by_goods[n.pair_goods[p]]
        for ready, room in ((0 * m.lead[offers], m.stock[offers]), (m.lead[offers], m.made[offers])):
            usable = (room > 0) & n.open_at[p, ready]
            parts.append(_pair_edges(tables, int(lane), offers[usable], ready[usable], room[usable]))
    columns = np.concatenate(parts, axis=1)
    best = np.argsort(-columns[6], kind="stable")[:KEPT]
    best = best[columns[6][best] > 0]
    maker, lane, market, bucket = (columns[k][best].astype(int) for k in range(4))
    return Edges(maker, lane, market, bucket, columns[4][best], columns[5][best])


def _pair_edges(tables: Tables, lane: int, offers: Array, ready: Array, room: Array) -> Array:
    """Rows: offer, lane, market, bucket, margin, room and profit alone."""
    m, n = tables.makers, tables.lanes
    market, bucket = int(n.market[lane]), ready + n.transit[lane]
    margin = (tables.value[market, bucket] - m.unit[offers] - n.unit[lane]).astype(float)
    room = np.minimum(np.minimum(room, m.most), n.most[lane]).astype(float)
    alone = margin * room - m.fixed[offers].astype(float) - float(n.fixed[lane])
    same = np.ones(len(offers))
    return np.array([offers, lane * same, market * same, bucket, margin, room, alone], dtype=float)


class Greedy:
    """Units used so far; `grow` adds the best edge until none earns."""

    def __init__(self, tables: Tables, found: Edges, market_fee: Array, origin_fee: Array) -> None:
        self.tables, self.edges = tables, found
        self.market_fee, self.origin_fee = market_fee.copy(), origin_fee.copy()
        self.maker_fixed = tables.makers.fixed.astype(float)
        self.lane_fixed = tables.lanes.fixed.astype(float)
        self.engagement = tables.engagement.astype(float)
        self.maker_room = np.minimum(tables.makers.stock + tables.makers.made, tables.makers.most).astype(
            float
        )
        self.lane_room = tables.lanes.most.astype(float)
        self.market_room = tables.demand.astype(float)
        self.bucket_room = np.minimum(tables.bucket_cap, tables.demand[:, None]).astype(float)
        self.edge_room = found.room.copy()
        self.maker_least = tables.makers.least.astype(float)
        self.lane_least = tables.lanes.least.astype(float)
        self.barred = np.zeros(len(tables.firm_ids), dtype=bool)
        self.crew: dict[str, set[int]] = {"manufacturing": set(), "logistics": set()}
        self.team: set[tuple[int, int]] = set()

    def grow(self) -> Team:
        """Adds edges while one earns more than it costs."""
        while len(self.edges.maker) and len(self.team) < 200:
            gain, units = self._gains()
            best = int(np.argmax(gain))
            if gain[best] <= 0:
                break
            self._take(best, float(units[best]))
        return Team(tuple(sorted({i for i, _ in self.team})), tuple(sorted({j for _, j in self.team})))

    def _gains(self) -> tuple[Array, Array]:
        e, t = self.edges, self.tables
        maker_firm, lane_firm = t.makers.firm[e.maker], t.lanes.firm[e.lane]
        units = np.minimum.reduce(
            [
                self.edge_room,
                self.maker_room[e.maker],
                self.lane_room[e.lane],
                self.market_room[e.market],
                self.bucket_room[e.market, e.bucket],
            ]
        )
        cost = (
            self.maker_fixed[e.maker]
            + self.lane_fixed[e.lane]
            + self.engagement[maker_firm]
            + self.engagement[lane_firm]
            + self.market_fee[e.market]
            + self.origin_fee[t.makers.origin[e.maker]]
        )
        bad = self.barred[maker_firm] | self.barred[lane_firm] | (units < 1)
        bad |= (units < self.maker_least[e.maker]) | (units < self.lane_least[e.lane])
        for module, firms in (("manufacturing", maker_firm), ("logistics", lane_firm)):
            if len(self.crew[module]) >= t.quota(module):
                bad |= ~np.isin(firms, list(self.crew[module]))
        return np.where(bad, -1.0, units * e.margin - cost), units

    def _take(self, n: int, units: float) -> None:
        e, t = self.edges, self.tables
        maker, lane, market = int(e.maker[n]), int(e.lane[n]), int(e.market[n])
        for room, place in (
            (self.edge_room, n),
            (self.maker_room, maker),
            (self.lane_room, lane),
            (self.market_room, market),
        ):
            room[place] -= units
        self.bucket_room[market, e.bucket[n]] -= units
        self.maker_fixed[maker] = self.lane_fixed[lane] = self.market_fee[market] = 0.0
        self.maker_least[maker] = self.lane_least[lane] = 0.0
        self.origin_fee[t.makers.origin[maker]] = 0.0
        self.team.add((maker, lane))
        for module, firm in (
            ("manufacturing", int(t.makers.firm[maker])),
            ("logistics", int(t.lanes.firm[lane])),
        ):
            self.engagement[firm] = 0.0
            self.crew[module].add(firm)
            self._bar_foes(firm)

    def _bar_foes(self, firm: int) -> None:
        name = self.tables.firm_ids[firm]
        for a, b in self.tables.problem.raw["conflicts"]:
            if name in (a, b):
                self.barred[self.tables.firm_number[b if name == a else a]] = True
