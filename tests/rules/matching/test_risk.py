"""Risk simulation: right in cases that can be worked out by hand, and the same bytes every time."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.blueprint import CycleError, Days, Route, Slot, TaskSpec, graph
from matching.risk import Inputs, Wanted, inputs_hash, simulate
from matching.risk.sampling import pert, quantile, quantile_draw, uniforms


def task(code: str, days: Days | float, *after: str) -> TaskSpec:
    given = days if isinstance(days, Days) else Days(days, days, days)
    return TaskSpec(code, code, (Slot.MAKER,), after, given)


def chain(*days: Days | float) -> tuple[TaskSpec, ...]:
    """T0 → T1 → … → S1 → S2."""
    names = [f"T{number}" for number in range(len(days))]
    tasks = [
        task(name, length, *names[max(i - 1, 0) : i])
        for i, (name, length) in enumerate(zip(names, days, strict=True))
    ]
    return (*tasks, task("S1", 0, names[-1]), task("S2", 0, "S1"))


CERTAIN = Wanted(500, 500, 500)
PLAN = Inputs(
    tasks=chain(2, 3),
    survival=(1.0,) * 30,
    wanted=CERTAIN,
    units_planned=400,
    unit_margin_minor=700,
    leftover_loss_minor=500,
    fixed_cost_minor=100_000,
    currency="USD",
    seed=11,
    runs=2_000,
)


def routed(route: Route) -> Inputs:
    return replace(PLAN, tasks=graph(route, set(Slot)), survival=tuple(0.9**day for day in range(90)))


def test_a_plan_without_chance_is_as_sure_as_arithmetic() -> None:
    report = simulate(PLAN)
    assert (report.sellable.p50, report.dispatchable.p95, report.finish.p80) == (5, 5, 5)
    assert (report.p_on_time, report.p_trend_alive) == (1, 1)
    assert report.margin.p10 == report.margin.p90 == report.margin.mean == 400 * 700 - 100_000
    assert report.margin.p_loss == 0


@pytest.mark.parametrize(
    ("wanted", "margin"),
    [
        (500, 400 * 700 - 100_000),  # capped by the plan
        (400, 400 * 700 - 100_000),
        (100, 100 * 700 - 300 * 500 - 100_000),  # 300 left over
        (0, -400 * 500 - 100_000),
    ],
)
def test_units_sold_are_those_wanted_up_to_the_plan(wanted: int, margin: int) -> None:
    found = simulate(replace(PLAN, wanted=Wanted(wanted, wanted, wanted))).margin
    assert found.p10 == found.p50 == found.p90 == margin


def test_a_trend_that_is_gone_before_the_first_unit_loses_all() -> None:
    report = simulate(replace(PLAN, survival=(1.0,) * 5))  # alive on days 0 to 4, the unit comes on day 5
    assert report.p_trend_alive == 0
    assert report.margin.p90 == -400 * 500 - 100_000
    assert report.margin.p_loss == 1


def test_the_mean_is_weighted_by_survival_and_the_tail_shows_the_dead_trend() -> None:
    report = simulate(replace(PLAN, survival=(0.6,) * 30, runs=20_000))
    alive, dead = 400 * 700 - 100_000, -400 * 500 - 100_000
    assert report.p_trend_alive == 0.6
    assert report.margin.mean == pytest.approx(0.6 * alive + 0.4 * dead, abs=8_000)
    assert (report.margin.p10, report.margin.p50, report.margin.cvar) == (dead, alive, dead)
    assert report.margin.p_loss == pytest.approx(0.4, abs=0.02)


@pytest.mark.parametrize(
    ("route", "median", "alive_domain"), [(Route.A, 10, 0.34), (Route.B, 24, 0.16), (Route.C, 61, 0.04)]
)
def test_the_routes_take_as_long_as_the_domain_page_says(
    route: Route, median: int, alive_domain: float
) -> None:
    curve = np.interp(range(100), [0, 5, 10, 14, 24, 61, 100], [1, 0.53, 0.34, 0.25, 0.16, 0.04, 0.02])
    report = simulate(replace(routed(route), survival=tuple(curve.tolist()), runs=10_000))
    assert round(report.dispatchable.p50) == median
    assert report.p_trend_alive == pytest.approx(alive_domain, abs=0.03)


def test_a_plan_by_likely_days_is_rarely_on_time() -> None:
    report = simulate(routed(Route.B))
    assert report.promised_day == pytest.approx(19.05)
    assert report.p_on_time < 0.1


def test_a_later_promise_is_kept_more_often() -> None:
    kept = [simulate(replace(routed(Route.A), promised_day=day)).p_on_time for day in (5.0, 10.0, 15.0, 30.0)]
    assert kept == sorted(kept)
    assert kept[-1] == 1


def test_the_same_inputs_give_the_same_bytes() -> None:
    assert simulate(routed(Route.C)).canonical() == simulate(routed(Route.C)).canonical()


def test_the_bytes_are_those_of_the_first_day() -> None:
    """A change of method has to change METHOD and this digest, never the digest alone."""
    curve = tuple((90 - day) / 90 for day in range(90))
    report = simulate(replace(routed(Route.B), survival=curve, runs=1_000))
    assert report.method == "risk/1"
    digest = hashlib.sha256(report.canonical()).hexdigest()
    assert digest == "88654f143077d26bf95a1105b3167e83540ca5d9b5e65a2ef53413a3fd2827f5"


def test_the_canonical_form_is_plain_json_with_the_hash_of_its_inputs() -> None:
    report = json.loads(simulate(PLAN).canonical())
    assert report["inputs_hash"] == inputs_hash(PLAN)
    assert (report["seed"], report["runs"], report["currency"]) == (11, 2_000, "USD")


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 12},
        {"runs": 2_001},
        {"currency": "EUR"},
        {"units_planned": 401},
        {"unit_margin_minor": 701},
        {"leftover_loss_minor": 501},
        {"fixed_cost_minor": 100_001},
        {"wanted": Wanted(499, 500, 500)},
        {"survival": (1.0,) * 31},
        {"promised_day": 5.0},
        {"tasks": chain(2, 3.5)},
    ],
)
def test_every_input_counts_in_the_hash(change: dict[str, object]) -> None:
    assert inputs_hash(replace(PLAN, **change)) != inputs_hash(PLAN)  # type: ignore[arg-type]


def test_another_seed_gives_other_runs_of_the_same_risk() -> None:
    one, other = simulate(routed(Route.A)), simulate(replace(routed(Route.A), seed=12))
    assert one.canonical() != other.canonical()
    assert one.dispatchable.p50 == pytest.approx(other.dispatchable.p50, abs=0.4)


def test_adding_a_task_leaves_the_other_draws_alone() -> None:
    more = replace(routed(Route.A), tasks=(*routed(Route.A).tasks, task("X1", Days(0, 1, 9))))
    assert simulate(more).dispatchable == simulate(routed(Route.A)).dispatchable


def test_criticality_is_the_share_of_runs_on_the_longest_path() -> None:
    tasks = (
        task("LONG", Days(4, 5, 6)),
        task("SHORT", Days(1, 2, 3)),
        task("EITHER", Days(3, 5, 7)),
        task("S1", 0, "LONG", "SHORT", "EITHER"),
        task("S2", 0, "S1"),
    )
    shares = dict(simulate(replace(PLAN, tasks=tasks)).criticality)
    assert shares["SHORT"] == 0
    assert shares["S2"] == 1
    assert shares["LONG"] == pytest.approx(0.5, abs=0.05)
    assert shares["LONG"] + shares["EITHER"] == pytest.approx(1, abs=0.002)


def test_what_comes_after_the_first_unit_is_critical_only_for_the_finish() -> None:
    tasks = (*chain(2), task("E1", 4, "S2"), task("E2", 1, "S2"))
    report = simulate(replace(PLAN, tasks=tasks))
    assert dict(report.criticality)["E1"] == 0
    assert dict(report.criticality_finish) == {"E1": 1, "E2": 0, "S1": 1, "S2": 1, "T0": 1}


def test_what_ifs_name_the_tasks_that_gain_most() -> None:
    tasks = (
        task("SLOW", Days(1, 2, 20)),
        task("QUICK", Days(1, 2, 3), "SLOW"),
        task("FIXED", 4, "QUICK"),
        task("BESIDE", Days(0.1, 0.2, 0.3)),
        task("S1", 0, "FIXED", "BESIDE"),
        task("S2", 0, "S1"),
    )
    what_ifs = simulate(replace(PLAN, tasks=tasks)).what_ifs
    assert [row.code for row in what_ifs] == ["SLOW", "QUICK"]
    assert what_ifs[0].days == 1
    assert what_ifs[0].gain > what_ifs[1].gain > 0


def test_a_what_if_is_what_the_shortened_plan_then_shows() -> None:
    plan = routed(Route.B)
    best = simulate(plan).what_ifs[0]
    shorter = tuple(
        replace(spec, days=Days(best.days, best.days, best.days)) if spec.code == best.code else spec
        for spec in plan.tasks
    )
    gained = simulate(plan).dispatchable.p80 - simulate(replace(plan, tasks=shorter)).dispatchable.p80
    assert best.gain == pytest.approx(gained, abs=0.002)


def test_tasks_in_a_circle_are_refused() -> None:
    with pytest.raises(CycleError):
        simulate(replace(PLAN, tasks=(task("S1", 1, "S2"), task("S2", 1, "S1"))))


@given(low=st.floats(0, 20), first=st.floats(0, 10), second=st.floats(0, 30))
@settings(deadline=None, max_examples=60)
def test_draws_stay_within_their_ends_and_around_their_mean(low: float, first: float, second: float) -> None:
    days = Days(low, low + first, low + first + second)
    drawn = pert(days, uniforms(3, "any", 4_000))
    assert days.low <= drawn.min() <= drawn.max() <= days.high
    mean = (days.low + 1.2 * days.likely + days.high) / 3.2
    assert drawn.mean() == pytest.approx(mean, abs=0.02 * (days.high - days.low) + 1e-9)


def test_demand_follows_its_quantiles() -> None:
    drawn = quantile_draw(((0.1, 100), (0.5, 200), (0.9, 600)), uniforms(5, "demand", 20_000))
    assert [round(quantile(drawn, chance), -1) for chance in (0.1, 0.5, 0.9)] == pytest.approx(
        [100, 200, 600], abs=20
    )


@given(wanted=st.tuples(*[st.integers(0, 2_000)] * 3).map(sorted), planned=st.integers(0, 2_000))
@settings(deadline=None, max_examples=40)
def test_the_margin_lies_between_selling_nothing_and_selling_all(wanted: list[int], planned: int) -> None:
    plan = replace(PLAN, wanted=Wanted(*wanted), units_planned=planned, survival=(0.5,) * 30, runs=200)
    found = simulate(plan).margin
    worst, best = -planned * 500 - 100_000, planned * 700 - 100_000
    assert worst <= found.cvar <= found.p10 <= found.p50 <= found.p90 <= best
    assert worst <= found.mean <= best
