"""Who signs for a firm, with which key; and the firm as an agreement names it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from firms.models import Firm, Key
from firms.signing import Signer, signer


@dataclass(frozen=True)
class FirmSigner:
    """The key with which a firm signs now."""

    key_id: int
    signer: Signer


@dataclass(frozen=True)
class Identity:
    """A firm as an agreement names it."""

    id: int
    key: str
    name: str
    country: str
    identifiers: tuple[tuple[str, str], ...]  # kind and value


def signer_of(firm_id: int, now: datetime) -> FirmSigner | None:
    """The firm's own key before the one that the platform keeps; None before the first is made."""
    usable = Key.objects.usable(now).filter(firm_id=firm_id)
    key = usable.exclude(kind=Key.Kind.KEPT).first() or usable.first()
    if key is None:
        return None
    return FirmSigner(key.pk, signer(key.kind, key.public_key, key.sealed, settings.KEY_ENCRYPTION_SECRET))


def identities(ids: Iterable[int]) -> dict[int, Identity]:
    """The firms by id, with the numbers under which the world knows them."""
    rows = Firm.objects.filter(pk__in=set(ids)).prefetch_related("identifiers")
    return {row.pk: _identity(row) for row in rows}


def _identity(firm: Firm) -> Identity:
    numbers = sorted((row.kind, row.value) for row in firm.identifiers.all())
    return Identity(firm.pk, str(firm.key), firm.legal_name, str(firm.country), tuple(numbers))
