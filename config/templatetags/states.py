"""Every state that people see: its words and its tone. One word means the same in all rooms."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

ICONS = {
    "good": "check",
    "warn": "alert",
    "bad": "alert",
    "info": "info",
    "idle": "clock",
    "accent": "alliance",
}

_BY_TONE = {
    "good": "verified accepted signed finished operating confirmed approved reserved success settled upheld taken_in",
    "warn": "pending invited inviting negotiating winding_down suspended evolving late watch warning held read",
    "bad": "refused declined disputed aborted failed blocked rejected error exception lost unreadable",
    "info": "proposed committed ready settling open standing info debug applied computed",
    "accent": "started chosen live reading applying",
    "idle": "waiting dissolved cancelled released expired replaced dismissed ended withdrawn draft left lapsed stood "
    "discarded",
}
TONES = {name: tone for tone, names in _BY_TONE.items() for name in names.split()}

LABELS: dict[str, str | Promise] = {
    "aborted": pgettext_lazy("state", "Aborted"),
    "accepted": pgettext_lazy("state", "Accepted"),
    "applied": pgettext_lazy("state", "Waiting for verification"),
    "approved": pgettext_lazy("state", "Approved"),
    "blocked": pgettext_lazy("state", "Blocked"),
    "cancelled": pgettext_lazy("state", "Cancelled"),
    "chosen": pgettext_lazy("state", "Chosen"),
    "committed": pgettext_lazy("state", "Committed"),
    "computed": pgettext_lazy("state", "Computed"),
    "confirmed": pgettext_lazy("state", "Confirmed"),
    "declined": pgettext_lazy("state", "Declined"),
    "dismissed": pgettext_lazy("state", "Dismissed"),
    "disputed": pgettext_lazy("state", "Disputed"),
    "dissolved": pgettext_lazy("state", "Dissolved"),
    "ended": pgettext_lazy("state", "Ended"),
    "evolving": pgettext_lazy("state", "Evolving"),
    "expired": pgettext_lazy("state", "Expired"),
    "failed": pgettext_lazy("state", "Failed"),
    "finished": pgettext_lazy("state", "Finished"),
    "held": pgettext_lazy("state", "Held"),
    "invited": pgettext_lazy("state", "Invited"),
    "inviting": pgettext_lazy("state", "Inviting"),
    "late": pgettext_lazy("state", "Late"),
    "lapsed": pgettext_lazy("state", "Lapsed"),
    "left": pgettext_lazy("state", "Left"),
    "live": pgettext_lazy("state", "Live"),
    "lost": pgettext_lazy("state", "Lost"),
    "negotiating": pgettext_lazy("state", "Negotiating"),
    "offered": pgettext_lazy("state", "Offered"),
    "open": pgettext_lazy("state", "Open"),
    "operating": pgettext_lazy("state", "Operating"),
    "proposed": pgettext_lazy("state", "Proposed"),
    "pending": pgettext_lazy("state", "Waiting for an answer"),
    "ready": pgettext_lazy("state", "Ready"),
    "refused": pgettext_lazy("state", "Refused"),
    "rejected": pgettext_lazy("state", "Rejected"),
    "released": pgettext_lazy("state", "Released"),
    "replaced": pgettext_lazy("state", "Replaced"),
    "reserved": pgettext_lazy("state", "Reserved"),
    "settled": pgettext_lazy("state", "Settled"),
    "settling": pgettext_lazy("state", "Settling"),
    "signed": pgettext_lazy("state", "Signed"),
    "standing": pgettext_lazy("state", "Standing"),
    "started": pgettext_lazy("state", "Started"),
    "stood": pgettext_lazy("state", "Stands as recorded"),
    "suspended": pgettext_lazy("state", "Suspended"),
    "upheld": pgettext_lazy("state", "Upheld"),
    "verified": pgettext_lazy("state", "Verified"),
    "waiting": pgettext_lazy("state", "Waiting"),
    "watch": pgettext_lazy("state", "Watch"),
    "winding_down": pgettext_lazy("state", "Winding down"),
    "withdrawn": pgettext_lazy("state", "Withdrawn"),
}
