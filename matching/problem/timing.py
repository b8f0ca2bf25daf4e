"""How many days pass beside making and carrying, from the blueprint's own task table. Pure."""

from dataclasses import dataclass
from functools import cache

from matching.blueprint import Route, Slot, critical_path, graph

MANDATORY = (
    Slot.MAKER, Slot.QUALITY, Slot.FORWARDER, Slot.EXPORT_BROKER, Slot.IMPORT_BROKER, Slot.LAST_MILE,
    Slot.LISTING, Slot.CREATIVE, Slot.CREATORS, Slot.ADS, Slot.SELLER, Slot.IMPORTER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overheads:
    """Likely days of a route beside the lot itself and the line-haul."""

    before_departure: float  # from the start until the line-haul, without the days of the lot
    before_lot: float  # from the start until the lot can begin; 0 for stock
    after_arrival: float  # from the end of the line-haul until the first unit can be dispatched


@cache
def overheads(route: Route, *, has_warehouse: bool = False) -> Overheads:
    """The overheads of a route, with or without a warehouse in the market."""
    slots = (*MANDATORY, Slot.WAREHOUSE) if has_warehouse else MANDATORY
    tasks = graph(route, slots)
    days = {task.code: task.days.likely for task in tasks}
    lot = days.get("M6", 0.0)
    schedule = critical_path(tasks, days)
    begins = schedule["M6"].start if "M6" in days else 0.0
    landed = schedule["L4"].finish
    after = sum(days.get(code, 0.0) for code in ("L5", "L6"))
    return Overheads(landed - days["L4"] - lot, begins, after)
