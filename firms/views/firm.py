"""A firm's own page, its sites and what it may change about itself."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from config import clock
from config.doors import actor, carry_out, for_people, found, person, sent_well
from firms import actions
from firms.forms.fields import whole_units
from firms.forms.joining import DetailsForm
from firms.forms.offers import SiteForm
from firms.models import Firm
from firms.queries import firms_of
from firms.queries.pages import what_is_missing
from firms.queries.reputation import account
from firms.views.doors import ask, firm_page, my_membership

REASONS = 4  # of the standing, on the firm's first page


@require_safe
@for_people
def firms(request: HttpRequest) -> HttpResponse:
    """Lead to the person's firm; with several, let them choose; with none, to joining."""
    mine = firms_of(person(request).pk)
    if not mine:
        return redirect("firms:join")
    if len(mine) == 1:
        return redirect("firms:firm", mine[0].key)
    return render(request, "firms/firms.html", {"firms": mine})


@require_safe
@for_people
def firm(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show who the firm is, its verification, its standing, and what to do next."""
    member = my_membership(request, key)
    shown = {
        "identifiers": member.firm.identifiers.all(),
        "missing": what_is_missing(member.firm),
        "reasons": [line for line in account(member.firm, clock.now()) if line.counts][:REASONS],
    }
    return firm_page(request, "firms/firm.html", member, **shown)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Change the firm's currency, time zone, quiet hours and cost of an engagement."""
    member = my_membership(request, key)
    form = DetailsForm(request.POST or None, initial=_present(member.firm))

    def act() -> object:
        return actions.change_firm(actor(request), key, **form.cleaned_data, now=clock.now())

    if sent_well(request, form, act, _("Saved.")):
        return redirect("firms:firm", key)
    return firm_page(request, "firms/change.html", member, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def sites(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the sites, and add one."""
    member = my_membership(request, key)
    form = SiteForm(request.POST or None)

    def act() -> object:
        return actions.add_site(actor(request), key, now=clock.now(), **form.cleaned_data)

    if sent_well(request, form, act, _("The site was added.")):
        return redirect("firms:sites", key)
    return firm_page(request, "firms/sites.html", member, form=form, sites=member.firm.sites.order_by("name"))


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def remove_site(request: HttpRequest, key: UUID, site_id: int) -> HttpResponse:
    """Ask once, then remove a site that nothing uses."""
    member = my_membership(request, key)
    site, back = found(member.firm.sites.filter(pk=site_id).first()), reverse("firms:sites", args=[key])
    if request.method != "POST":
        question = translate("Remove %(site)s?") % {"site": site}
        follows = _("The site is deleted. Competencies that belong to it would have to be withdrawn before.")
        return ask(request, member, question, follows, _("Remove"), back)

    def act() -> object:
        return actions.remove_site(actor(request), key, site_id, now=clock.now())

    return carry_out(request, act, back, _("The site was removed."))


def _present(row: Firm) -> dict[str, object]:
    cost = whole_units(row.engagement_cost_minor, row.currency)
    quiet = {"quiet_from": row.quiet_from, "quiet_until": row.quiet_until}
    return {
        "products": row.products,
        "currency": row.currency,
        "time_zone": row.time_zone,
        "engagement_cost": cost,
        **quiet,
    }
