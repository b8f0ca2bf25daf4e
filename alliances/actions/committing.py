"""All mandatory partners have signed: they are bound, in one transaction."""

from datetime import datetime

from django.db.models import Q

from alliances.actions.flow import conclude
from alliances.actions.steps import advance, announce, may, step
from alliances.actions.withdrawing import withdraw
from alliances.lifecycle import SEAT, InvitationState, SeatFacts, SeatState
from alliances.models import Alliance, Grant, Seat, Stream
from alliances.queries import board
from config.rows import CLOCK, Actor
from firms import actions as firms_actions


def commit(alliance: Alliance, now: datetime) -> None:
    """Bind the partners: holds become reservations, and partners get access to the alliance's stream."""
    advance(alliance, "negotiate", CLOCK, now)
    advance(alliance, "commit", CLOCK, now)
    _drop_optional(alliance, now)
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
    announce(alliance, "committed", CLOCK, now, seats=seats)


def join(alliance: Alliance, seat: Seat, now: datetime) -> None:
    """A firm takes over a seat in mid-life: it is bound and let in; with the last vacancy the work goes on."""
    _sign(alliance, seat)
    firms_actions.reserve(seat.purpose, now=now)
    Grant.objects.get_or_create(
        alliance=alliance, firm_id=seat.firm_id or 0, ended_at=None, defaults={"granted_at": now}
    )
    tasks = alliance.tasks.filter(Q(seat=seat) | Q(helpers=seat)).distinct()
    seats = board.seat_rows([seat])
    announce(alliance, "joined", CLOCK, now, seats=seats, tasks=board.task_rows(tasks))
    if may(alliance, "resume", now):
        advance(alliance, "resume", CLOCK, now)
        announce(alliance, "resumed", CLOCK, now)
        conclude(alliance, now)


def _drop_optional(alliance: Alliance, now: datetime) -> None:
    """An optional seat that nobody has accepted by now is left out."""
    withdraw(alliance, [InvitationState.PENDING.value], CLOCK, now)
    for seat in alliance.seats.filter(state__in=[SeatState.OPEN, SeatState.INVITED]):
        step(seat, SEAT, "end", SeatFacts(), CLOCK)


def _sign_seats(alliance: Alliance) -> None:
    for seat in alliance.seats.filter(state=SeatState.ACCEPTED):
        _sign(alliance, seat)


def _sign(alliance: Alliance, seat: Seat) -> None:
    """What a firm signed when it accepted takes effect for its seat now, in the name of who signed."""
    signature = alliance.agreement.signatures.select_related("by").get(firm_id=seat.firm_id or 0)
    facts = SeatFacts(agreement_matches=signature.hash == alliance.agreement.hash)
    step(seat, SEAT, "sign", facts, Actor("member", str(signature.by.pseudonym), signature.by_id))
