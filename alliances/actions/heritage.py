"""What remains of an alliance is filed: what its firms did."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from alliances.heritage import Asked, conduct_of, conduct_of_leavers, conduct_of_unsigned
from alliances.models import Alliance, Seat
from alliances.queries import conduct
from firms import actions as firms_actions
from firms.reputation import Conduct


def file_conduct(alliance: Alliance, now: datetime, unsigned: Iterable[Asked] = ()) -> None:
    """File what each firm did, when the alliance is over; of one that bound nobody, who answered and who signed.

    Firms are locked here, so this comes before capacity is given back.
    """
    found = conduct_of(conduct.done(alliance), conduct.asked(alliance), now)
    _file(alliance, [*found, *conduct_of_unsigned(unsigned, now)], now)


def file_unsigned(alliance: Alliance, now: datetime) -> None:
    """File who has accepted and not signed in time, before the seats go to others; firms are locked here."""
    _file(alliance, conduct_of_unsigned(conduct.unsigned(alliance), now), now)


def file_leavers(alliance: Alliance, seats: Sequence[Seat], now: datetime, *, by_choice: bool) -> None:
    """File whether firms were in time in the seats that they leave, before their open tasks pass to others.

    What is filed here is not filed again at the end, so their goods are not judged before the inspection.
    Firms are locked here, before capacity is given back.
    """
    _file(alliance, conduct_of_leavers(conduct.done(alliance, seats), now, by_choice=by_choice), now)


def _file(alliance: Alliance, lines: list[Conduct], now: datetime) -> None:
    firms_actions.file_observations(alliance.key, alliance.title, lines, now=now)
