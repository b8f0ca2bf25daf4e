"""Playing with a proposal: other limits give another proposal at once, and nothing is written."""

from datetime import timedelta

from config import clock
from config.templatetags.ui import whole_money
from matching.models import Proposal
from matching.plan.answers import answer
from matching.problem import Bounds
from matching.queries import plans
from matching.queries.what_if import range_of, what_if
from matching.queries.words import sentence
from matching.solver import solve
from tests.builders.firms import NOW
from tests.builders.matching import Market
from tests.rooms.matching.pages import words


def test_a_smaller_budget_is_kept_and_earns_no_more(market: Market):
    found = market.propose()
    case, reach = range_of(found, NOW)
    free = answer(case, frozenset(), Bounds(), solve, seconds=1).team
    assert free is not None
    spent = free.revenue - free.objective
    tight = answer(case, frozenset(), Bounds(budget_minor=spent // 2), solve, seconds=1).team
    assert reach.most_minor >= spent
    assert tight is not None
    assert tight.revenue - tight.objective <= spent // 2
    assert tight.objective <= free.objective


def test_an_excluded_firm_is_not_in_the_new_proposal_and_the_difference_is_told(market: Market):
    found = market.propose()
    best = found.proposals.standing()[0]
    maker = best.seats.filter(slot="maker")[0].firm
    case, _reach = range_of(found, NOW)
    made = what_if(found, case, frozenset({maker.pk}), Bounds())
    assert made.draft is not None
    assert maker.legal_name not in [name for _slot, name in made.firms]
    assert any("Without" in row and maker.legal_name in row for row in made.differs)
    assert made.arcs
    assert made.gap_percent >= 0


def test_goods_come_by_the_day_that_is_set(market: Market):
    found = market.propose()
    case, _reach = range_of(found, NOW)
    for day in (12, 20):
        team = answer(case, frozenset(), Bounds(last_day=day), solve, seconds=1).team
        markets = team.built.raw["markets"] if team else []
        assert all((row["deadline"] + 1) * 2 <= day + 1 for row in markets)


def test_the_page_answers_without_a_script_and_writes_nothing(market: Market, of):
    found = market.propose()
    browser, before = of(market.firms.operator), Proposal.objects.count()
    address = f"/opportunities/{found.key}/what-if/"
    asked = words(browser.get(address).content)
    assert "Set the limits first" in asked
    maker = found.proposals.standing()[0].seats.filter(slot="maker")[0].firm_id
    page = words(browser.get(address, {"days": 60, "without": maker}).content)
    assert "Against the best proposal that stands" in page
    assert Proposal.objects.count() == before
    none = words(browser.get(address, {"budget": 0}).content)
    assert "No alliance earns money within these limits." in none
    assert "The best proposal that stands spends" in none
    assert "Expected margin" not in none


def test_the_page_shows_the_whole_proposal_within_the_limits(market: Market, of):
    found = market.propose()
    best, address = found.proposals.standing()[0], f"/opportunities/{found.key}/what-if/"
    half = best.plan["spent_minor"] // 200
    response = of(market.firms.operator).get(address, {"budget": half, "days": 25})
    told, answer_shown = words(response.content), response.context["answer"]
    draft = answer_shown.draft
    assert 0 < answer_shown.spent_minor <= half * 100 < draft.cost_minor
    for shown in (draft.cost_minor, answer_shown.spent_minor, draft.margin_minor):
        assert whole_money(shown, draft.risk.currency) in told
    assert {"maker", "forwarder", "seller"} <= {slot for slot, _name in answer_shown.firms}
    assert all(name in told for _slot, name in answer_shown.firms)
    assert any("less margin" in row for row in answer_shown.differs)
    assert all(row in told for row in [*answer_shown.differs, *answer_shown.reasons])
    assert response.content.count(b'class="flow"') == len(answer_shown.arcs) > 0
    assert f'value="{half}"'.encode() in response.content
    assert "Set the limits first" not in told


def test_the_page_of_a_trend_that_is_over_says_so(market: Market, of, monkeypatch):
    found = market.propose()
    browser = of(market.firms.operator)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=400))
    told = words(browser.get(f"/opportunities/{found.key}/what-if/", {"days": 1}).content)
    assert sentence({"code": "trend_over"}) in told
    assert "Expected margin" not in told


def test_nonsense_in_the_address_is_told_at_the_form(market: Market, of):
    found = market.propose()
    address = f"/opportunities/{found.key}/what-if/"
    for nonsense in ({"budget": "much"}, {"days": "-3"}, {"without": "999999"}):
        answer_page = of(market.firms.operator).get(address, nonsense)
        assert answer_page.status_code == 200
        assert b"data-problems" in answer_page.content


def test_a_trend_that_is_over_gets_an_answer_too(market: Market):
    found = market.propose()
    case, _reach = range_of(found, NOW + timedelta(days=400))
    assert what_if(found, case, frozenset(), Bounds()).reasons


def test_the_proposal_page_draws_its_flows(market: Market, of):
    best = market.best()
    page = of(market.firms.operator).get(f"/proposals/{best.key}/").content.decode()
    lanes = [part for seat in plans.column(str(best.key), 0, NOW).seats for part in seat.terms["what"]]
    assert page.count('class="flow"') == sum(part["code"] == "carry" for part in lanes) > 0
    assert "world.svg" in page
