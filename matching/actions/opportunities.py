"""Surges become opportunities; operators raise them by hand, or set them aside."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.rows import Actor, Missing, Refused, claim
from config.wake import wake
from matching.characterise import Wanted, by_hand, characterise
from matching.episodes import QUIET
from matching.models import Opportunity, OpportunityMarket, Product, Proposal, Spike
from matching.queries.evidence import told_by, widening
from matching.queries.market import counts_of, last_day, name_of, scale_of

OVER = "Over before anyone could answer."


def answer_spikes(now: datetime) -> int:
    """Answer every confirmed surge that waits; each one is its own transaction."""
    waiting = list(Spike.objects.waiting().order_by("noticed_at", "pk").values_list("pk", flat=True))
    return sum(answer(spike_id, now=now) is not None for spike_id in waiting)


@transaction.atomic
def answer(spike_id: int, *, now: datetime) -> int | None:
    """Characterise a surge; it founds an opportunity, or joins the open one of its product as another market.

    Returns the opportunity's id; None when somebody else answered first, or the surge was over already.
    """
    if not claim(Spike.objects.waiting().filter(pk=spike_id), answered_at=now):
        return None
    spike = Spike.objects.select_related("product").get(pk=spike_id)
    asked = told_by(spike)
    names = [name_of(spike), name_of(asked)]
    counts = counts_of(names, until=last_day(now))
    if counts[names[0]].last_on - spike.last_on > QUIET:
        Spike.objects.filter(pk=spike_id).update(dismissed_at=now, dismissal_reason=OVER)
        return None
    wanted = characterise(counts[names[1]], asked.onset_on, scale=scale_of(asked.source), widening=widening())
    # the product's row is the lock under which its only open opportunity is made
    product = Product.objects.select_for_update(no_key=True).get(pk=spike.product_id)
    open_one = product.opportunities.undecided().first()
    if open_one is None:
        opportunity = _found(product, [(str(spike.market), wanted)], now, spike=spike)
    else:
        opportunity = _join(open_one, str(spike.market), wanted, now)
    wake("console")
    return opportunity.pk


@transaction.atomic
def raise_opportunity(
    actor: Actor,
    product_key: str,
    *,
    markets: Sequence[Mapping[str, Any]],
    half_life_days: float,
    reason: str,
    now: datetime,
    currency: str = "USD",
) -> str:
    """An operator raises an opportunity by hand, with a reason; returns its key.

    `markets`: {market, units_p10, units_p50, units_p90}. Raises Refused when the product has an open one.
    """
    product = Product.objects.select_for_update(no_key=True).filter(key=product_key).first()
    if not actor.is_operator or product is None:
        raise Missing()
    if not reason.strip():
        raise Refused("no_reason", _("Say why."))
    if not markets:
        raise Refused("no_market", _("Name at least one market."))
    if product.opportunities.undecided().exists():
        raise Refused("already_open", _("An opportunity of this product is open already."))
    wanted = [
        (row["market"], by_hand((row["units_p10"], row["units_p50"], row["units_p90"]), half_life_days))
        for row in markets
    ]
    opportunity = _found(
        product, wanted, now, raised_by_id=actor.user_id, reason=reason.strip()[:400], currency=currency
    )
    wake("console")
    return str(opportunity.key)


def _found(
    product: Product, wanted: Sequence[tuple[str, Wanted]], now: datetime, **fields: Any
) -> Opportunity:
    longest = max((row for _, row in wanted), key=lambda row: row.until_days)
    opportunity = Opportunity.objects.create(
        product=product,
        half_life_days=longest.half_life_days,
        survival=list(longest.survival),
        raised_at=now,
        propose_at=now,
        until_at=now + timedelta(days=longest.until_days),
        **fields,
    )
    for market, row in wanted:
        _add_market(opportunity, market, row)
    return opportunity


def _join(opportunity: Opportunity, market: str, wanted: Wanted, now: datetime) -> Opportunity:
    """A further market, or fresh figures of one that is there: the proposals are made again."""
    opportunity.markets.filter(market=market).delete()
    _add_market(opportunity, market, wanted)
    opportunity.state = Opportunity.State.OPEN
    opportunity.propose_at = now
    opportunity.until_at = max(opportunity.until_at, now + timedelta(days=wanted.until_days))
    opportunity.save(update_fields=["state", "propose_at", "until_at"])
    return opportunity


def _add_market(opportunity: Opportunity, market: str, wanted: Wanted) -> None:
    OpportunityMarket.objects.create(
        opportunity=opportunity,
        market=market,
        units_p10=wanted.units_p10,
        units_p50=wanted.units_p50,
        units_p90=wanted.units_p90,
        demand_by_day=list(wanted.demand_by_day),
        quantiles={str(days): list(units) for days, units in wanted.quantiles.items()},
        survival=list(wanted.survival),
    )


@transaction.atomic
def dismiss_opportunity(actor: Actor, key: str, *, reason: str, now: datetime) -> None:
    """An operator sets an opportunity aside, with a reason. Raises Refused when it was decided already."""
    opportunity = Opportunity.objects.select_for_update(no_key=True).filter(key=key).first()
    if not actor.is_operator or opportunity is None:
        raise Missing()
    if not reason.strip():
        raise Refused("no_reason", _("Say why."))
    _close(
        opportunity,
        Opportunity.State.DISMISSED,
        blocked_by=[{"code": "dismissed", "why": reason.strip()[:400]}],
    )
    wake("console")


def _close(opportunity: Opportunity, state: str, **changes: Any) -> None:
    if not claim(Opportunity.objects.undecided().filter(pk=opportunity.pk), state=state, **changes):
        raise Refused(
            "opportunity_closed", _("This opportunity was decided already."), state=opportunity.state
        )
    opportunity.proposals.filter(state=Proposal.State.STANDING).update(state=Proposal.State.REPLACED)


@transaction.atomic
def expire_opportunities(now: datetime) -> int:
    """Opportunities whose time has passed without a decision end by themselves."""
    over = list(
        Opportunity.objects.undecided()
        .filter(until_at__lte=now)
        .select_for_update(skip_locked=True, no_key=True)
    )
    for opportunity in over:
        _close(opportunity, Opportunity.State.EXPIRED)
    if over:
        wake("console")
    return len(over)
