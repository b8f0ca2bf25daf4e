"""Keys that sign for a firm: brought and proven by an owner, or kept by the platform and made when first needed."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from config.rows import Actor, Missing, Refused, claim, command
from firms import signing
from firms.actions.rights import membership, person, refused_fields
from firms.models import Firm, Key, Member


@command
def offer_key(
    actor: Actor,
    firm_key: UUID | str,
    *,
    public_key: str,
    valid_until_at: datetime | None = None,
    now: datetime,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Name a public key whose private part the firm keeps; it counts once possession is proven.

    Raises Refused: `not_allowed` for anybody but an owner, `invalid`.
    """
    firm = _own_firm(actor, firm_key)
    if valid_until_at is not None and valid_until_at <= now:
        raise refused_fields({"valid_until_at": [_("This day is over: choose a later one, or none.")]})
    firm.keys.unproven().update(revoked_at=now)
    key = Key.objects.create(
        firm=firm,
        kind=Key.Kind.BROUGHT,
        public_key=_parsed(public_key),
        challenge=secrets.token_urlsafe(24),
        made_at=now,
        made_by_id=person(actor),
        valid_until_at=valid_until_at,
    )
    return {"key": key.pk, "challenge": key.challenge}


@command
def prove_key(
    actor: Actor,
    firm_key: UUID | str,
    key_id: int,
    *,
    signature: str,
    now: datetime,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Show with a signature of the challenge that the firm has the private part; the key replaces a former one."""
    firm = _own_firm(actor, firm_key)
    key = firm.keys.unproven().filter(pk=key_id).first()
    if key is None:
        raise Missing()
    if not signing.fits(key.public_key, signature, statement(key)):
        text = _("This signature does not fit the key and the text. Sign the text exactly as it is shown.")
        raise refused_fields({"signature": [text]})
    if Key.objects.filter(public_key=key.public_key).exclude(valid_from_at=None).exists():
        raise Refused("key_taken", _("This key was used before: make a new one."))
    firm.keys.filter(kind=key.kind, revoked_at=None).exclude(valid_from_at=None).update(revoked_at=now)
    claim(firm.keys.unproven().filter(pk=key.pk), valid_from_at=now)
    return {"key": key.pk}


@command
def revoke_key(
    actor: Actor, firm_key: UUID | str, key_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """End the use of a key at once. What was signed with it before stays signed."""
    firm = _own_firm(actor, firm_key)
    if not claim(firm.keys.filter(pk=key_id, revoked_at=None), revoked_at=now):
        raise Missing()
    return {"revoked": key_id}


def keep_key(firm_id: int, *, now: datetime) -> None:
    """Make a key for the firm that the platform keeps, unless it has one already. Call it inside a transaction.

    Call it before capacity is locked: who comes second waits here for who came first.
    """
    if Key.objects.usable(now).filter(firm_id=firm_id).exists():
        return
    seed, secret = secrets.token_bytes(signing.SEED_BYTES), settings.KEY_ENCRYPTION_SECRET
    key = Key(
        firm_id=firm_id,
        kind=Key.Kind.KEPT,
        public_key=signing.public_of(seed),
        sealed=signing.seal(seed, secret, secrets.token_bytes(signing.NONCE_BYTES)),
        made_at=now,
        valid_from_at=now,
    )
    Key.objects.bulk_create([key], ignore_conflicts=True)


def statement(key: Key) -> bytes:
    """What proves that the firm has the private part of a key that it offers."""
    return signing.possession(str(key.firm.key), key.public_key, key.challenge)


def _own_firm(actor: Actor, firm_key: UUID | str) -> Firm:
    """The firm of which this person is an owner, locked. Raises Missing, Refused('not_allowed')."""
    if membership(actor, firm_key).role != Member.Role.OWNER:
        raise Refused("not_allowed", _("Only an owner decides about the firm's keys."))
    return Firm.objects.select_for_update(no_key=True).get(key=firm_key)


def _parsed(public_key: str) -> str:
    try:
        return signing.parse_public(public_key)
    except signing.WrongKey:
        text = _("This is not an Ed25519 public key. Paste its 32 bytes in base64, or the PEM file.")
        raise refused_fields({"public_key": [text]}) from None
