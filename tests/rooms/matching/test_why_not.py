"""A firm asks why it was not in the plans: it alone is told, and only of plans that were chosen."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from matching import actions
from matching.models import Proposal
from matching.queries.why_not import missed
from tests.builders.firms import NOW, FirmOf, add_competency, publish, verified_firm
from tests.builders.matching import Market


def dear_maker(market: Market) -> FirmOf:
    dear = verified_firm(market.firms.operator, "Golden Seams", NOW)
    add_competency(dear, NOW, unit_cost_minor=9_000, stock_units=0)
    publish(dear, "Sewing line", 2_000, NOW)
    return dear


def chosen(market: Market) -> Proposal:
    best = market.best()
    actions.open_report(market.operator, str(best.key), now=NOW)
    actions.choose(market.operator, str(best.key), now=NOW)
    best.refresh_from_db()
    return best


def outsiders(proposal: Proposal) -> list[int]:
    return [int(firm) for firm in proposal.plan["why_not"]]


def test_who_was_left_out_reads_why(market: Market, of):
    dear = dear_maker(market)
    proposal = chosen(market)
    page = of(dear.owner).get(f"/firms/{dear.firm.key}/why-not/").content.decode()
    assert page.count('class="card stack missed"') == 1
    assert "too dear" in page
    assert not [seat for seat in proposal.seats.all() if str(seat.firm) in page]
    assert of(market.firms.outsider.owner).get(f"/firms/{dear.firm.key}/why-not/").status_code == 404


def test_who_is_in_the_team_reads_nothing(market: Market):
    proposal = chosen(market)
    held = set(proposal.seats.values_list("firm_id", flat=True))
    assert not held & set(outsiders(proposal))
    assert all(missed(firm, NOW) == [] for firm in held)


def test_only_chosen_plans_of_the_last_months_count(market: Market):
    firm = dear_maker(market).firm.pk
    best = market.best()
    assert firm in outsiders(best)
    assert missed(firm, NOW) == []
    actions.open_report(market.operator, str(best.key), now=NOW)
    actions.choose(market.operator, str(best.key), now=NOW)
    with CaptureQueriesContext(connection) as queries:
        assert len(missed(firm, NOW)) == 1
    assert len(queries) == 1
    assert missed(firm, NOW + timedelta(days=200)) == []
