"""The task table of a viral product (source: domain.md, "Tasks of a viral product, by route")."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from matching.blueprint.slots import EU, Route, Slot


@dataclass(frozen=True)
class Days:
    """A duration in days, as three points."""

    low: float  # as short as it can be
    likely: float  # most likely
    high: float  # as long as it may take

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.likely <= self.high:
            raise ValueError(f"Days must rise: {self.low}, {self.likely}, {self.high}.")


@dataclass(frozen=True)
class TaskSpec:
    """A task as the plan knows it, before firms hold the seats."""

    code: str  # short name, unique in the graph
    title: str  # what is done, in English
    slots: tuple[Slot, ...]  # who does it; the first one answers for it
    after: tuple[str, ...]  # codes of the tasks that must be finished before
    days: Days  # how long it takes
    routes: str = "ABC"  # routes that need it
    assumed: bool = False  # the days are a guess, to be re-estimated from the platform's own events
    stand_in: Slot | None = None  # does it where the plan has no such slot; None: then there is no such task
    mandatory: bool = True  # must be finished before the alliance may end
    unit: str = ""  # progress is counted in this unit; empty: done or not done

    @property
    def slot(self) -> Slot:
        return self.slots[0]

    @property
    def is_milestone(self) -> bool:
        return self.days.high == 0


def _task(
    code: str, title: str, slots: str, after: str, days: tuple[float, float, float],
    routes: str = "ABC",
    *, assumed: bool = False, stand_in: Slot | None = None, mandatory: bool = True, unit: str = "",
) -> TaskSpec:  # fmt: skip
    who = tuple(Slot(slot) for slot in slots.split())
    return TaskSpec(
        code, title, who, tuple(after.split()), Days(*days), routes, assumed, stand_in, mandatory, unit
    )


# fmt: off
TASKS: tuple[TaskSpec, ...] = (
    _task("M1", "Freeze specification and bill of materials", "maker", "", (.1, .5, 2), "BC", assumed=True),
    _task("M1A", "Allocate finished stock", "maker", "", (.04, .2, 1), "A", assumed=True),
    _task("M2", "Source sample material", "maker", "M1", (1, 2, 3), "BC"),
    _task("M3", "Make pre-production sample", "maker", "M2", (2, 3, 4), "BC"),
    _task("M4", "Approve sample: go or no-go", "quality", "M3", (.2, 1, 3), "BC", assumed=True),
    _task("M5", "Buy bulk material", "maker", "M4", (7, 10, 14), "C"),
    _task("M6", "Produce the pilot lot", "maker", "M4", (3, 5, 7), "B", unit="unit"),
    _task("M6", "Produce the bulk lot", "maker", "M5", (7, 15, 35), "C", unit="unit"),
    _task("M7", "Packaging, labels, GTIN", "part_maker", "M1", (1, 3, 7), "BC", assumed=True,
          stand_in=Slot.MAKER),
    _task("M8", "Pre-shipment inspection", "quality", "M6 M7 M1A", (.2, 1, 2), assumed=True),
    _task("L1", "Book line-haul", "forwarder", "M4 M1A", (.1, 1, 3), assumed=True),
    _task("L2", "Pick up and consolidate", "forwarder", "M8 L1", (.5, 1, 2)),
    _task("L3D", "Export documents and supervision mode", "export_broker", "L1", (.2, 1, 3)),
    _task("L3", "Export release", "export_broker", "L2 L3D", (.02, .05, 2)),
    _task("L4", "Line-haul by air", "forwarder", "L3", (1, 2, 4.5), "AB"),
    _task("L4", "Line-haul by sea", "forwarder", "L3", (14, 16, 18), "C"),
    _task("L5", "Import clearance", "import_broker", "L4", (.5, 1.5, 10)),
    _task("L6", "Into the overseas warehouse", "warehouse", "L5", (1, 2, 4), "BC", assumed=True),
    _task("L7", "Activate last mile", "last_mile", "L1", (.1, .5, 2), assumed=True),
    _task("K1", "Photos and video", "creative", "M3 M1A", (.5, 1, 3), assumed=True, stand_in=Slot.LISTING),
    _task("K2", "Listing localised, claims checked, priced", "listing", "K1", (.2, 1, 3), assumed=True),
    _task("K3", "Shortlist and invite creators", "creators", "M1 M1A", (.2, 1, 4), assumed=True),
    _task("K4", "Ship samples to creators", "creators", "K3 M3 M1A", (2, 4, 5)),
    _task("K5", "First creator videos live", "creators", "K4 K2", (1, 4, 10)),
    _task("K6", "Live-stream rehearsed and scheduled", "live", "K2", (.5, 1, 3), assumed=True,
          mandatory=False),
    _task("K7", "First campaign in review", "ads", "K2", (.2, 1, 3), assumed=True),
    _task("S1", "Sellable", "listing", "K2 L7 M8 L1", (0, 0, 0), stand_in=Slot.SELLER),
    _task("S2", "First unit dispatchable", "last_mile", "L5 L6 K2 L7", (0, 0, 0), stand_in=Slot.SELLER),
    _task("S3", "Sell until the target or the end date", "seller", "S1 S2", (7, 21, 60), assumed=True,
          unit="unit"),
    _task("D1", "Decide: replenish or stop", "coordinator", "S2 K5 K7", (.1, 1, 3), assumed=True,
          stand_in=Slot.SELLER),
    _task("E1", "Stop listings and ads", "listing ads", "S3 D1", (.1, .5, 1), assumed=True,
          stand_in=Slot.SELLER),
    _task("E2", "Return window over, returns handled", "seller warehouse", "S3", (14, 30, 45), assumed=True),
    _task("E3", "Marketplace pay-out reconciled", "seller", "S3", (7, 14, 21), assumed=True),
    _task("E4", "Left-over stock assigned, returned or written off", "warehouse", "E1", (.2, 2, 7),
          assumed=True, stand_in=Slot.SELLER, unit="unit"),
)
# fmt: on

SEA_TO_EUROPE = Days(30, 37, 45)  # port to port; the table's sea leg is to the US West Coast (assumed)


def graph(route: Route, slots: Iterable[Slot], *, market_country: str = "") -> tuple[TaskSpec, ...]:
    """The tasks of a route for a plan that has these slots.

    A task whose slot is missing goes to its stand-in; without one it is dropped, and whoever waited for it
    waits for its predecessors instead. The sea leg to an EU market takes SEA_TO_EUROPE.
    """
    present = frozenset(slots)
    rows = tuple(_to_europe(row, market_country) for row in TASKS)
    chosen = {row.code: _with_slots(row, present) for row in rows if _is_needed(row, route, present)}
    all_after = _predecessors(rows, route)
    return tuple(
        replace(task, after=_surviving(task.after, chosen.keys(), all_after)) for task in chosen.values()
    )


def retimed(tasks: Iterable[TaskSpec], days: Mapping[str, Days]) -> tuple[TaskSpec, ...]:
    """The same tasks with better known durations: a lane's transit, a maker's lead time, a past event."""
    return tuple(
        replace(task, days=days.get(task.code, task.days), assumed=task.assumed and task.code not in days)
        for task in tasks
    )


def packed(tasks: Iterable[TaskSpec]) -> list[dict[str, Any]]:
    """The tasks as plain JSON values, to be kept beside a plan."""
    return [asdict(task) for task in tasks]


def unpacked(rows: Iterable[Mapping[str, Any]]) -> tuple[TaskSpec, ...]:
    """The tasks that `packed` made. Raises TypeError or ValueError for rows that it did not make."""
    return tuple(_unpack(dict(row)) for row in rows)


def _unpack(row: dict[str, Any]) -> TaskSpec:
    row["slots"] = tuple(Slot(slot) for slot in row["slots"])
    row["after"] = tuple(row["after"])
    row["days"] = Days(**row["days"])
    row["stand_in"] = Slot(row["stand_in"]) if row["stand_in"] else None
    return TaskSpec(**row)


def _is_needed(row: TaskSpec, route: Route, present: frozenset[Slot]) -> bool:
    staffed = not present.isdisjoint(row.slots) or row.stand_in in present
    return route.value in row.routes and staffed


def _with_slots(row: TaskSpec, present: frozenset[Slot]) -> TaskSpec:
    who = tuple(slot for slot in row.slots if slot in present)
    return replace(row, slots=who or tuple(filter(None, [row.stand_in])))


def _to_europe(row: TaskSpec, market_country: str) -> TaskSpec:
    by_sea = row.code == "L4" and Route.C.value in row.routes
    return replace(row, days=SEA_TO_EUROPE, assumed=True) if by_sea and market_country in EU else row


def _predecessors(rows: Iterable[TaskSpec], route: Route) -> dict[str, tuple[str, ...]]:
    """Predecessors by code; of two rows with one code the route's own counts."""
    mine = sorted(rows, key=lambda row: route.value in row.routes)
    return {row.code: row.after for row in mine}


def _surviving(
    after: Iterable[str], kept: Iterable[str], all_after: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Replace each dropped predecessor by its own predecessors, until only kept ones are left."""
    keep = frozenset(kept)
    found: dict[str, None] = {}
    queue = list(after)
    while queue:
        code = queue.pop(0)
        if code in keep:
            found[code] = None
        else:
            queue = [*all_after[code], *queue]
    return tuple(found)
