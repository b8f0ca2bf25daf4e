"""How many days pass beside making and carrying, from the blueprint's own task table. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from matching.blueprint import Days, Route, Slot, TaskSpec, critical_path, graph, retimed

MANDATORY = (
    Slot.MAKER, Slot.QUALITY, Slot.FORWARDER, Slot.EXPORT_BROKER, Slot.IMPORT_BROKER, Slot.LAST_MILE,
    Slot.LISTING, Slot.CREATIVE, Slot.CREATORS, Slot.ADS, Slot.SELLER, Slot.IMPORTER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Learned:
    """Days that tasks took in alliances, as an operator adopted them; they go before those of the blueprint."""

    rows: tuple[tuple[str, str, Days], ...] = ()  # route, task, days

    def of(self, route: Route) -> dict[str, Days]:
        return {code: days for name, code, days in self.rows if name == route}


NOTHING = Learned()


@dataclass(frozen=True, slots=True)
class Overheads:
    """Expected days of a route beside the lot itself and the line-haul."""

    before_departure: float  # from the start until the line-haul, without the days of the lot
    before_lot: float  # from the start until the lot can begin; 0 for stock
    after_arrival: float  # from the end of the line-haul until the first unit can be dispatched


def expected(tasks: Iterable[TaskSpec]) -> dict[str, float]:
    """The mean of each task's days, by code: plans by the likely days alone are hardly ever on time."""
    return {task.code: (task.days.low + 4 * task.days.likely + task.days.high) / 6 for task in tasks}


@lru_cache(maxsize=256)
def overheads(route: Route, learned: Learned = NOTHING, *, has_warehouse: bool = False) -> Overheads:
    """The overheads of a route, with or without a warehouse in the market."""
    slots = (*MANDATORY, Slot.WAREHOUSE) if has_warehouse else MANDATORY
    tasks = retimed(graph(route, slots), learned.of(route))
    days = expected(tasks)
    lot = days.get("M6", 0.0)
    schedule = critical_path(tasks, days)
    begins = schedule["M6"].start if "M6" in days else 0.0
    landed = schedule["L4"].finish
    after = sum(days.get(code, 0.0) for code in ("L5", "L6"))
    return Overheads(landed - days["L4"] - lot, begins, after)
