"""All partners have signed the same agreement: they are bound, in one transaction."""

from datetime import datetime

from django.db.models import Q

from alliances.actions.flow import resume
from alliances.actions.steps import advance, announce, step
from alliances.actions.withdrawing import withdraw
from alliances.lifecycle import SEAT, InvitationState, SeatFacts, SeatState
from alliances.models import Alliance, Grant, Seat, Stream
from alliances.queries import agreement as agreements
from alliances.queries import board
from config.rows import CLOCK, Actor
from firms import actions as firms_actions


def commit(alliance: Alliance, now: datetime) -> None:
    """Bind the partners: holds become reservations, and partners get access to the alliance's stream."""
    advance(alliance, "commit", CLOCK, now)
    _sign_seats(alliance)
    firms_actions.reserve(f"{alliance.key}/", now=now)
    seats = board.seat_rows(alliance.seats.all())
    announce(alliance, "all_signed", CLOCK, now, seats=seats)
    alliance.stream = Stream.objects.create(kind=Stream.Kind.ALLIANCE)
    alliance.save(update_fields=["stream"])
    partners = set(alliance.seats.filter(state=SeatState.SIGNED).values_list("firm_id", flat=True))
    Grant.objects.bulk_create(
        Grant(alliance=alliance, firm_id=firm, granted_at=now) for firm in sorted(filter(None, partners))
    )
    # the partners' own record begins with what they signed, and proves it
    signed = agreements.agreement_row(alliance.agreement, whole=True)
    announce(alliance, "committed", CLOCK, now, seats=seats, agreement=signed)


def join(alliance: Alliance, seat: Seat, now: datetime) -> None:
    """A firm takes over a seat in mid-life: it is bound and let in; with the last vacancy the work goes on."""
    _sign(alliance, seat)
    firms_actions.reserve(seat.purpose, now=now)
    Grant.objects.get_or_create(
        alliance=alliance, firm_id=seat.firm_id or 0, ended_at=None, defaults={"granted_at": now}
    )
    tasks = alliance.tasks.filter(Q(seat=seat) | Q(helpers=seat)).distinct()
    seats = board.seat_rows([seat])
    signed = agreements.agreement_row(alliance.agreement, whole=True)
    announce(alliance, "joined", CLOCK, now, seats=seats, tasks=board.task_rows(tasks), agreement=signed)
    resume(alliance, now)


def drop_optional(alliance: Alliance, now: datetime) -> None:
    """An optional seat that nobody has accepted by now is left out."""
    withdraw(alliance, [InvitationState.PENDING.value], CLOCK, now)
    for seat in alliance.seats.filter(state__in=[SeatState.OPEN, SeatState.INVITED]):
        step(seat, SEAT, "end", SeatFacts(), CLOCK)


def _sign_seats(alliance: Alliance) -> None:
    for seat in alliance.seats.filter(state=SeatState.ACCEPTED):
        _sign(alliance, seat)


def _sign(alliance: Alliance, seat: Seat) -> None:
    """The firm's signature takes effect for its seat, in the name of who gave the mandate by accepting."""
    accepted = seat.invitations.select_related("answered_by").get(state=InvitationState.ACCEPTED)
    signed = agreements.signed_by(alliance.agreement)
    facts = SeatFacts(agreement_matches=str(seat.firm.key if seat.firm else "") in signed)
    by = accepted.answered_by
    step(seat, SEAT, "sign", facts, Actor("member", str(by.pseudonym), by.pk) if by else CLOCK)
