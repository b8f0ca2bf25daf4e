"""A first team, fast: repeatedly the way to sell that earns most on top of what is chosen."""

import numpy as np

from matching.solver.edges import Edges
from matching.solver.tables import Array, Tables
from matching.solver.team import Team


class Greedy:
    """Units used so far; `grow` adds the best edge until none earns."""

    def __init__(self, tables: Tables, found: Edges, fees: tuple[Array, Array], part: float = 1.0) -> None:
        """`fees` open markets and origins; `part` of the demand is what the shares of firms are reckoned on."""
        self.tables, self.edges = tables, found
        self.market_fee, self.origin_fee = fees[0].copy(), fees[1].copy()
        self.maker_fixed = tables.makers.fixed.astype(float)
        self.lane_fixed = tables.lanes.fixed.astype(float)
        self.engagement = tables.engagement.astype(float)
        makers, lanes = tables.makers, tables.lanes
        room = np.minimum(makers.stock + makers.made, part * makers.most)
        self.maker_room = np.maximum(room, makers.least).astype(float)
        share = part * tables.problem.share_cap("logistics")
        self.lane_room = np.maximum(np.minimum(lanes.most, share), lanes.least).astype(float)
        self.market_room = tables.demand.astype(float)
        self.bucket_room = np.minimum(tables.bucket_cap, tables.demand[:, None]).astype(float)
        self.edge_room = found.room.copy()
        self.maker_least = tables.makers.least.astype(float)
        self.lane_least = tables.lanes.least.astype(float)
        self.barred = np.zeros(len(tables.firm_ids), dtype=bool)
        self.barred[[tables.firm_number[a] for a, b in tables.problem.raw["conflicts"] if a == b]] = True
        self.crew: dict[str, set[int]] = {"manufacturing": set(), "logistics": set()}
        self.team: set[tuple[int, int]] = set()

    def grow(self) -> Team:
        """Adds edges while one earns more than it costs."""
        while len(self.edges.maker) and len(self.team) < 200:
            gain, units = self._gains()
            best = int(np.argmax(gain))
            if gain[best] <= 0:
                break
            self.take(best, float(units[best]))
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

    def take(self, n: int, units: float) -> None:
        """Moves units along one edge: what it opens is paid, what it uses is gone."""
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
