"""How people are told beside the platform and by e-mail: on their devices, and by a robot in the firm's group."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from config import clock
from config.doors import actor, carry_out, for_people, person, sent_well
from firms import actions
from firms.forms.devices import PushForm, RobotForm
from firms.models import Robot, User
from firms.queries.devices import push_groups
from firms.queries.readers import groups_for
from firms.views.doors import firm_page, my_membership, secret_of


@require_POST
@for_people
def subscribe(request: HttpRequest) -> HttpResponse:
    """Tell this person through the browser that asks."""
    sent = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth", "device")}

    def act() -> object:
        return actions.subscribe(actor(request), **sent, phone=secret_of(request), now=clock.now())

    return carry_out(request, act, reverse("firms:mail"), _("This device is told from now on."))


@require_POST
@for_people
def unsubscribe(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Tell nothing through one of the person's browsers any more."""

    def act() -> object:
        return actions.unsubscribe(actor(request), subscription_id, now=clock.now())

    return carry_out(request, act, reverse("firms:mail"), _("This device is told nothing any more."))


@require_POST
@for_people
def choose_push(request: HttpRequest) -> HttpResponse:
    """Keep of what, and how often, the person's devices are told."""
    form = push_form(person(request), request.POST)

    def act() -> object:
        return actions.choose_push(actor(request), **form.cleaned_data, now=clock.now())

    if not form.is_valid():
        return redirect("firms:mail")
    return carry_out(request, act, reverse("firms:mail"), _("Saved."))


def push_form(user: User, sent: QueryDict | None = None) -> PushForm:
    """The form of the page of notices, as it was sent or as the person has chosen."""
    chosen = {"groups": push_groups(user), "pace": user.push_pace}
    return PushForm(sent, initial=chosen, choices=groups_for(user), auto_id="push-%s")


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def robot(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show, set or change the robot of the firm's group chat; its address is never shown again."""
    member = my_membership(request, key)
    kept = Robot.objects.filter(firm=member.firm).first()
    start = {"kind": kept.kind, "groups": kept.groups, "language": kept.language} if kept else {}
    form = RobotForm(request.POST or None, initial=start)

    def act() -> object:
        return actions.set_robot(actor(request), key, **form.cleaned_data, now=clock.now())

    if sent_well(request, form, act, _("The robot tells the group from now on.")):
        return redirect("firms:robot", key)
    return firm_page(request, "firms/robot.html", member, form=form, robot=kept)


@require_POST
@for_people
def remove_robot(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let the robot tell nothing any more."""

    def act() -> object:
        return actions.remove_robot(actor(request), key, now=clock.now())

    return carry_out(request, act, reverse("firms:robot", args=[key]), _("The robot tells nothing any more."))
