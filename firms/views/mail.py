"""What comes by e-mail: a person's choice, and the link in each e-mail that stops its kind."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from config import clock, push_key
from config.doors import actor, for_people, person, sent_well
from firms import actions
from firms.forms.people import MailForm
from firms.queries.readers import groups_for, mail_groups, read_token
from firms.views.devices import push_form


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def mail(request: HttpRequest) -> HttpResponse:
    """Choose which notices come by e-mail too."""
    user = person(request)
    sent = request.POST if request.method == "POST" else None
    form = MailForm(sent, initial={"groups": mail_groups(user)}, choices=groups_for(user))

    def act() -> object:
        return actions.choose_mail(actor(request), **form.cleaned_data, now=clock.now())

    if sent_well(request, form, act, _("Saved.")):
        return redirect("firms:mail")
    shown = {
        "form": form,
        "push_form": push_form(user),
        "push_key": push_key.public(),
        "devices": user.push_subscriptions.live().order_by("made_at"),
    }
    return render(request, "firms/mail.html", shown)


@csrf_exempt  # mail programs post it for their reader, who is not logged in there (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once, then send no e-mails of this kind any more; the link is signed, and no log-in is needed."""
    found = read_token(token)
    if found is None:
        raise Http404
    if request.method == "POST":
        actions.stop_mail(token, now=clock.now())
    is_stopped = request.method == "POST"
    return render(request, "firms/stop_mail.html", {"group": found[1], "is_stopped": is_stopped})
