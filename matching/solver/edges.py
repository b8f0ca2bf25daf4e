"""Ways to sell a unit: from a maker offer, at once or when made, over a lane."""

from dataclasses import dataclass

import numpy as np

from matching.solver.tables import Array, Tables

KEPT = 4000


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Columns of the ways, the most promising first; `margin` is per unit, `room` in units."""

    maker: Array
    lane: Array
    market: Array
    bucket: Array
    margin: Array
    room: Array


def edges(tables: Tables, most: int | None = KEPT) -> Edges:
    """The most promising ways, by profit when each is used alone; all of them without a number."""
    m, n = tables.makers, tables.lanes
    parts = [np.zeros((7, 0))]
    for ready, room in ((0 * m.lead, m.stock), (m.lead, m.made)):
        have = np.flatnonzero(room > 0)
        order = have[np.argsort(m.goods[have], kind="stable")]
        starts = np.searchsorted(m.goods[order], np.arange(len(tables.goods) + 1))
        for k in np.unique(n.pair_goods):
            offers, pairs = order[starts[k] : starts[k + 1]], np.flatnonzero(n.pair_goods == k)
            parts.append(_ways(tables, offers, pairs, ready[offers], room[offers]))
    columns = np.concatenate(parts, axis=1)
    best = np.argsort(-columns[6], kind="stable")[:most]
    maker, lane, market, bucket = (columns[k][best].astype(int) for k in range(4))
    return Edges(maker, lane, market, bucket, columns[4][best], columns[5][best])


def _ways(tables: Tables, offers: Array, pairs: Array, ready: Array, room: Array) -> Array:
    """Rows offer, lane, market, bucket, margin, room and profit alone, for those that earn."""
    m, n = tables.makers, tables.lanes
    lane = n.pair_lane[pairs][:, None]
    usable = n.open_at[pairs][:, ready]
    bucket = np.where(usable, ready + n.transit[lane], 0)
    market = n.market[lane]
    margin = (tables.value[market, bucket] - m.unit[offers] - n.unit[lane]).astype(float)
    space = np.minimum(np.minimum(room, m.most), n.most[lane]).astype(float)
    alone = margin * space - m.fixed[offers].astype(float) - n.fixed[lane].astype(float)
    row, column = np.nonzero(usable & (alone > 0))
    kept = (alone[row, column], space[row, column], margin[row, column], bucket[row, column])
    ends = np.array([offers[column], lane[row, 0], market[row, 0], kept[3]], dtype=float)
    return np.concatenate([ends, np.array([kept[2], kept[1], kept[0]])])
