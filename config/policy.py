"""What the platform decides by; docs/settings.md says what each of these means."""

from datetime import timedelta
from os import environ

from config.environment import durations, flag


def _hours(name: str, default: float) -> timedelta:
    return timedelta(hours=float(environ.get(name, default)))


PANEL_SCALE = int(environ.get("PANEL_SCALE", "400"))  # units of the market that one panel unit stands for
RISK_REPORT_MAX_AGE = _hours("RISK_REPORT_MAX_AGE_HOURS", 72)
EVIDENCE_MAX_BYTES = int(float(environ.get("EVIDENCE_MAX_MB", "8")) * 1024 * 1024)
SIGNAL_BATCH_MAX = 10_000
MATCHING_SECONDS = float(environ.get("MATCHING_SECONDS", "2"))
INVITATION_TTL = _hours("INVITATION_TTL_HOURS", 48)
INVITATIONS_PER_SEAT = int(environ.get("INVITATIONS_PER_SEAT", "5"))  # firms asked for a seat, one by one
NEGOTIATION_ROUNDS = int(environ.get("NEGOTIATION_ROUNDS", "3"))  # counter-offers of a firm to an invitation
NEGOTIATION_EXTENSION = _hours("NEGOTIATION_EXTENSION_HOURS", 24)
# how long a state of an alliance may last, by the names in alliances/lifecycle: "cooling_off=24,objections=72"
DEADLINES = durations("DEADLINES_HOURS")
DEADLINES.setdefault("inviting", INVITATION_TTL)
# how often the market of a working alliance is looked at, and what share of change in its demand asks for a decision
WATCH_EVERY = _hours("WATCH_EVERY_HOURS", 6)
DEMAND_CHANGE = float(environ.get("DEMAND_CHANGE", "0.4"))
CHANGE_TTL = _hours("CHANGE_TTL_HOURS", 72)
SAMPLE_WORLD = flag("MURMURATION_SAMPLE", False)
SAMPLE_HASTE = float(environ.get("SAMPLE_HASTE", "1"))
