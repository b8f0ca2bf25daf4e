"""Joining with a firm: two pages of questions, one to check the answers; everything typed is kept."""

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from config import clock
from config.doors import actor, for_people, person
from config.forms import Sent
from config.rows import Refused
from firms import actions
from firms.forms.joining import FirmStep, WorkStep
from firms.models import Draft
from firms.queries import firms_of

LONGEST, MOST_MODULES = 400, 20  # of what is kept although it may be wrong
STEPS: dict[str, tuple[type[Sent], Any]] = {
    "firm": (FirmStep, _("Your firm")),
    "work": (WorkStep, _("What you do")),
}


@require_safe
def join(request: HttpRequest) -> HttpResponse:
    """Show the way in: what will be asked, and how far one has come."""
    if not request.user.is_authenticated:
        return render(request, "firms/join/start.html", {"steps": _steps({})})
    answers = _answers(request)
    return render(
        request,
        "firms/join/start.html",
        {"steps": _steps(answers), "next": _next(answers), "firms": firms_of(person(request).pk)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def step(request: HttpRequest, name: str) -> HttpResponse:
    """Ask one page of questions. What was entered is kept even when it is not right yet, and on the way back."""
    if name not in STEPS:
        raise Http404
    kind, title = STEPS[name]
    if request.method == "POST":
        form = kind(request.POST)
        entered = {field: _entered(request, form, field) for field in form.fields}
        actions.keep_draft(actor(request), {name: entered}, now=clock.now())
        if "back" in request.POST:
            return redirect(_before(name))
        if form.is_valid():
            return redirect(_address(_next(_answers(request), after=name)))
    else:
        form = kind(initial=_initial(request, name))
    shown = {
        "form": form,
        "name": name,
        "title": title,
        "number": list(STEPS).index(name) + 1,
        "of": len(STEPS) + 1,
    }
    return render(request, "firms/join/step.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def check(request: HttpRequest) -> HttpResponse:
    """Show the answers once more; sending them lets the firm join."""
    answers = _answers(request)
    missing = _next(answers)
    if missing != "check":
        return redirect(_address(missing))
    forms = {name: _bound(name, answers) for name in STEPS}
    form = Sent()
    if request.method == "POST":
        try:
            return _joined(request, forms)
        except Refused as refused:
            form = Sent({})
            form.is_valid()
            form.add_error(None, str(refused.text))
    shown = {"sections": _sections(forms), "form": form, "command_id": uuid4(), "of": len(STEPS) + 1}
    return render(request, "firms/join/check.html", shown)


def _before(name: str) -> str:
    """Where the page before this one is: an earlier page of questions, or the list of all steps."""
    earlier = [other for other in STEPS if other != name][: list(STEPS).index(name)]
    return reverse("firms:join-step", args=[earlier[-1]]) if earlier else reverse("firms:join")


def _joined(request: HttpRequest, forms: dict[str, Sent]) -> HttpResponse:
    answers = {**forms["firm"].cleaned_data, **forms["work"].cleaned_data}
    done = actions.join(
        actor(request),
        answers.pop("identifier"),
        **answers,
        time_zone=timezone.get_current_timezone_name(),
        command_id=request.POST.get("command_id", "")[:64] or None,
        now=clock.now(),
    )
    return redirect(reverse("matching:called", args=[done["firm"]]) + "?joined=1")  # the first value is seen


def _answers(request: HttpRequest) -> dict[str, Any]:
    kept = Draft.objects.filter(user_id=person(request).pk).first()
    return dict(kept.answers) if kept else {}


def _entered(request: HttpRequest, form: Sent, field: str) -> Any:
    if field == "modules":
        return [module[:LONGEST] for module in request.POST.getlist(field)[:MOST_MODULES]]
    return request.POST.get(field, "")[:LONGEST]


def _initial(request: HttpRequest, name: str) -> dict[str, Any]:
    known = _answers(request).get(name)
    return known or {"person_name": person(request).name}


def _bound(name: str, answers: dict[str, Any]) -> Sent:
    form = STEPS[name][0](answers.get(name) or {})
    form.is_valid()
    return form


def _next(answers: dict[str, Any], after: str = "") -> str:
    """The first page that is not right yet, seen from the page just sent; then the check."""
    names = list(STEPS)
    late = names[names.index(after) + 1 :] if after else []
    order = [*late, *(name for name in names if name not in late)]
    return next(
        (name for name in order if name not in answers or not _bound(name, answers).is_valid()), "check"
    )


def _address(name: str) -> str:
    return reverse("firms:check") if name == "check" else reverse("firms:join-step", args=[name])


def _steps(answers: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "title": title, "is_done": name in answers and _bound(name, answers).is_valid()}
        for name, (_kind, title) in STEPS.items()
    ]


def _sections(forms: dict[str, Sent]) -> list[dict[str, Any]]:
    return [
        {"name": name, "title": STEPS[name][1], "rows": [(f.label, _shown(form, f.name)) for f in form]}
        for name, form in forms.items()
    ]


def _shown(form: Sent, name: str) -> str:
    """An answer as people read it: the words of what was chosen."""
    value = form.cleaned_data.get(name, "")
    choices = dict(getattr(form.fields[name], "choices", ()))
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(choices.get(one, one)) for one in values)
