"""A firm's desk, and the invitations on it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliances import actions
from alliances.forms import CounterForm
from alliances.models import Invitation
from alliances.queries import desk as queries
from alliances.queries import negotiation
from alliances.views.answers import carry_out, verb_door
from config import clock
from config.doors import for_people, may_be_kept, person
from matching.queries.partners_risk import partners_risk


@require_safe
@for_people
def desk(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person."""
    now = clock.now()
    shown = {"desk": queries.desk(person(request).pk, now), "now": now}
    return may_be_kept(request, render(request, "alliances/desk.html", shown))


@require_safe
@for_people
def invitation(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show everything that is needed to decide, on one page."""
    return invitation_page(request, own_invitation(request, key))


def own_invitation(request: HttpRequest, key: UUID) -> Invitation:
    """An invitation of a firm of this person; for everybody else it does not exist."""
    found = queries.invitation(person(request).pk, str(key))
    if found is None:
        raise Http404
    return found


def invitation_page(request: HttpRequest, found: Invitation, form: CounterForm | None = None) -> HttpResponse:
    """The invitation with what is talked about; a form that was wrong is shown again as it was sent."""
    shown = {
        "talk": negotiation.talk(found),
        "form": form or CounterForm(negotiation.offered(found)),
        "invitation": found,
        "alliance": found.seat.alliance,
        "terms": queries.terms_of(found),
        "conditions": queries.conditions_of(found),
        "roles": queries.roles_in(found),
        "risk": partners_risk(found.seat.alliance.proposal_id),
        "may_answer": queries.may_answer(person(request).pk, found),
        "now": clock.now(),
    }
    return render(request, "alliances/invitation.html", shown)


@verb_door
def accept(request: HttpRequest, key: UUID) -> HttpResponse:
    """Sign the terms whose hash the page showed."""
    return carry_out(
        request,
        actions.accept,
        str(key),
        terms_hash=request.POST.get("terms_hash", ""),
        to=reverse("alliances:invitation", args=[key]),
        said=_(
            "You have accepted. Your capacity is held; as soon as all partners have accepted, "
            "the work begins."
        ),
    )


@verb_door
def decline(request: HttpRequest, key: UUID) -> HttpResponse:
    return carry_out(
        request,
        actions.decline,
        str(key),
        reason=request.POST.get("reason", ""),
        to=reverse("alliances:desk"),
        said=_("You have declined. The next firm is asked."),
    )
