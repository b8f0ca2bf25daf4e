"""What happened is told to those who should know of it or answer it, wherever they are: by the kind of the event."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Q

from alliances.actions.notices import forget_mail, notify
from alliances.lifecycle import State, deadlines
from alliances.models import Alliance, Event, Invitation
from alliances.notices import KINDS
from alliances.queries.facts import limits
from firms import queries as firms

Tell = Callable[[Alliance, str, datetime], object]


def tell_partners(alliance: Alliance, event: Event, now: datetime) -> None:
    """Tell of an event of an alliance. The caller is in the event's transaction."""
    if alliance.is_over:
        forget_mail(alliance)
    tell = OF_ALLIANCES.get(event.kind)
    if tell is not None:
        tell(alliance, f"{event.stream_id}/{event.version}", now)


def tell_invited(invitation: Invitation, event: Event, now: datetime) -> None:
    """Tell of an event of an invitation: its own firm's owners and managers or, where they must answer, operators."""
    kind = OF_INVITATIONS.get(event.kind)
    if kind is None:
        return
    alliance, is_ours = invitation.seat.alliance, KINDS[kind].group == "watch"
    notify(
        kind,
        firms.operators() if is_ours else firms.readers([invitation.firm_id], may_sign=True),
        key=f"{invitation.pk}/{event.version}",
        alliance=alliance,
        invitation=invitation,
        until=alliance.due_at if kind == "signature" else invitation.due_at,
        firm=str(invitation.firm),
        now=now,
    )


def partners(alliance: Alliance, now: datetime, *, may_sign: bool = False) -> list[firms.Reader]:
    """The people of the firms that have access to the alliance, or had it until now."""
    held = alliance.grants.filter(Q(ended_at=None) | Q(ended_at__gte=now))
    return firms.readers(held.values_list("firm_id", flat=True), may_sign=may_sign)


def _settled(alliance: Alliance, key: str, now: datetime) -> None:
    until = alliance.settlement.objections_until_at
    readers = partners(alliance, now, may_sign=True)
    notify("settled", readers, key=key, alliance=alliance, until=until, now=now)


def _objection_answered(alliance: Alliance, key: str, now: datetime) -> None:
    """The firms whose objection was just answered; how long they may dispute it is theirs alone to know."""
    for objection in alliance.settlement.objections.filter(answered_at=now).order_by("pk"):
        notify(
            "objection_answered",
            firms.readers([objection.firm_id], may_sign=True),
            key=f"{key}/{objection.pk}",
            alliance=alliance,
            until=objection.open_until_at or now,
            now=now,
        )


def _change_proposed(alliance: Alliance, key: str, now: datetime) -> None:
    """What an operator has to decide: replace a partner, change the plan, end it."""
    change = alliance.changes.select_related("seat__firm").latest("pk")
    seat = change.seat
    notify(
        f"change_{change.kind}",
        firms.operators(),
        key=key,
        alliance=alliance,
        until=change.due_at,
        reason=change.reason,
        slot=seat.slot if seat else "",
        firm=seat.firm.legal_name if seat and seat.firm else "",
        now=now,
    )


def _operators(kind: str) -> Tell:
    def tell(alliance: Alliance, key: str, now: datetime) -> None:
        notify(kind, firms.operators(), key=key, alliance=alliance, now=now)

    return tell


def _partners(kind: str, *, may_sign: bool = False, until: bool = False) -> Tell:
    """Tell the partners; with the deadline of the state, where that is what it is about."""

    def tell(alliance: Alliance, key: str, now: datetime) -> None:
        readers = partners(alliance, now, may_sign=may_sign)
        notify(kind, readers, key=key, alliance=alliance, until=alliance.due_at if until else None, now=now)

    return tell


def _winding_down(alliance: Alliance, key: str, now: datetime) -> None:
    until, _last = deadlines(State.WINDING_DOWN, alliance.entered_at, limits(alliance))[-1]
    notify("winding_down", partners(alliance, now), key=key, alliance=alliance, until=until, now=now)


OF_ALLIANCES: dict[str, Tell] = {
    "settled": _settled,
    "recomputed": _settled,
    "objection_answered": _objection_answered,
    "objected": _operators("objected"),
    "disputed": _operators("disputed"),
    "change_proposed": _change_proposed,
    **dict.fromkeys(("ruled", "dispute_stood"), _partners("dispute_ended", may_sign=True)),
    "suspended": _partners("suspended", until=True),
    "cleared": _partners("cleared"),
    "end_agreed": _partners("end_agreed", may_sign=True),
    **dict.fromkeys(("partner_left", "partner_replaced", "partner_suspended"), _partners("seat_open")),
    **dict.fromkeys(("stood_down", "ended", "ended_early", "stopped", "given_up"), _winding_down),
    "dissolved": _partners("dissolved"),
}
OF_INVITATIONS = {
    "invited": "invitation",
    "withdrawn": "invitation_withdrawn",
    "countered": "countered",
    **dict.fromkeys(("counter_accepted", "counter_refused", "counter_offered"), "counter_answered"),
    "to_sign": "signature",
}
