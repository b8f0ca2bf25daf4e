"""People let their browsers be told, choose of what and how often; a firm lets a robot tell its group."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils.translation import gettext as _

from config.base64url import decoded, encoded
from config.rows import Actor, Missing, Refused, claim, command
from firms.actions.rights import firm_to_change, person, refused_fields
from firms.endpoints import MOST_CHARACTERS, is_push_endpoint, is_robot_endpoint
from firms.models import Phone, PushSubscription, Robot, User
from firms.models.devices import GROUPS
from firms.queries.readers import groups_for
from firms.robots import hides_nothing
from firms.sealing import NONCE_BYTES, seal

MOST_DEVICES = 10
KEY_BYTES, SECRET_BYTES = 65, 16  # RFC 8291


@command
def subscribe(
    actor: Actor,
    *,
    endpoint: str,
    p256dh: str,
    auth: str,
    device: str = "",
    phone: str = "",
    now: datetime,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Tell this person through a browser. A browser tells one person: who signs in on it later takes it over.

    `phone` is the secret of a shared one: with it, and with the next worker, the telling ends.
    Raises Refused: `unknown_service` for an address that is none of a known push service, `invalid`, `too_many`.
    """
    if not is_push_endpoint(endpoint, settings.PUSH_ENDPOINTS_ALSO):
        raise Refused("unknown_service", _("This browser's push service is not known to the platform."))
    key, secret = _raw(p256dh), _raw(auth)
    if not _is_point(key) or len(secret) != SECRET_BYTES:
        raise Refused("invalid", _("This browser sent keys that cannot be used."))
    user = User.objects.select_for_update().get(pk=person(actor))
    others = user.push_subscriptions.live().exclude(endpoint=endpoint)
    if others.count() >= MOST_DEVICES:
        raise Refused("too_many", _("Too many devices are told already: stop one first."))
    shared = Phone.objects.of_secret(phone).first()
    row = {"user": user, "p256dh": encoded(key), "auth": encoded(secret), "device": device.strip()[:120]}
    kept, _is_new = PushSubscription.objects.update_or_create(
        endpoint=endpoint, defaults={**row, "phone": shared, "made_at": now, "ended_at": None}
    )
    return {"subscription": kept.pk}


@command
def unsubscribe(
    actor: Actor, subscription_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Tell nothing through a browser any more."""
    mine = PushSubscription.objects.live().filter(user_id=person(actor), pk=subscription_id)
    if not claim(mine, ended_at=now):
        raise Missing()
    return {"ended": subscription_id}


def end_subscription(subscription_id: int, now: datetime) -> None:
    """The push service says that the browser is gone."""
    PushSubscription.objects.live().filter(pk=subscription_id).update(ended_at=now)


@command
def choose_push(
    actor: Actor, *, groups: Collection[str], pace: str, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Keep which groups of notices a person wants on their devices, and whether at once or gathered."""
    if pace not in User.Pace.values:
        raise refused_fields({"pace": [_("Choose one of these.")]})
    user = User.objects.select_for_update().get(pk=person(actor))
    user.push_choices = {group.value: group.value in groups for group in groups_for(user)}
    user.push_pace = pace
    user.save(update_fields=["push_choices", "push_pace"])
    return {"groups": user.push_choices, "pace": pace}


@command
def set_robot(
    actor: Actor,
    firm_key: UUID | str,
    *,
    kind: str,
    url: str,
    secret: str = "",
    groups: Collection[str],
    language: str = "",
    now: datetime,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Let a robot tell a firm's group. Raises Refused `invalid` for an address that is none of its service."""
    firm = firm_to_change(actor, firm_key)
    if not is_robot_endpoint(kind, url, settings.PUSH_ENDPOINTS_ALSO) or not hides_nothing(kind, url):
        raise refused_fields(
            {"url": [_("This is not the address of such a robot: copy it from the group chat.")]}
        )
    if not secret.isprintable() or len(url) > MOST_CHARACTERS:
        raise refused_fields({"secret": [_("This secret cannot be right.")]})
    wanted = [group.value for group in GROUPS if group.value in groups]
    sealed = seal(f"{url}\n{secret}", settings.KEY_ENCRYPTION_SECRET, secrets.token_bytes(NONCE_BYTES))
    row = {"kind": kind, "sealed": sealed, "groups": wanted, "language": language, "made_at": now}
    Robot.objects.update_or_create(firm=firm, defaults={**row, "failed_at": None})
    return {"robot": kind, "groups": wanted}


@command
def remove_robot(
    actor: Actor, firm_key: UUID | str, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Let the robot tell nothing any more, and forget its address."""
    firm = firm_to_change(actor, firm_key)
    if not Robot.objects.filter(firm=firm).delete()[0]:
        raise Missing()
    return {"removed": True}


def note_robot(firm_id: int, failed_at: datetime | None) -> None:
    """Keep whether the robot takes messages, so that the firm sees it."""
    Robot.objects.filter(firm_id=firm_id).exclude(failed_at=failed_at).update(failed_at=failed_at)


def _is_point(key: bytes) -> bool:
    """Whether something can be sealed for this key: an uncompressed point of P-256 (RFC 8291)."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    except ValueError:
        return False
    return len(key) == KEY_BYTES


def _raw(text: str) -> bytes:
    try:
        return decoded(text)
    except ValueError:
        return b""
