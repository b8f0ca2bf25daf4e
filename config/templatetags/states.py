"""Every state that people see: its words and its tone. One word means the same in all rooms."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ICONS = {
    "good": "check",
    "warn": "alert",
    "bad": "alert",
    "info": "info",
    "idle": "clock",
    "accent": "alliance",
}

_BY_TONE = {
    "good": "verified accepted signed finished operating confirmed approved reserved success settled",
    "warn": "pending invited inviting negotiating winding_down suspended evolving late watch warning held",
    "bad": "refused declined disputed aborted failed blocked rejected error exception lost",
    "info": "proposed committed ready settling open standing info debug applied computed",
    "accent": "started chosen live",
    "idle": "waiting dissolved cancelled released expired replaced dismissed ended withdrawn draft",
}
TONES = {name: tone for tone, names in _BY_TONE.items() for name in names.split()}

LABELS: dict[str, str | Promise] = {
    "aborted": _("Aborted"),
    "accepted": _("Accepted"),
    "applied": _("Waiting for verification"),
    "approved": _("Approved"),
    "blocked": _("Blocked"),
    "cancelled": _("Cancelled"),
    "chosen": _("Chosen"),
    "committed": _("Committed"),
    "computed": _("Computed"),
    "confirmed": _("Confirmed"),
    "declined": _("Declined"),
    "dismissed": _("Dismissed"),
    "disputed": _("Disputed"),
    "dissolved": _("Dissolved"),
    "ended": _("Ended"),
    "evolving": _("Evolving"),
    "expired": _("Expired"),
    "failed": _("Failed"),
    "finished": _("Finished"),
    "held": _("Held"),
    "invited": _("Invited"),
    "inviting": _("Inviting"),
    "late": _("Late"),
    "live": _("Live"),
    "lost": _("Lost"),
    "negotiating": _("Negotiating"),
    "offered": _("Offered"),
    "open": _("Open"),
    "operating": _("Operating"),
    "proposed": _("Proposed"),
    "pending": _("Waiting for an answer"),
    "ready": _("Ready"),
    "refused": _("Refused"),
    "rejected": _("Rejected"),
    "released": _("Released"),
    "replaced": _("Replaced"),
    "reserved": _("Reserved"),
    "settled": _("Settled"),
    "settling": _("Settling"),
    "signed": _("Signed"),
    "standing": _("Standing"),
    "started": _("Started"),
    "suspended": _("Suspended"),
    "verified": _("Verified"),
    "waiting": _("Waiting"),
    "watch": _("Watch"),
    "winding_down": _("Winding down"),
    "withdrawn": _("Withdrawn"),
}
