"""Proposals as other rooms take them over, and as persons compare them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from matching.blueprint import TaskSpec
from matching.models import Proposal, RiskReport
from matching.plan.graph import from_json


@dataclass(frozen=True)
class SeatPlan:
    """A seat of a chosen plan: who is asked first, and who next (`{"firm": id, "terms": {…}}`)."""

    slot: str
    number: int
    is_mandatory: bool
    firm_id: int
    terms: dict[str, Any]
    candidates: list[dict[str, Any]]


@dataclass(frozen=True)
class ChosenPlan:
    """Everything that an alliance is founded on. `prices_minor`: what a buyer pays, by market."""

    proposal_id: int
    opportunity_id: int
    product_id: int
    title: str
    title_zh: str  # empty when the product has no Chinese name
    route: str
    currency: str
    units: int
    markets: tuple[str, ...]
    starts_on: date
    dispatchable_on: date
    ends_on: date
    tasks: tuple[TaskSpec, ...]
    report_id: int | None
    seats: tuple[SeatPlan, ...]
    prices_minor: dict[str, int]


def current_report(proposal: Proposal, now: datetime) -> RiskReport | None:
    """The latest report of exactly this plan, if it is not too old to decide on."""
    return (
        proposal.risk_reports.filter(
            inputs_hash=proposal.inputs_hash, made_at__gte=now - settings.RISK_REPORT_MAX_AGE
        )
        .order_by("-made_at", "-pk")
        .first()
    )


def plan_of(proposal_id: int) -> ChosenPlan:
    """A proposal as an alliance took it over."""
    return chosen(Proposal.objects.select_related("opportunity__product").get(pk=proposal_id))


def planned_tasks(proposal_id: int) -> tuple[TaskSpec, ...]:
    """The tasks of a proposal."""
    return from_json(Proposal.objects.values_list("tasks", flat=True).get(pk=proposal_id))


def chosen(proposal: Proposal, report_id: int | None = None) -> ChosenPlan:
    """A proposal as an alliance takes it over, decided on with this risk report."""
    product, markets = proposal.opportunity.product, ", ".join(proposal.plan["by_market"])
    return ChosenPlan(
        proposal_id=proposal.pk,
        opportunity_id=proposal.opportunity_id,
        product_id=product.pk,
        title=f"{product.title}: {markets}",
        title_zh=f"{product.title_zh}：{markets}" if product.title_zh else "",
        route=proposal.route,
        currency=proposal.currency,
        units=proposal.units,
        markets=tuple(proposal.plan["by_market"]),
        starts_on=date.fromisoformat(proposal.plan["start_on"]),
        dispatchable_on=proposal.dispatchable_on,
        ends_on=proposal.ends_on,
        tasks=from_json(proposal.tasks),
        report_id=report_id,
        seats=tuple(
            SeatPlan(row.slot, row.number, row.is_mandatory, row.firm_id, row.terms, row.candidates)
            for row in proposal.seats.order_by("pk")
        ),
        prices_minor=dict(proposal.plan["prices_minor"]),
    )
