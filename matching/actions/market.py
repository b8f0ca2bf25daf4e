"""Surges that people set aside."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from config.rows import Actor, Missing, Refused, claim
from config.wake import wake
from matching.models import Spike


@transaction.atomic
def dismiss_spike(actor: Actor, spike_id: int, *, reason: str, now: datetime) -> None:
    """An operator says that a surge is none, and why. Raises Refused when it was answered already."""
    if not actor.is_operator or not Spike.objects.filter(pk=spike_id).exists():
        raise Missing()
    if not reason.strip():
        raise Refused("no_reason", _("Say why."))
    open_ones = Spike.objects.filter(pk=spike_id, answered_at=None, dismissed_at=None)
    if not claim(
        open_ones,
        dismissed_at=now,
        dismissed_by_id=actor.user_id,
        dismissal_reason=reason.strip()[:400],
        is_real=False,
        days_late=None,
    ):
        raise Refused("spike_closed", _("This surge was answered or dismissed already."))
    wake("console")
