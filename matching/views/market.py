"""The market: overview, signals, surges."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from config import clock
from config.csv_file import csv_file, is_csv
from config.doors import carry_out, for_operators, found, person
from matching import actions
from matching.forms import ReasonForm
from matching.queries import console, intake, plans, story, tables
from matching.resume import LATE_DAYS


@require_safe
@for_operators
def overview(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and what the market does."""
    return render(request, "matching/overview.html", console.overview(clock.now()))


@require_safe
@for_operators
def signals(request: HttpRequest) -> HttpResponseBase:
    """All series with small charts."""
    now = clock.now()
    table = tables.series(request.GET, now)
    if is_csv(request):
        return csv_file(request, "signals", table.records())
    shown = {
        "table": table,
        "rows": console.series_rows(table.page, now),
        "days": console.SPARK_DAYS,
        "scale": settings.PANEL_SCALE,
        "late": intake.late(),
        "unmapped": intake.unmapped(),
        "window": LATE_DAYS,
    }
    return render(request, "matching/signals.html", shown)


@require_safe
@for_operators
def spikes(request: HttpRequest) -> HttpResponseBase:
    """Surges, newest first."""
    table = tables.spikes(request.GET)
    if is_csv(request):
        return csv_file(request, "spikes", table.records())
    rows = console.spike_rows(table.page, clock.now())
    shown = {"table": table, "rows": rows, "level": request.GET.get("level", "")}
    return render(request, "matching/spikes.html", shown)


@require_safe
@for_operators
def spike(request: HttpRequest, spike_id: int) -> HttpResponse:
    """One surge with its evidence."""
    row, now = found(console.spike(spike_id)), clock.now()
    opportunity = getattr(row, "opportunity", None)
    shown = {
        "told": story.told(row, now),
        "form": ReasonForm(),
        "columns": plans.columns(opportunity, person(request).pk, now) if opportunity else [],
    }
    return render(request, "matching/spike.html", shown)


@require_POST
@for_operators
def dismiss_spike(request: HttpRequest, spike_id: int) -> HttpResponse:
    """Set a surge aside."""
    reason = request.POST.get("reason", "")
    return carry_out(
        request,
        lambda: actions.dismiss_spike(person(request).actor, spike_id, reason=reason, now=clock.now()),
        reverse("matching:spike", args=[spike_id]),
        _("Set aside."),
    )


@require_POST
@for_operators
def map_product(request: HttpRequest, key: str) -> HttpResponse:
    """Say under which customs heading a product goes."""
    return carry_out(
        request,
        lambda: actions.map_product(person(request).actor, key, request.POST.get("hs6", ""), now=clock.now()),
        reverse("matching:signals"),
        _("Saved. Who makes such goods can be found now."),
    )
