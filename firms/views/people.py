"""Members of a firm: who they are, inviting, taking the place, leaving."""

import logging
from smtplib import SMTPException
from uuid import UUID

from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from config import clock
from config.doors import actor, carry_out, for_people, person, sent_well
from config.rows import Missing, Refused
from firms import actions
from firms.forms.people import InviteForm
from firms.models import Firm, MemberInvitation
from firms.views.doors import firm_page, my_membership

log = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def members(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show who acts for the firm, and invite somebody. The link is shown once, and sent by e-mail."""
    member = my_membership(request, key)
    form = InviteForm(request.POST or None)
    link = ""

    def act() -> None:
        nonlocal link
        secret = actions.invite_member(actor(request), key, **form.cleaned_data, now=clock.now())
        link = request.build_absolute_uri(reverse("firms:invited", args=[secret]))

    if sent_well(request, form, act, gettext_lazy("The invitation was made.")):
        _send(request, form.cleaned_data["email"], member.firm, link)
        form = InviteForm()
    shown = {
        "form": form,
        "link": link,
        "members": member.firm.members.active().select_related("user").order_by("since_at"),
        "invitations": member.firm.member_invitations.open().order_by("invited_at"),
    }
    return firm_page(request, "firms/members.html", member, **shown)


@require_POST
@for_people
def withdraw_invitation(request: HttpRequest, key: UUID, invitation_id: int) -> HttpResponse:
    def act() -> object:
        return actions.withdraw_invitation(actor(request), key, invitation_id, now=clock.now())

    return carry_out(request, act, reverse("firms:members", args=[key]), _("The invitation was withdrawn."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def end_member(request: HttpRequest, key: UUID, member_id: int) -> HttpResponse:
    """Ask once, then end a person's role in the firm."""
    member = my_membership(request, key)
    leaver = member.firm.members.active().select_related("user").filter(pk=member_id).first()
    if leaver is None:
        raise Missing()
    if request.method != "POST":
        return firm_page(request, "firms/end_member.html", member, leaver=leaver)
    is_me = leaver.user_id == person(request).pk
    to = reverse("firms:firms") if is_me else reverse("firms:members", args=[key])

    def act() -> object:
        return actions.end_member(actor(request), key, member_id, now=clock.now())

    return carry_out(request, act, to, _("The role has ended."))


@require_http_methods(["GET", "HEAD", "POST"])
@for_people
def invited(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the place in a firm that an invitation keeps."""
    invitation = MemberInvitation.objects.of_secret(secret).select_related("firm", "invited_by").first()
    if invitation is None:
        raise Missing()
    if request.method == "POST":
        try:
            done = actions.accept_membership(actor(request), invitation.pk, secret=secret, now=clock.now())
        except Missing:
            raise
        except Refused as refused:
            messages.error(request, str(refused.text))
            return redirect("firms:invited", secret)
        return redirect("firms:firm", done["firm"])
    is_mine = invitation.email.lower() == person(request).email.lower()
    return render(request, "firms/invited.html", {"invitation": invitation, "is_mine": is_mine})


def _send(request: HttpRequest, address: str, firm: Firm, link: str) -> None:
    subject, body = _verified(firm, link) if firm.state == Firm.State.VERIFIED else _unverified(link)
    try:
        send_mail(subject, body, None, [address])
    except (OSError, SMTPException):
        log.exception("an invitation could not be sent")
        messages.warning(request, _("The e-mail could not be sent. Give the link to the person yourself."))


def _verified(firm: Firm, link: str) -> tuple[str, str]:
    name = " ".join(firm.legal_name.split())  # one line, also where it was taken before names had to be one
    subject = _("%(firm)s invites you to Murmuration") % {"firm": name}
    body = _("Open this link to act for %(firm)s:\n\n%(link)s\n\nIf you do not know the firm, do nothing.")
    return subject, body % {"firm": name, "link": link}


def _unverified(link: str) -> tuple[str, str]:
    """Anybody may join under any name: before a person has looked, no word of theirs is sent to others in our name."""
    subject = _("A firm invites you to Murmuration")
    body = _(
        "Open this link to see which firm wants you to act for it:\n\n%(link)s\n\n"
        "If you do not expect an invitation, do nothing."
    )
    return subject, body % {"link": link}
