"""The trend dies, or demand changes: the platform proposes with figures, a person decides, the graph is wound back."""

from datetime import timedelta

import pytest

from alliances import actions
from alliances.lifecycle import State, TaskState
from alliances.models import Alliance, Change
from config.rows import Missing, Refused
from matching.models import Opportunity
from matching.queries import Outlook
from tests.builders.alliances import (
    DAY,
    HOUR,
    UNITS,
    World,
    fresh,
    operating,
    task,
    work_off,
    worker,
)
from tests.builders.firms import NOW

pytestmark = pytest.mark.usefixtures("savepoint")
STAGE = operating
LATER = NOW + DAY


def seen(wanted: int, least: int | None = None, most: int | None = None) -> Outlook:
    """What the market wants now, where 100 were expected."""
    return Outlook(100, wanted, wanted if least is None else least, wanted if most is None else most)


@pytest.fixture
def market(monkeypatch):
    """What the market says; a raised-by-hand opportunity has no observations of its own."""
    said = {"alive": True, "outlook": seen(100)}
    monkeypatch.setattr("matching.queries.trend_alive", lambda pk, now: said["alive"])
    monkeypatch.setattr("matching.queries.outlook", lambda pk, now: said["outlook"])
    return said


def made(world: World, units: int) -> Alliance:
    alliance = work_off(operating(world), until="M6")
    found = task(alliance, "M6")
    actions.start(worker(found), found.pk, now=NOW)
    actions.progress(worker(found), found.pk, done_units=units, now=NOW)
    return fresh(alliance)


def proposed(alliance: Alliance) -> Change:
    return alliance.changes.get(state=Change.State.WAITING)


def ways(change: Change) -> dict[str, dict]:
    return {way["exit"]: way for way in change.figures["ways"]}


def test_a_dead_trend_is_proposed_to_a_person_with_the_ways_out(world, market):
    alliance = made(world, 40)
    market.update(alive=False, outlook=seen(5))
    actions.act(LATER)
    found = ways(proposed(alliance))
    assert set(found) == {"stop_now", "sell_what_is_made", "carry_on"}
    assert (found["stop_now"]["sold_units"], found["stop_now"]["left_units"]) == (0, 40)
    assert found["sell_what_is_made"]["sold_units"] == found["carry_on"]["sold_units"] == 5
    nets = [way["net_minor"] for way in proposed(alliance).figures["ways"]]
    assert nets == sorted(nets, reverse=True)
    assert fresh(alliance).state == State.OPERATING


def test_the_figures_are_those_of_the_settlement(world, market):
    alliance = made(world, 40)
    market.update(alive=False, outlook=seen(0))
    actions.act(LATER)
    change = proposed(alliance)
    expected = ways(change)["stop_now"]["net_minor"]
    actions.confirm_change(world.operator, str(change.key), option="stop_now", now=LATER)
    making = task(alliance, "M6")
    actions.finish(worker(making), making.pk, done_units=40, shortfall="the trend is over", now=LATER)
    left = task(alliance, "E4")
    actions.start(worker(left), left.pk, now=LATER)
    actions.finish(worker(left), left.pk, done_units=40, now=LATER)
    actions.act(LATER + 2 * DAY)
    seller = fresh(alliance).settlement.shares.get(firm=world.firms.seller.firm)
    assert seller.amount_minor == expected


def test_confirmed_it_winds_the_graph_back(world, market):
    alliance = made(world, 40)
    market.update(alive=False)
    actions.act(LATER)
    actions.confirm_change(world.operator, str(proposed(alliance).key), option="stop_now", now=LATER)
    stood = fresh(alliance)
    assert (stood.state, stood.ending_reason) == (State.WINDING_DOWN, "The trend is over.")
    still_open = set(stood.tasks.open().values_list("code", flat=True))
    assert "M6" in still_open  # whoever is at work finishes or hands back
    assert still_open <= {"M6", "E1", "E4"}
    assert task(alliance, "S3").state == TaskState.CANCELLED


def test_what_is_made_can_be_sold_before_the_end(world, market):
    alliance = made(world, 40)
    market.update(alive=False, outlook=seen(40))
    actions.act(LATER)
    actions.confirm_change(world.operator, str(proposed(alliance).key), option="sell_what_is_made", now=LATER)
    assert fresh(alliance).state == State.OPERATING
    assert (task(alliance, "M6").state, task(alliance, "S3").target_units) == (TaskState.CANCELLED, 40)
    assert task(alliance, "L2").state == TaskState.READY
    work_off(fresh(alliance), LATER)
    assert fresh(alliance).state == State.WINDING_DOWN


def test_a_person_decides_once_with_a_reason(world, market):
    alliance = made(world, 40)
    market.update(alive=False)
    actions.act(LATER)
    key = str(proposed(alliance).key)
    with pytest.raises(Missing):
        actions.confirm_change(world.firms.seller.owner.actor, key, option="stop_now", now=LATER)
    with pytest.raises(Refused, match="text_missing"):
        actions.dismiss_change(world.operator, key, reason=" ", now=LATER)
    with pytest.raises(Refused, match="unknown_option"):
        actions.confirm_change(world.operator, key, option="", now=LATER)
    actions.dismiss_change(world.operator, key, reason="a second wave is coming", now=LATER)
    with pytest.raises(Refused, match="decided"):
        actions.confirm_change(world.operator, key, option="stop_now", now=LATER)
    actions.act(LATER + DAY)
    assert alliance.changes.count() == 1  # not again for a while
    actions.act(LATER + 4 * DAY)
    assert alliance.changes.count() == 2


