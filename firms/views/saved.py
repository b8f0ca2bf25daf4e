"""The doors of saved views. Each leads back to the table that the form came from."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config import clock
from config.doors import actor, carry_out, for_people
from firms import actions


@require_POST
@for_people
def save(request: HttpRequest, table: str) -> HttpResponse:
    sent = request.POST
    return carry_out(
        request,
        lambda: actions.save_view(
            actor(request), table, sent.get("name", ""), sent.get("query", ""), now=clock.now()
        ),
        _back(request),
        _("The view is kept."),
    )


@require_POST
@for_people
def drop(request: HttpRequest, view_id: int) -> HttpResponse:
    return carry_out(
        request,
        lambda: actions.drop_view(actor(request), view_id, now=clock.now()),
        _back(request),
        _("The view was deleted."),
    )


@require_POST
@for_people
def restore(request: HttpRequest, view_id: int) -> HttpResponse:
    return carry_out(
        request,
        lambda: actions.restore_view(actor(request), view_id, now=clock.now()),
        _back(request),
        _("The view is back."),
    )


def _back(request: HttpRequest) -> str:
    """Where the form came from, if that is one of our pages."""
    to = request.POST.get("back", "")
    return to if url_has_allowed_host_and_scheme(to, allowed_hosts=None) else "/"
