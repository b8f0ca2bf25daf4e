"""What operators order in a living alliance, and decide of what is proposed for it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from alliances import actions
from alliances.views.answers import Verb, back, carry_out
from config.doors import Text, for_operators


def _order(request: HttpRequest, verb: Verb, key: UUID, said: Text) -> HttpResponse:
    """Carry out a verb of an alliance that takes a reason, and go back to its page."""
    to = reverse("alliances:detail", args=[key])
    return carry_out(request, verb, str(key), reason=request.POST.get("reason", ""), to=to, said=said)


@require_POST
@for_operators
def suspend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop the work until a second person clears it."""
    return _order(request, actions.suspend, key, _("Suspended. Another operator has to clear it."))


@require_POST
@for_operators
def clear(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a suspended alliance go on."""
    return _order(request, actions.clear, key, _("Cleared: the work goes on."))


@require_POST
@for_operators
def stop(request: HttpRequest, key: UUID) -> HttpResponse:
    """End an alliance whose partners are bound."""
    return _order(
        request, actions.stop, key, _("Stopped. What is left over is dealt with, then it is settled.")
    )


@require_POST
@for_operators
def replace(request: HttpRequest, seat_id: int) -> HttpResponse:
    """Take a seat from a partner that fails."""
    return carry_out(
        request,
        actions.replace,
        seat_id,
        reason=request.POST.get("reason", ""),
        to=back(request, reverse("alliances:list")),
        said=_("The seat is open again, and the next firm is asked."),
    )


@require_POST
@for_operators
def confirm_change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Do what was proposed for a living alliance."""
    return carry_out(
        request,
        actions.confirm_change,
        str(key),
        option=request.POST.get("option", ""),
        reason=request.POST.get("reason", ""),
        to=back(request, reverse("alliances:list")),
        said=_("Confirmed and done."),
    )


@require_POST
@for_operators
def dismiss_change(request: HttpRequest, key: UUID) -> HttpResponse:
    """Decide against what was proposed for a living alliance."""
    return carry_out(
        request,
        actions.dismiss_change,
        str(key),
        reason=request.POST.get("reason", ""),
        to=back(request, reverse("alliances:list")),
        said=_("Dismissed: everything stays as it is."),
    )
