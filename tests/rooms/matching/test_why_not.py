"""A firm asks why it was not in the plans: it alone is told, and only of plans that were chosen."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from matching import actions
from matching.models import Proposal
from matching.queries.why_not import missed
from tests.builders.firms import NOW, FirmOf, add_competency, publish, verified_firm
from tests.builders.matching import Market


def many_makers(market: Market) -> list[FirmOf]:
    """More makers than a plan may have: three. Somebody is left out."""
    found = [market.rival, market.firms.maker]
    for name in ("Golden Seams", "Silver Seams"):
        found.append(verified_firm(market.firms.operator, name, NOW))
        add_competency(found[-1], NOW, unit_cost_minor=700)
        publish(found[-1], "Sewing line", 1_000, NOW)
    return found


def left_out(makers: list[FirmOf], proposal: Proposal) -> FirmOf:
    return next(one for one in makers if one.firm.pk in outsiders(proposal))


def chosen(market: Market) -> Proposal:
    best = market.best()
    actions.open_report(market.operator, str(best.key), now=NOW)
    actions.choose(market.operator, str(best.key), now=NOW)
    best.refresh_from_db()
    return best


def outsiders(proposal: Proposal) -> list[int]:
    return [int(firm) for firm in proposal.plan["why_not"]]


def test_who_was_left_out_reads_why(market: Market, of):
    makers = many_makers(market)
    proposal = chosen(market)
    dear = left_out(makers, proposal)
    page = of(dear.owner).get(f"/firms/{dear.firm.key}/why-not/").content.decode()
    assert page.count('class="card stack missed"') == 1
    assert "<li>" in page[page.index("missed") :]
    assert not [seat for seat in proposal.seats.all() if str(seat.firm) in page]
    assert of(market.firms.outsider.owner).get(f"/firms/{dear.firm.key}/why-not/").status_code == 404


def test_who_is_in_the_team_reads_nothing(market: Market):
    proposal = chosen(market)
    held = set(proposal.seats.values_list("firm_id", flat=True))
    assert not held & set(outsiders(proposal))
    assert all(missed(firm, NOW) == [] for firm in held)


def test_only_chosen_plans_of_the_last_months_count(market: Market):
    makers = many_makers(market)
    best = market.best()
    firm = left_out(makers, best).firm.pk
    assert missed(firm, NOW) == []
    actions.open_report(market.operator, str(best.key), now=NOW)
    actions.choose(market.operator, str(best.key), now=NOW)
    with CaptureQueriesContext(connection) as queries:
        assert len(missed(firm, NOW)) == 1
    assert len(queries) == 1
    assert missed(firm, NOW + timedelta(days=200)) == []
