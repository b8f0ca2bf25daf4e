"""The task graph of a plan, with the days that its own offers promise. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from matching.blueprint import Days, Slot, TaskSpec, critical_path, graph, retimed
from matching.plan.team import Team
from matching.problem.timing import expected

Json = dict[str, Any]


def tasks_of(team: Team, slots: Iterable[str]) -> tuple[TaskSpec, ...]:
    """The route's tasks, with the days that alliances took.

    Making and carrying take what the slowest chosen maker and lane say: a promise goes before any experience.
    """
    first = next(iter(team.by_market))
    specs = graph(team.route, {Slot(slot) for slot in slots}, market_country=first)
    slowest = max((leg.carriage for leg in team.legs), key=lambda row: row.p90_days)
    days = team.case.learned.of(team.route)
    days["L4"] = _transit(slowest.p50_days, slowest.p90_days)
    leads = [lot.making.lead_days for lot in team.lots if lot.made]
    if leads:
        days["M6"] = _lead(max(leads))
    return retimed(specs, days)


def _lead(promised: int) -> Days:
    """A lot takes what was promised, a little less, or half as long again (assumed)."""
    likely = max(promised, 1)
    return Days(round(likely * 0.8, 2), likely, round(likely * 1.5, 2))


def _transit(p50: int, p90: int) -> Days:
    """Three points whose distribution has about these quantiles."""
    return Days(round(p50 * 0.7, 2), p50, max(p50, p90 + (p90 - p50) / 2))


def first_day(specs: Sequence[TaskSpec], start_on: date) -> date:
    """When the first unit can be dispatched, if everything takes its expected days."""
    return start_on + timedelta(days=math.ceil(critical_path(specs, expected(specs))["S2"].finish))


def last_day(specs: Sequence[TaskSpec], start_on: date) -> date:
    """The agreed end: all tasks done, half way between likely and high days."""
    days = {spec.code: (spec.days.likely + spec.days.high) / 2 for spec in specs}
    return start_on + timedelta(days=math.ceil(critical_path(specs, days).days))


def to_json(specs: Iterable[TaskSpec]) -> list[Json]:
    """Task graph as JSON."""
    return [{**asdict(spec), "slots": [slot.value for slot in spec.slots]} for spec in specs]


def from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[TaskSpec, ...]:
    """The task graph that `to_json` wrote."""
    return tuple(
        TaskSpec(
            **{
                **row,
                "slots": tuple(Slot(slot) for slot in row["slots"]),
                "after": tuple(row["after"]),
                "days": Days(**row["days"]),
                "stand_in": Slot(row["stand_in"]) if row["stand_in"] else None,
            }
        )
        for row in rows
    )
