"""A proposal as it will be written: figures, dates, seats, reasons, and what its risk depends on. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from matching.blueprint import TaskSpec
from matching.economics import Kind, Sheet, converted
from matching.plan.graph import first_day, from_json, last_day, tasks_of, to_json
from matching.plan.reasons import reasons
from matching.plan.seats import Seating, seats
from matching.plan.team import Team
from matching.plan.terms import Frame
from matching.problem import CLEARANCE_BP, Reason
from matching.risk import Inputs, Wanted, inputs_hash

RISK_SEED = 2017
WHEN_SOLD = frozenset({"last_mile", "seller", "importer", "eu_responsible"})  # paid for units that are sold
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a Proposal row and its seats hold."""

    route: str
    units: int
    revenue_minor: int
    cost_minor: int
    bound_minor: int
    dispatchable_on: date
    ends_on: date
    tasks: tuple[TaskSpec, ...]
    seats: tuple[Seating, ...]
    reasons: tuple[Reason, ...]
    plan: Json
    risk: Inputs

    @property
    def margin_minor(self) -> int:
        return self.revenue_minor - self.cost_minor

    @property
    def inputs_hash(self) -> str:
        return inputs_hash(self.risk)


def draft(team: Team, *, bound: int, explanations: Sequence[Mapping[str, Any]]) -> Draft:
    """Write a plan out. The seats' dates run from the start to the agreed end."""
    start_on = team.case.start_on
    slots = {seat.slot for seat in seats(team, Frame(team.case.currency, start_on, start_on))}
    tasks = tasks_of(team, slots)
    ends_on = last_day(tasks, start_on)
    seated = tuple(seats(team, Frame(team.case.currency, start_on, ends_on)))
    cost = sum(seat.first.cost_minor for seat in seated)
    revenue = team.revenue + _paid_when_sold(team)
    first_on = first_day(tasks, start_on)
    return Draft(
        route=team.route.value,
        units=team.units,
        revenue_minor=revenue,
        cost_minor=cost,
        bound_minor=max(bound, revenue - cost),
        dispatchable_on=first_on,
        ends_on=ends_on,
        tasks=tasks,
        seats=seated,
        reasons=tuple(reasons(team, first_on, bound=bound, margin=revenue - cost, explanations=explanations)),
        plan=_plan(team),
        risk=risk_inputs(team, tasks, seated, first_on),
    )


def _paid_when_sold(team: Team) -> int:
    """The solver saw what a unit leaves after these helpers; the proposal shows them as costs."""
    return sum(team.case.market(code).per_unit_minor * units for code, units in team.by_market.items())


def _plan(team: Team) -> Json:
    return {
        "variant": team.built.variant.value,
        "start_on": team.case.start_on.isoformat(),
        "worth": team.worth,
        "outlook": dict(team.outlook),
        "by_market": dict(team.by_market),
        "by_origin": dict(team.by_origin),
        "modes": sorted({leg.carriage.mode for leg in team.legs}),
        "supervision_modes": sorted({leg.carriage.supervision for leg in team.legs}),
        "from_stock": sum(lot.stock for lot in team.lots),
        "made": sum(lot.made for lot in team.lots),
        "prices_minor": {code: _price(team.case.market(code).sheet) for code in team.by_market},
        "spent_minor": team.spent,
    }


def _price(sheet: Sheet) -> int:
    """What a buyer pays for a unit, in the plan's currency."""
    line = next(line for line in sheet.lines if line.kind is Kind.PRICE)
    return round(converted(sheet, line.amount_minor or 0, line.currency))


def risk_inputs(team: Team, tasks: tuple[TaskSpec, ...], seated: Sequence[Seating], first_on: date) -> Inputs:
    """What the simulation of this very plan depends on; costs of goods arise whether they are sold or not."""
    goods, fixed_cost = _goods(seated), _fixed(seated)
    left = sum(team.case.market(code).left_for_goods * units for code, units in team.by_market.items())
    return Inputs(
        tasks=tasks,
        survival=team.case.survival,
        wanted=_wanted(team),
        units_planned=team.units,
        unit_margin_minor=round((left - goods) / team.units),
        leftover_loss_minor=round((goods - left * CLEARANCE_BP / 10_000) / team.units),
        fixed_cost_minor=fixed_cost,
        currency=team.case.currency,
        seed=RISK_SEED,
        promised_day=float((first_on - team.case.start_on).days),
    )


def _items(seat: Seating, kind: str) -> Iterator[Json]:
    return (item for item in seat.first.terms["items"] if item["kind"] == kind)


def _goods(seated: Sequence[Seating]) -> int:
    """What is paid by the unit before anything is sold."""
    before = [seat for seat in seated if seat.slot not in WHEN_SOLD]
    return sum(item["total_minor"] for seat in before for item in _items(seat, "per_unit"))


def _fixed(seated: Sequence[Seating]) -> int:
    return sum(item["amount_minor"] for seat in seated for item in _items(seat, "fixed"))


def _wanted(team: Team) -> Wanted:
    """All markets together, as if they were few or many at once."""
    rows = [team.case.market(code).demand for code in team.by_market]
    return Wanted(sum(row.p10 for row in rows), sum(row.p50 for row in rows), sum(row.p90 for row in rows))


def risk_to_json(inputs: Inputs) -> Json:
    return {**asdict(inputs), "tasks": to_json(inputs.tasks)}


def risk_from_json(row: Mapping[str, Any]) -> Inputs:
    """The inputs that `risk_to_json` wrote."""
    return Inputs(
        **{
            **row,
            "tasks": from_json(row["tasks"]),
            "survival": tuple(row["survival"]),
            "wanted": Wanted(**row["wanted"]),
        }
    )
