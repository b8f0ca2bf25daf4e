"""The keys of a firm: which sign for it, bringing one, proving it, ending it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import clock
from config.doors import actor, carry_out, for_people, found, sent_well
from firms import actions
from firms.actions.keys import statement
from firms.forms.keys import KeyForm, ProofForm
from firms.models import Key, Member
from firms.views.doors import firm_page, my_membership


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def keys(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show the firm's keys; an owner may bring one."""
    member = my_membership(request, key)
    form = KeyForm(request.POST or None)

    def act() -> object:
        return actions.offer_key(actor(request), key, **form.cleaned_data, now=clock.now())

    if sent_well(request, form, act, _("Now show that you have the private key.")):
        return redirect("firms:keys", key)
    return _page(request, member, form, ProofForm())


@require_safe
@for_people
def challenge(request: HttpRequest, key: UUID, key_id: int) -> HttpResponse:
    """The exact bytes that prove a key, as a file."""
    member = my_membership(request, key)
    waiting = found(member.firm.keys.unproven().select_related("firm").filter(pk=key_id).first())
    answer = HttpResponse(statement(waiting), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="challenge.txt"'
    return answer


@require_POST
@for_people
def prove(request: HttpRequest, key: UUID, key_id: int) -> HttpResponse:
    member = my_membership(request, key)
    form = ProofForm(request.POST)

    def act() -> object:
        return actions.prove_key(actor(request), key, key_id, **form.cleaned_data, now=clock.now())

    if sent_well(request, form, act, _("The key is proven: from now on it signs for the firm.")):
        return redirect("firms:keys", key)
    return _page(request, member, KeyForm(), form)


@require_POST
@for_people
def revoke(request: HttpRequest, key: UUID, key_id: int) -> HttpResponse:
    def act() -> object:
        return actions.revoke_key(actor(request), key, key_id, now=clock.now())

    return carry_out(request, act, reverse("firms:keys", args=[key]), _("The key signs nothing any more."))


def _page(request: HttpRequest, member: Member, form: KeyForm, proof: ProofForm) -> HttpResponse:
    rows = member.firm.keys.order_by("-pk")
    waiting = rows.unproven().select_related("firm").first()
    shown = {
        "form": form,
        "proof": proof,
        "is_owner": member.role == Member.Role.OWNER,
        "keys": rows.exclude(valid_from_at=None),
        "waiting": waiting,
        "text": statement(waiting).decode() if waiting else "",
        "brought": Key.Kind.BROUGHT,
        "now": clock.now(),
    }
    return firm_page(request, "firms/keys.html", member, **shown)
