"""A person's own settings, and the tokens of their programs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from config import clock
from config.doors import actor, carry_out, for_people, person, sent_well
from firms import actions
from firms.forms.people import PersonForm, TokenForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def me(request: HttpRequest) -> HttpResponse:
    """Change one's name, language and time zone."""
    user = person(request)
    present = {"name": user.name, "language": user.language, "time_zone": user.time_zone}
    form = PersonForm(request.POST or None, initial=present)

    def act() -> object:
        return actions.change_person(actor(request), **form.cleaned_data, now=clock.now())

    if sent_well(request, form, act, _("Saved.")):
        return redirect("firms:person")
    return render(request, "firms/person.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def tokens(request: HttpRequest) -> HttpResponse:
    """Show the person's tokens; a new one's secret is shown this once."""
    form = TokenForm(request.POST or None)
    secret = ""

    def act() -> None:
        nonlocal secret
        secret = actions.issue_token(actor(request), form.cleaned_data["name"], now=clock.now())

    if sent_well(request, form, act, _("The token was made.")):
        form = TokenForm()
    rows = person(request).access_tokens.live().order_by("-created_at")
    return render(request, "firms/tokens.html", {"form": form, "secret": secret, "tokens": rows})


@require_POST
@for_people
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    def act() -> object:
        return actions.revoke_token(actor(request), token_id, now=clock.now())

    return carry_out(request, act, reverse("firms:tokens"), _("The token opens nothing any more."))