def test_what_nobody_decides_lapses_and_is_proposed_again(world, market):
    alliance = made(world, 40)
    market.update(alive=False)
    actions.act(LATER)
    first = proposed(alliance)
    actions.act(first.due_at)
    first.refresh_from_db()
    assert first.state == Change.State.LAPSED
    actions.act(first.due_at + 7 * HOUR)
    assert proposed(alliance).pk != first.pk


def test_a_small_change_of_demand_is_left_alone(world, market):
    alliance = operating(world)
    market.update(outlook=seen(70))
    actions.act(LATER)
    assert not alliance.changes.exists()


def test_what_lies_within_the_forecast_is_no_change(world, market):
    alliance = operating(world)
    market.update(outlook=seen(30, 10, 110))
    actions.act(LATER)
    assert not alliance.changes.exists()


def test_much_less_demand_makes_a_smaller_plan(world, market):
    alliance = operating(world)
    market.update(outlook=seen(30))
    actions.act(LATER)
    change = proposed(alliance)
    assert (change.kind, change.figures["revised_units"]) == (Change.Kind.DEMAND, 30)
    actions.confirm_change(world.operator, str(change.key), now=LATER)
    assert (task(alliance, "M6").target_units, task(alliance, "S3").target_units) == (30, 30)
    work_off(fresh(alliance), LATER)
    actions.act(LATER + DAY)
    maker = fresh(alliance).settlement.shares.get(firm=world.firms.maker.firm)
    assert maker.amount_minor == 30 * 600 + 5_000


def test_what_a_person_has_followed_is_no_change_any_more(world, market):
    alliance = operating(world)
    market.update(outlook=seen(30))
    actions.act(LATER)
    actions.confirm_change(world.operator, str(proposed(alliance).key), now=LATER)
    actions.act(LATER + 4 * DAY)
    assert not alliance.changes.filter(state=Change.State.WAITING).exists()
    market.update(outlook=seen(60))
    actions.act(LATER + 5 * DAY)
    figures = proposed(alliance).figures
    assert (figures["planned_units"], figures["expected_units"], figures["revised_units"]) == (30, 30, 60)
    actions.confirm_change(world.operator, str(proposed(alliance).key), now=LATER + 5 * DAY)
    assert task(alliance, "M6").target_units == task(alliance, "S3").target_units == 60
    assert not Opportunity.objects.exclude(pk=alliance.opportunity_id).exists()


def test_what_is_made_is_counted_when_it_is_decided(world, market):
    alliance = made(world, 40)
    market.update(alive=False, outlook=seen(40))
    actions.act(LATER)
    making = task(alliance, "M6")
    actions.progress(worker(making), making.pk, done_units=55, now=LATER)
    actions.confirm_change(world.operator, str(proposed(alliance).key), option="sell_what_is_made", now=LATER)
    assert task(alliance, "S3").target_units == 55


def test_a_way_out_that_is_not_shown_is_refused(world, market):
    alliance = operating(world)
    market.update(alive=False, outlook=seen(40))
    actions.act(LATER)
    with pytest.raises(Refused, match="unknown_option"):
        actions.confirm_change(
            world.operator, str(proposed(alliance).key), option="sell_what_is_made", now=LATER
        )


def test_more_demand_than_was_agreed_becomes_a_further_opportunity(world, market):
    alliance = operating(world)
    market.update(outlook=seen(200))
    actions.act(LATER)
    change = proposed(alliance)
    assert change.figures["revised_units"] == 2 * UNITS
    for market_code, units in (("DE", 75), ("FR", 25)):
        alliance.opportunity.markets.create(
            market=market_code, units_p10=units // 2, units_p50=units, units_p90=2 * units, demand_by_day=[]
        )
    Opportunity.objects.update(state=Opportunity.State.APPROVED)
    actions.confirm_change(world.operator, str(change.key), now=LATER)
    further = Opportunity.objects.exclude(pk=alliance.opportunity_id).get()
    assert further.succession.predecessor == alliance
    assert {str(row.market): row.units_p50 for row in further.markets.all()} == {"DE": 75, "FR": 25}
    assert task(alliance, "M6").target_units == UNITS, "nobody works more than they signed"


def test_a_product_has_one_open_opportunity_also_when_more_is_wanted(world, market):
    alliance = operating(world)
    market.update(outlook=seen(200))
    actions.act(LATER)
    change = proposed(alliance)
    alliance.opportunity.markets.create(
        market="DE", units_p10=50, units_p50=100, units_p90=200, demand_by_day=[]
    )
    Opportunity.objects.update(state=Opportunity.State.OPEN)
    with pytest.raises(Refused, match="already_open"):
        actions.confirm_change(world.operator, str(change.key), now=LATER)
    assert proposed(alliance) == change


def test_the_market_is_looked_at_now_and_then(world, market):
    alliance = operating(world)
    actions.act(NOW)
    actions.act(NOW + HOUR)
    assert fresh(alliance).watched_at == NOW
    actions.act(NOW + 7 * HOUR)
    assert fresh(alliance).watched_at == NOW + 7 * HOUR


def test_a_trend_whose_time_has_passed_is_found_by_the_real_question(world):
    alliance = operating(world)
    Opportunity.objects.update(until_at=NOW + DAY)
    actions.act(NOW + DAY + timedelta(minutes=1))
    assert proposed(alliance).kind == Change.Kind.STAND_DOWN
