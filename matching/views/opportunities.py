"""Opportunities: the list, one of them with its sheet and proposals, raised by hand, set aside."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import clock
from config.csv_file import csv_file, is_csv
from config.doors import carry_out, for_operators, found, person, sent_well
from matching import actions
from matching.forms import EconomicsForm, RaiseForm, ReasonForm
from matching.models import Opportunity
from matching.queries import console, plans, story, tables
from matching.queries.words import sentence


@require_safe
@for_operators
def opportunities(request: HttpRequest) -> HttpResponseBase:
    """Opportunities, those to decide first."""
    table = tables.opportunities(request.GET)
    if is_csv(request):
        return csv_file(request, "opportunities", table.records())
    state = request.GET.get("state", "")
    shown = {"table": table, "state": state, "states": Opportunity.State.values}
    return render(request, "matching/opportunities.html", shown)


@require_safe
@for_operators
def opportunity(request: HttpRequest, key: UUID) -> HttpResponse:
    """One opportunity: what is wanted, what a unit is worth, the proposals side by side."""
    row = found(plans.opportunity(str(key)))
    shown = {
        "opportunity": row,
        "columns": plans.columns(row, person(request).pk, clock.now()),
        "sheets": plans.sheet_views(row),
        "reasons": [sentence(reason) for reason in row.blocked_by],
        "form": ReasonForm(),
        "scale": settings.PANEL_SCALE,
        "is_open": row.state in Opportunity.UNDECIDED,
    }
    return render(request, "matching/opportunity.html", shown)


@require_http_methods(["GET", "POST"])
@for_operators
def raise_by_hand(request: HttpRequest) -> HttpResponse:
    """Raise an opportunity with a reason."""
    products = {product.key: str(product) for product in console.products()}
    form = RaiseForm(products, request.POST or None, initial=_initial(request))
    keys: list[str] = []

    def act() -> None:
        given = form.cleaned_data
        keys.append(
            actions.raise_opportunity(
                person(request).actor,
                given["product"],
                markets=given["markets"],
                half_life_days=given["half_life_days"],
                reason=given["reason"],
                now=clock.now(),
            )
        )

    if sent_well(request, form, act, _("Raised. Proposals are being made.")):
        return redirect("matching:opportunity", keys[0])
    return render(request, "matching/raise.html", {"form": form})


def _initial(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: a product, or a surge that an operator does not want to wait for."""
    spike_id = request.GET.get("spike", "")
    spike = console.spike(int(spike_id)) if spike_id.isdecimal() and len(spike_id) < 10 else None
    return story.by_hand(spike, clock.now()) if spike else {"product": request.GET.get("product", "")}


@require_POST
@for_operators
def dismiss(request: HttpRequest, key: UUID) -> HttpResponse:
    """Set an opportunity aside."""
    reason = request.POST.get("reason", "")
    return carry_out(
        request,
        lambda: actions.dismiss_opportunity(person(request).actor, str(key), reason=reason, now=clock.now()),
        reverse("matching:opportunity", args=[key]),
        _("Set aside."),
    )


@require_POST
@for_operators
def try_again(request: HttpRequest, key: UUID) -> HttpResponse:
    """Ask for new proposals."""
    return carry_out(
        request,
        lambda: actions.try_again(person(request).actor, str(key), now=clock.now()),
        reverse("matching:opportunity", args=[key]),
        _("New proposals are being made."),
    )


@require_http_methods(["GET", "POST"])
@for_operators
def economics(request: HttpRequest, key: UUID, market: str) -> HttpResponse:
    """Edit the unit economics of the opportunity's product in a market."""
    row = found(plans.opportunity(str(key)))
    if market not in {str(one.market) for one in row.markets.all()}:
        found(None)
    product = row.product
    form = EconomicsForm(plans.lines_of(product.key, market), row.currency, request.POST or None)

    def act() -> None:
        actions.edit_economics(
            person(request).actor, product.key, market, form.cleaned_data["lines"], now=clock.now()
        )

    if sent_well(request, form, act, _("Saved. Proposals are made again with these figures.")):
        return redirect("matching:opportunity", key)
    return render(request, "matching/economics.html", {"form": form, "opportunity": row, "market": market})
