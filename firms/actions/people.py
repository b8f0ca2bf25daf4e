"""People of a firm come and go; each keeps their own settings and the tokens of their programs."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from config.rows import Actor, Missing, Refused, claim, command
from config.wake import wake
from firms.actions.phones import end_turns
from firms.actions.rights import (
    checked_name,
    demand_changer,
    demand_operator,
    demand_valid,
    firm_to_change,
    membership,
    person,
    refused_fields,
)
from firms.models import AccessToken, Firm, Member, MemberInvitation, User
from firms.models.people import digest_of

MOST_INVITATIONS = 50  # open at a time; each is an e-mail, and nobody shall use a firm to send unwanted ones
MOST_IN_A_DAY = 100  # with those that were replaced and withdrawn


def invite_member(actor: Actor, firm_key: UUID | str, email: str, role: str, *, now: datetime) -> str:
    """Keep a place in the firm for a person, and return the secret of the link, which is told only once.

    Whether the address has an account is never told. A second invitation of a person replaces the first.
    """
    with transaction.atomic():
        firm = firm_to_change(actor, firm_key)
        _demand_may_give(membership(actor, firm_key), role)
        address = email.strip().lower()
        if firm.members.active().filter(user__email__iexact=address).exists():
            raise refused_fields({"email": [_("This person already belongs to the firm.")]})
        firm.member_invitations.open().filter(email__iexact=address).update(withdrawn_at=now)
        _demand_few_invitations(firm, now)
        secret = secrets.token_urlsafe(32)
        invitation = MemberInvitation(
            firm=firm,
            email=address,
            role=role,
            digest=digest_of(secret),
            invited_by_id=person(actor),
            invited_at=now,
        )
        demand_valid(invitation)
        invitation.save()
        return secret


@command
def accept_membership(
    actor: Actor, invitation_id: int, *, secret: str, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Take the place that was kept: with the link's secret, and under the address it was sent to."""
    rows = MemberInvitation.objects.of_secret(secret).filter(pk=invitation_id)
    invitation = rows.select_related("firm").select_for_update(of=("self",)).first()
    taker = User.objects.filter(pk=person(actor)).first()
    if invitation is None or taker is None:
        raise Missing()
    if taker.email.lower() != invitation.email.lower():
        raise Refused("other_person", _("This invitation is for another address. Log in with that address."))
    claim(rows, accepted_at=now)
    return _seat(invitation.firm, taker.pk, invitation.role, now)


@command
def withdraw_invitation(
    actor: Actor, firm_key: UUID | str, invitation_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Close a place that nobody has taken yet."""
    firm = firm_to_change(actor, firm_key)
    if not claim(firm.member_invitations.open().filter(pk=invitation_id), withdrawn_at=now):
        raise Missing()
    return {"withdrawn": invitation_id}


@command
def add_member(
    actor: Actor,
    firm_key: UUID | str,
    user_id: int,
    role: str,
    *,
    now: datetime,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Give a person a role in a firm without asking; for operators, who vouch that both agreed."""
    demand_operator(actor)
    firm = Firm.objects.filter(key=firm_key).first()
    if firm is None:
        raise Missing()
    return _seat(firm, user_id, role, now)


@command
def end_member(
    actor: Actor, firm_key: UUID | str, member_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """End a person's role in the firm; everybody may end their own. Raises Refused('last_owner')."""
    mine = membership(actor, firm_key)
    firm = Firm.objects.select_for_update(no_key=True).get(pk=mine.firm_id)
    leaver = firm.members.filter(pk=member_id, ended_at=None).first()
    if leaver is None:
        raise Missing()
    if leaver.user_id != actor.user_id:
        demand_changer(mine)
        _demand_may_give(mine, leaver.role)
    others = firm.members.active().filter(role=Member.Role.OWNER).exclude(pk=leaver.pk)
    if leaver.role == Member.Role.OWNER and not others.exists():
        raise Refused("last_owner", _("A firm needs an owner: make somebody else an owner first."))
    claim(Member.objects.filter(pk=leaver.pk, ended_at=None), ended_at=now)
    end_turns(leaver.user_id)
    # a place that the leaver has kept could be for another address of the same person
    firm.member_invitations.open().filter(invited_by_id=leaver.user_id).update(withdrawn_at=now)
    wake(f"session:{leaver.user_id}")
    return {"ended": leaver.pk}


def issue_token(actor: Actor, name: str, *, now: datetime) -> str:
    """Make a token for a program of the actor's, and return its secret, which is told only once."""
    words = name.strip()[:80]
    if not words:
        raise refused_fields({"name": [_("Name the program that will use the token.")]})
    return AccessToken.objects.issue(User.objects.get(pk=person(actor)), words)


@command
def revoke_token(
    actor: Actor, token_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Let a token open nothing any more, at once."""
    if not claim(AccessToken.objects.live().filter(pk=token_id, user_id=person(actor)), revoked_at=now):
        raise Missing()
    return {"revoked": token_id}


@command
def change_person(
    actor: Actor, *, name: str, language: str, time_zone: str, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Keep how a person wants to be named, spoken to and told the time."""
    if language and language not in dict(settings.LANGUAGES):
        raise refused_fields({"language": [_("Choose one of the languages.")]})
    if time_zone and time_zone not in available_timezones():
        raise refused_fields({"time_zone": [_("Choose a time zone, for example Asia/Shanghai.")]})
    changes = {
        "name": checked_name(name)[:120] if name.strip() else "",
        "language": language,
        "time_zone": time_zone,
    }
    claim(User.objects.filter(pk=person(actor)), **changes)
    return changes


def _demand_few_invitations(firm: Firm, now: datetime) -> None:
    if firm.member_invitations.open().count() >= MOST_INVITATIONS:
        raise Refused("too_many", _("Too many invitations are open: withdraw some first."))
    if firm.member_invitations.filter(invited_at__gt=now - timedelta(days=1)).count() >= MOST_IN_A_DAY:
        raise Refused("too_many", _("Too many invitations were made today: go on tomorrow."))


def _demand_may_give(giver: Member, role: str) -> None:
    if role == Member.Role.OWNER and giver.role != Member.Role.OWNER:
        raise Refused("not_allowed", _("Only an owner decides about owners."))


def _seat(firm: Firm, user_id: int, role: str, now: datetime) -> dict[str, Any]:
    if Member.objects.filter(firm=firm, user_id=user_id, ended_at=None).exists():
        raise Refused("already_member", _("This person already belongs to the firm."))
    member = Member(firm=firm, user_id=user_id, role=role, since_at=now)
    demand_valid(member)
    member.save()
    if member.may_change:
        end_turns(user_id)
    wake(f"session:{user_id}")
    return {"member": member.pk, "firm": str(firm.key)}
