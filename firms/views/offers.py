"""What a firm offers: one set of pages for competencies, lanes, reach and services."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from config import clock
from config.doors import actor, carry_out, for_people, sent_well
from config.rows import Actor, Missing
from firms import actions
from firms.forms.offers import CompetencyForm, LaneForm, OfferForm, ReachForm, ServiceForm
from firms.models import Competency, Lane, Member, Offer, Reach, Service
from firms.views.doors import ask, firm_page, my_membership

Verb = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """One kind of offer: its rows, its form, its verbs, its words."""

    model: type[Offer]
    form: type[OfferForm]
    add: Verb
    change: Verb
    withdraw: Verb
    title: str | Promise
    teaches: str | Promise
    needs_site: bool = False
    shows: tuple[str, ...] = ()  # other rows that its list shows


KINDS = {
    "competencies": Kind(
        Competency,
        CompetencyForm,
        actions.add_competency,
        actions.change_competency,
        actions.withdraw_competency,
        _("Competencies"),
        _("What you can make: product, process, material, cost, minimum order, lead time, finished stock."),
        needs_site=True,
        shows=("site", "line", "tiers"),
    ),
    "lanes": Kind(
        Lane,
        LaneForm,
        actions.add_lane,
        actions.change_lane,
        actions.withdraw_lane,
        _("Lanes"),
        _("Where you carry goods: from which origin to which market, how, how fast and for how much."),
        shows=("line",),
    ),
    "reach": Kind(
        Reach,
        ReachForm,
        actions.add_reach,
        actions.change_reach,
        actions.withdraw_reach,
        _("Reach"),
        _("Whom you reach: in which market, language and channel, how many people, for which fee."),
    ),
    "services": Kind(
        Service,
        ServiceForm,
        actions.add_service,
        actions.change_service,
        actions.withdraw_service,
        _("Services"),
        _("How you support: inspection, customs, warehouse, last mile, or who answers before the law."),
    ),
}


@require_safe
@for_people
def offers(request: HttpRequest, key: UUID, page: str) -> HttpResponse:
    """Show all that the firm offers of one kind."""
    member, kind = my_membership(request, key), _kind(page)
    rows = kind.model._default_manager.filter(firm=member.firm, withdrawn_at=None).order_by("pk")
    shown = {"page": page, "kind": kind, "rows": rows.prefetch_related(*kind.shows)}
    return firm_page(request, f"firms/{page}.html", member, **shown)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def add(request: HttpRequest, key: UUID, page: str) -> HttpResponse:
    """Offer one more."""
    member, kind = my_membership(request, key), _kind(page)
    if kind.needs_site and not member.firm.sites.exists():
        return redirect("firms:sites", key)
    form = kind.form(member.firm, None, request.POST or None)
    return _edit(request, member, page, form, lambda who, sent: kind.add(who, key, **sent))


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def change(request: HttpRequest, key: UUID, page: str, row_id: int) -> HttpResponse:
    """Change an offer."""
    member, kind = my_membership(request, key), _kind(page)
    row = _row(kind, member, row_id)
    form = kind.form(member.firm, row, request.POST or None)
    return _edit(request, member, page, form, lambda who, sent: kind.change(who, row_id, **sent), row=row)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def withdraw(request: HttpRequest, key: UUID, page: str, row_id: int) -> HttpResponse:
    """Ask once, then offer it no longer."""
    member, kind = my_membership(request, key), _kind(page)
    row, back = _row(kind, member, row_id), reverse("firms:offers", args=[key, page])
    if request.method != "POST":
        question = translate("Withdraw %(offer)s?") % {"offer": row}
        follows = _("No new alliance will ask for it. What was agreed on it stays agreed.")
        return ask(request, member, question, follows, _("Withdraw"), back)

    def act() -> object:
        return kind.withdraw(actor(request), row_id, now=clock.now())

    return carry_out(request, act, back, _("It is no longer offered."))


def _edit(
    request: HttpRequest,
    member: Member,
    page: str,
    form: OfferForm,
    do: Callable[[Actor, dict[str, Any]], Any],
    *,
    row: Offer | None = None,
) -> HttpResponse:
    def act() -> object:
        sent: dict[str, Any] = {"fields": form.fields_of_row(), "now": clock.now()}
        if isinstance(form, CompetencyForm):
            sent["tiers"] = form.tiers()
        return do(actor(request), sent)

    if sent_well(request, form, act, _("Saved.")):
        return redirect("firms:offers", member.firm.key, page)
    lines = member.firm.lines.order_by("name")
    return firm_page(
        request, "firms/offer.html", member, page=page, kind=KINDS[page], form=form, row=row, lines=lines
    )


def _kind(page: str) -> Kind:
    if page not in KINDS:
        raise Http404
    return KINDS[page]


def _row(kind: Kind, member: Member, row_id: int) -> Offer:
    row = kind.model._default_manager.filter(pk=row_id, firm=member.firm, withdrawn_at=None).first()
    if row is None:
        raise Missing()
    return row
