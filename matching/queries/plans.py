"""Opportunities and proposals as a person reads them before deciding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from config.templatetags.ui import units as in_figures
from config.templatetags.ui import whole_money
from firms import queries as firms
from matching.economics import MANDATORY, Kind, Margin, Sheet, SheetError, unit_margin
from matching.models import EconomicsLine, Opening, Opportunity, Proposal, ProposedSeat
from matching.plan.graph import from_json
from matching.plan.reasons import gap
from matching.queries.economics import sheets
from matching.queries.gantt import Gantt, gantts
from matching.queries.proposals import current_report
from matching.queries.words import KINDS, sentence

Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A proposal as a column of the comparison."""

    proposal: Proposal
    seats: Sequence[ProposedSeat]
    figures: Mapping[str, Any]  # of its latest risk report
    gap_percent: float
    differs: Sequence[str]  # from the best one, in words
    is_opened: bool  # this person has opened its current risk report
    gantt: Gantt

    @property
    def sentences(self) -> list[str]:
        return [sentence(row) for row in self.proposal.reasons]


@dataclass(frozen=True)
class SheetView:
    """The economics of a market: its lines, what is missing, and the margin before making and carrying."""

    market: str
    lines: Sequence[EconomicsLine]
    missing: Sequence[str]
    margin: Margin | None


def opportunity(key: str) -> Opportunity | None:
    """An opportunity with its product and markets."""
    rows = Opportunity.objects.select_related("product", "spike", "raised_by").prefetch_related("markets")
    return rows.filter(key=key).first()


def columns(found: Opportunity, user_id: int, now: datetime) -> list[Column]:
    """The standing proposals, or the chosen one once it is approved, side by side."""
    states = [Proposal.State.STANDING, Proposal.State.CHOSEN]
    rows = found.proposals.filter(state__in=states).order_by("rank").prefetch_related("seats__firm")
    shown = list(rows)
    schedules = gantts(shown)
    return [_column(row, shown[0], gantt, user_id, now) for row, gantt in zip(shown, schedules, strict=True)]


def column(key: str, user_id: int, now: datetime) -> Column | None:
    """One proposal."""
    rows = Proposal.objects.select_related("opportunity__product").prefetch_related("seats__firm")
    found = rows.filter(key=key).first()
    return _column(found, found, gantts([found])[0], user_id, now) if found else None


def _column(proposal: Proposal, best: Proposal, gantt: Gantt, user_id: int, now: datetime) -> Column:
    latest = proposal.risk_reports.order_by("-made_at", "-pk").first()
    current = current_report(proposal, now)
    return Column(
        proposal=proposal,
        seats=sorted(proposal.seats.all(), key=lambda seat: seat.pk),
        figures=latest.figures if latest else {},
        gap_percent=gap(proposal.bound_minor, proposal.margin_minor),
        differs=_differences(proposal, best),
        is_opened=current is not None and Opening.objects.filter(report=current, user_id=user_id).exists(),
        gantt=gantt,
    )


def _differences(proposal: Proposal, best: Proposal) -> list[str]:
    if proposal.pk == best.pk:
        return []
    told = []
    if proposal.route != best.route:
        told.append(_("Another route"))
    days = (proposal.dispatchable_on - best.dispatchable_on).days
    if days:
        told.append(
            _("%(days)s days later") % {"days": days}
            if days > 0
            else _("%(days)s days earlier") % {"days": -days}
        )
    told += _figures_differ(proposal, best)
    mine, theirs = _holders(proposal), _holders(best)
    others = sorted(mine - theirs)
    if others:
        told.append(_("With %(firms)s") % {"firms": ", ".join(others)})
    gone = sorted(theirs - mine)
    if gone:
        told.append(_("Without %(firms)s") % {"firms": ", ".join(gone)})
    return told


def _figures_differ(proposal: Proposal, best: Proposal) -> list[str]:
    """Units and money that one has more or less than the other, in whole units of the currency."""
    told = []
    if units := proposal.units - best.units:
        words = _("%(units)s units more") if units > 0 else _("%(units)s units less")
        told.append(words % {"units": in_figures(abs(units))})
    if proposal.currency == best.currency:
        cost, margin = (
            proposal.cost_minor - best.cost_minor,
            proposal.margin_minor - best.margin_minor,
        )
        told += [
            words % {"money": whole_money(abs(far), best.currency)} for far, words in _steps(cost, margin)
        ]
    return told


def _steps(cost: int, margin: int) -> list[tuple[int, str]]:
    rows = [
        (cost, _("Costs %(money)s more"), _("Costs %(money)s less")),
        (margin, _("Earns %(money)s more"), _("Earns %(money)s less")),
    ]
    return [(far, more if far > 0 else less) for far, more, less in rows if far]


def _holders(proposal: Proposal) -> set[str]:
    return {str(seat.firm) for seat in proposal.seats.all()}


def sheet_views(found: Opportunity) -> list[SheetView]:
    """The unit economics of each market of an opportunity."""
    markets = [str(row.market) for row in found.markets.all()]
    known = sheets(found.product_id, markets, found.currency)
    order = list(Kind)
    lines = EconomicsLine.objects.filter(product_id=found.product_id, market__in=markets)
    by_market: dict[str, list[EconomicsLine]] = {market: [] for market in markets}
    for line in sorted(lines, key=lambda line: order.index(Kind(line.kind))):
        by_market[str(line.market)].append(line)
    return [_sheet_view(market, by_market[market], known[market]) for market in markets]


def _sheet_view(market: str, lines: Sequence[EconomicsLine], sheet: Sheet) -> SheetView:
    present = {line.kind for line in lines}
    missing = [str(KINDS[kind]) for kind in MANDATORY if kind not in present]
    try:
        margin = unit_margin(sheet, 0, 0)
    except SheetError:
        margin = None
    return SheetView(market, lines, missing, margin)


def lines_of(product_key: str, market: str) -> dict[str, EconomicsLine]:
    """The lines of a sheet by kind."""
    rows = EconomicsLine.objects.filter(product__key=product_key, market=market)
    return {row.kind: row for row in rows}


def task_rows(proposal: Proposal, figures: Mapping[str, Any]) -> list[Row]:
    """The tasks of a plan with their days and how often each one decides the date."""
    first = dict(figures.get("criticality", []))
    last = dict(figures.get("criticality_finish", []))
    return [
        {"task": spec, "critical": first.get(spec.code, 0.0), "critical_finish": last.get(spec.code, 0.0)}
        for spec in from_json(proposal.tasks)
    ]


def firm_names(seats: Sequence[ProposedSeat]) -> dict[int, str]:
    """Names of all stand-ins of these seats."""
    return firms.names({row["firm"] for seat in seats for row in seat.candidates})


def what_ifs(proposal: Proposal, figures: Mapping[str, Any]) -> list[Row]:
    """What shortening a task would gain, with the task's title."""
    titles = {spec.code: spec.title for spec in from_json(proposal.tasks)}
    return [{**row, "title": titles[row["code"]]} for row in figures["what_ifs"]]
