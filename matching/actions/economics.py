"""The unit economics sheet is edited by operators; proposals that rest on it are made again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.rows import Actor, Missing, Refused
from config.wake import wake
from matching.economics import Kind
from matching.economics.sheet import AMOUNTS_ONLY
from matching.models import EconomicsLine, ExchangeRate, Opportunity, Product

FROM_THE_PLAN = (Kind.UNIT_COST, Kind.FREIGHT)


@transaction.atomic
def edit_economics(
    actor: Actor, product_key: str, market: str, lines: Sequence[Mapping[str, Any]], *, now: datetime
) -> None:
    """Replace the sheet of a product in a market.

    A line: {kind, amount_minor | rate_bp, currency, source, as_of_on}. Raises Refused naming the wrong line.
    """
    product = Product.objects.select_for_update(no_key=True).filter(key=product_key).first()
    if not _may_edit(actor) or product is None:
        raise Missing()
    kinds = [str(line["kind"]) for line in lines]
    if len(set(kinds)) != len(kinds):
        raise Refused("line_twice", _("A line is given twice."))
    rows = [_line(product, market, actor, line) for line in lines]
    EconomicsLine.objects.filter(product=product, market=market).delete()
    EconomicsLine.objects.bulk_create(rows)
    product.opportunities.undecided().update(state=Opportunity.State.OPEN, propose_at=now)
    wake("console")


def _may_edit(actor: Actor) -> bool:
    return actor.kind != "member"


def _demand_figure(kind: str, amount: int | None, rate: int | None) -> None:
    if kind not in set(Kind) or kind in FROM_THE_PLAN:
        raise Refused("line_unknown", _("There is no such line."), line=kind)
    given = [figure for figure in (amount, rate) if figure is not None]
    if len(given) != 1 or (rate is not None and kind in AMOUNTS_ONLY):
        raise Refused("line_value", _("Give an amount, or a rate where the line allows it."), line=kind)
    if given[0] < 0:
        raise Refused("line_value", _("A line needs a positive figure."), line=kind)


def _line(product: Product, market: str, actor: Actor, line: Mapping[str, Any]) -> EconomicsLine:
    kind = str(line["kind"])
    amount, rate = line.get("amount_minor"), line.get("rate_bp")
    _demand_figure(kind, amount, rate)
    if not str(line["source"]).strip():
        raise Refused("line_source", _("A line needs its source."), line=kind)
    return EconomicsLine(
        product=product,
        market=market,
        kind=kind,
        amount_minor=amount,
        rate_bp=rate,
        currency=line.get("currency", "USD"),
        source=str(line["source"]).strip()[:200],
        as_of_on=line["as_of_on"],
        edited_by_id=actor.user_id,
    )


@transaction.atomic
def set_rate(
    actor: Actor, base: str, quote: str, *, rate: Any, source: str, as_of_on: Any, now: datetime
) -> None:
    """Set what a whole unit of `base` is worth in `quote`; open opportunities are proposed again."""
    if not _may_edit(actor):
        raise Missing()
    ExchangeRate.objects.update_or_create(
        base=base,
        quote=quote,
        defaults={"rate": rate, "source": source, "as_of_on": as_of_on, "edited_by_id": actor.user_id},
    )
    Opportunity.objects.undecided().update(state=Opportunity.State.OPEN, propose_at=now)
    wake("console")
