"""A person's own data: to take home, and to have erased."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliances import actions
from alliances.forms import ForgetForm
from alliances.queries import personal
from alliances.views.answers import carry_out
from config import clock
from config.doors import actor, for_operators, for_people, person, refuse, sent_well
from config.rows import Refused
from firms.queries.personal import pseudonym_of

ERASED = _("The person is forgotten: name, address and texts are erased, the account is closed.")


@require_safe
@for_people
def my_data(request: HttpRequest) -> HttpResponse:
    """Show what one can do with one's own data."""
    return render(request, "alliances/my_data.html", {})


@require_safe
@for_people
def my_data_file(request: HttpRequest) -> HttpResponse:
    """Everything that is kept of this person."""
    user = person(request)
    content = personal.everything(user.pk, str(user.pseudonym), clock.now())
    answer = JsonResponse(content, json_dumps_params={"indent": 1, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@for_people
def erase_me(request: HttpRequest) -> HttpResponse:
    """Forget oneself; the own address, typed, says that it is meant."""
    user, to = person(request), reverse("alliances:my-data")
    if request.POST.get("email", "").strip().lower() != user.email.lower():
        return refuse(request, Refused("not_meant", _("Type your own e-mail address to confirm.")), to)
    return carry_out(request, actions.erase, str(user.pseudonym), to=to, said=ERASED)


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators
def erase_person(request: HttpRequest) -> HttpResponse:
    """Forget a person who asked an operator for it."""
    form = ForgetForm(request.POST or None)

    def act() -> object:
        found = pseudonym_of(form.cleaned_data["email"])
        if found is None:
            raise Refused("unknown", _("No account has this address."))
        return actions.erase(actor(request), found, now=clock.now())

    if sent_well(request, form, act, ERASED):
        return redirect("alliances:erase-person")
    return render(request, "alliances/erase_person.html", {"form": form})
