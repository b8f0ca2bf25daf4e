"""Promotions that were announced: the list, a new one, one withdrawn."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from config import clock
from config.doors import carry_out, for_operators, person, sent_well
from matching import actions
from matching.forms import PromotionForm
from matching.queries import console, intake


@require_http_methods(["GET", "POST"])
@for_operators
def promotions(request: HttpRequest) -> HttpResponse:
    """Announced promotions, and a form for another."""
    form = PromotionForm(console.known_products(), request.POST or None)

    def act() -> None:
        actions.announce_promotion(person(request).actor, **form.cleaned_data, now=clock.now())

    if sent_well(request, form, act, _("Noted. Surges of these days show it.")):
        return redirect("matching:promotions")
    return render(request, "matching/promotions.html", {"form": form, "rows": intake.promotions()})


@require_POST
@for_operators
def withdraw(request: HttpRequest, promotion_id: int) -> HttpResponse:
    """A promotion does not take place."""
    return carry_out(
        request,
        lambda: actions.withdraw_promotion(person(request).actor, promotion_id, now=clock.now()),
        reverse("matching:promotions"),
        _("Withdrawn."),
    )
