"""From whole flows through nodes to parcels: who made what, on which lane, sold when."""

from matching.solver.flows import Flow
from matching.solver.measure import FlowKey
from matching.solver.tables import Array, Tables

Queue = list[list[int]]
Landing = tuple[int, int, int, int, int]


def parcels(tables: Tables, moved: Flow, units: Array) -> dict[FlowKey, int]:
    """Splits whole flows; first come, first sold, which no other order beats: holding is linear."""
    sold: dict[int, Queue] = {}
    for market, bucket, column in zip(moved.sale_market, moved.sale_bucket, moved.sale_column, strict=True):
        sold.setdefault(int(market), []).append([int(bucket), 0, int(units[column])])
    flows: dict[FlowKey, int] = {}
    for market, landings in _landed(tables, moved, units).items():
        for _, offer, stock, lane, taken in sorted(landings):
            maker, road = tables.makers.rows[offer]["id"], tables.lanes.rows[lane]["id"]
            for bucket, _, part in _take(sold[market], taken):
                key = (maker, "stock" if stock else "made", road, bucket)
                flows[key] = flows.get(key, 0) + part
    return flows


def _supply(tables: Tables, moved: Flow, units: Array) -> dict[tuple[int, int], Queue]:
    """Units of each offer by goods and ready bucket."""
    supply: dict[tuple[int, int], Queue] = {}
    for position, is_stock, column in zip(
        moved.piece_maker, moved.piece_stock, moved.piece_column, strict=True
    ):
        offer = int(moved.makers[position])
        ready = 0 if is_stock else int(tables.makers.lead[offer])
        place = (int(tables.makers.goods[offer]), ready)
        supply.setdefault(place, []).append([offer, int(is_stock), int(units[column])])
    return supply


def _landed(tables: Tables, moved: Flow, units: Array) -> dict[int, list[Landing]]:
    """By market: arrival bucket, offer, whether from stock, lane and units."""
    supply, landed = _supply(tables, moved, units), dict[int, list[Landing]]()
    for z, position in enumerate(moved.load_lane):
        lane, ready = int(moved.lanes[position]), int(moved.load_ready[z])
        queue = supply.get((int(moved.load_goods[z]), ready), [])
        arrives = ready + int(tables.lanes.transit[lane])
        here = landed.setdefault(int(tables.lanes.market[lane]), [])
        for offer, stock, taken in _take(queue, int(units[moved.load_column[z]])):
            here.append((arrives, offer, stock, lane, taken))
    return landed


def _take(queue: Queue, wanted: int) -> list[tuple[int, int, int]]:
    """Takes units from the front of a queue of [a, b, units left]."""
    taken = []
    for entry in queue:
        part = min(entry[2], wanted)
        if part > 0:
            entry[2] -= part
            wanted -= part
            taken.append((entry[0], entry[1], part))
    return taken
