"""How a partner gets out of an alliance before its end: alone, or together with all others."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliances import actions
from alliances.views.answers import carry_out, verb_door


@verb_door
def leave(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give up all seats of one's firm."""
    said = _("Your firm has left. What it finished stays its own and is settled at the end.")
    reason, to = request.POST.get("reason", ""), reverse("alliances:desk")
    return carry_out(request, actions.leave, str(key), reason=reason, to=to, said=said)


@verb_door
def agree_to_end(request: HttpRequest, key: UUID) -> HttpResponse:
    """Agree to an early end."""
    said = _("Your firm agrees to an early end. It ends when all partners agree.")
    to = reverse("alliances:board", args=[key])
    return carry_out(request, actions.agree_to_end, str(key), to=to, said=said)


@verb_door
def go_on(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take back one's agreement to an early end."""
    to = reverse("alliances:board", args=[key])
    said = _("Your firm wants to go on.")
    return carry_out(request, actions.go_on, str(key), to=to, said=said)
