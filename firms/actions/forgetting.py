"""A person is forgotten. What remains is the pseudonym, which the record names, and that there was a role."""

import secrets
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password

from config.models import Command
from config.wake import wake
from firms.models import (
    AccessToken,
    Appeal,
    Draft,
    Firm,
    Member,
    MemberInvitation,
    Phone,
    Pin,
    PushSubscription,
    SavedView,
    Sheet,
    User,
)

NOWHERE = "erased.invalid"  # RFC 2606: never anybody's address


def forget(user_id: int, *, now: datetime) -> list[int]:
    """Take name, address and every way in from an account; returns the firms that have no owner any more.

    The caller is in a transaction.
    """
    mine = Member.objects.filter(user_id=user_id, ended_at=None)
    firms = list(Firm.objects.select_for_update(no_key=True).filter(members__in=mine).order_by("pk"))
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    mine.update(ended_at=now)
    _close_ways_in(user)
    _empty_what_was_written(user, now)
    User.objects.filter(pk=user_id).update(
        email=f"erased-{secrets.token_hex(8)}@{NOWHERE}",
        name="",
        language="",
        time_zone="",
        password=make_password(None),
        is_active=False,
        is_operator=False,
    )
    wake(f"session:{user_id}")
    owners = Member.objects.active().filter(role=Member.Role.OWNER)
    owned = set(owners.filter(firm__in=firms).values_list("firm_id", flat=True))
    return [firm.pk for firm in firms if firm.pk not in owned]


def _close_ways_in(user: User) -> None:
    AccessToken.objects.filter(user=user).delete()
    PushSubscription.objects.filter(user=user).delete()
    Pin.objects.filter(user=user).delete()
    Phone.objects.filter(taken_by=user).update(taken_by=None)
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()


def _empty_what_was_written(user: User, now: datetime) -> None:
    """Invitations to and by the person, drafts, appeals, and what commands have answered."""
    places = MemberInvitation.objects
    places.open().filter(invited_by=user).update(withdrawn_at=now)
    places.open().filter(email__iexact=user.email).update(withdrawn_at=now)
    places.filter(email__iexact=user.email).update(email=f"erased@{NOWHERE}")
    Draft.objects.filter(user=user).delete()
    SavedView.objects.filter(user=user).delete()
    Sheet.objects.filter(sent_by=user).update(name="")
    Appeal.objects.filter(by=user).update(text="")
    Appeal.objects.filter(answered_by=user).update(answer="")
    Command.objects.filter(actor=str(user.pseudonym)).update(result={"erased": True})
