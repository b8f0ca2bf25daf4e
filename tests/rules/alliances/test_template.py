"""Templates: values that keep what was known of a route's tasks."""

from dataclasses import replace

import pytest

from alliances.playbook import Pattern, first_template, template_body, template_of, timed
from matching.blueprint import SEA_TO_EUROPE, Days, Route, Slot, graph


@pytest.mark.parametrize("route", list(Route))
def test_a_template_survives_json(route: Route) -> None:
    first = first_template(route)
    assert template_of(route.value, 1, template_body(first)) == first
    assert first.name == f"{route.value}/1"
    assert first.proven == {"M8", "L3"}


@pytest.mark.parametrize("body", [{"M1": {"low": 1}}, {"M1": {"low": 3, "likely": 2, "high": 1}}])
def test_another_body_is_refused(body: dict) -> None:
    with pytest.raises((KeyError, ValueError)):
        template_of("B", 1, {code: {"assumed": False, "evidence": False} | row for code, row in body.items()})


def test_its_days_come_before_the_table_and_after_the_promise_of_a_plan() -> None:
    table = {spec.code: spec.days for spec in graph(Route.B, Slot)}
    first = first_template(Route.B)
    learnt = {"M1": Pattern(Days(1, 2, 3)), "L4": Pattern(Days(4, 5, 6))}
    template = replace(first, version=2, tasks={**first.tasks, **learnt})
    promised = {**table, "L4": Days(3, 4, 8)}
    days = {spec.code: spec.days for spec in timed(graph(Route.B, Slot), template, promised)}
    assert days["M1"] == Days(1, 2, 3)
    assert days["L4"] == Days(3, 4, 8)
    assert days["M2"] == table["M2"]


def test_the_sea_leg_to_europe_stays_as_long_as_a_plan_says() -> None:
    specs = graph(Route.C, Slot, market_country="DE")
    planned = {spec.code: spec.days for spec in specs}
    days = {spec.code: spec.days for spec in timed(specs, first_template(Route.C), planned)}
    assert days["L4"] == SEA_TO_EUROPE
