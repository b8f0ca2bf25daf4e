"""The doors of a negotiation: a firm proposes other terms, an operator answers."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from alliances import actions
from alliances.forms import CounterForm
from alliances.models import Invitation
from alliances.queries import negotiation as queries
from alliances.views.answers import Verb, carry_out, number, verb_door
from alliances.views.desk import invitation_page, own_invitation
from config.doors import for_operators, found, refuse
from config.rows import Refused

ANSWERS: dict[str, tuple[Verb, str | Promise]] = {
    "accept": (actions.accept_counter, _("Taken: the firm is asked to accept exactly this.")),
    "refuse": (actions.refuse_counter, _("Refused: what was offered stands.")),
}


@verb_door
def counter(request: HttpRequest, key: UUID) -> HttpResponse:
    """Propose other terms than those that the page showed."""
    invitation = own_invitation(request, key)
    form = CounterForm(queries.offered(invitation), request.POST)
    if not form.is_valid():
        return invitation_page(request, invitation, form)
    return carry_out(
        request,
        actions.counter,
        str(key),
        terms_hash=request.POST.get("terms_hash", ""),
        to=reverse("alliances:invitation", args=[key]),
        said=_("Your proposal waits for an operator. What was offered stands meanwhile."),
        **form.wished(),
    )


@require_POST
@for_operators
def decide(request: HttpRequest, key: UUID, verb: str) -> HttpResponse:
    """Take a firm's proposal, or refuse it."""
    if verb not in ANSWERS:
        raise Http404
    function, said = ANSWERS[verb]
    to = _page_of(key)
    try:
        about = number(request, "number") or 0
    except Refused as refused:
        return refuse(request, refused, to)
    return carry_out(
        request, function, str(key), number=about, note=request.POST.get("note", ""), to=to, said=said
    )


@require_POST
@for_operators
def answer(request: HttpRequest, key: UUID) -> HttpResponse:
    """Offer other terms in turn."""
    to = _page_of(key)
    form = CounterForm(queries.offered(Invitation.objects.get(key=key)), request.POST)
    if not form.is_valid():
        first = next(iter(form.errors.values()))[0]
        return refuse(request, Refused("invalid", str(first)), to)
    about = int(request.POST.get("number") or 0) if request.POST.get("number", "").isdecimal() else 0
    said = _("Offered. The firm has been told.")
    return carry_out(request, actions.offer_other, str(key), number=about, to=to, said=said, **form.wished())


def _page_of(key: UUID) -> str:
    """The page of the alliance to which an invitation belongs. Raises Missing."""
    invitation = found(Invitation.objects.filter(key=key).select_related("seat__alliance").first())
    return reverse("alliances:detail", args=[invitation.seat.alliance.key])
