"""Is the capacity that a proposal counts on still free, and who else counts on the same weeks?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from firms import queries as firms
from firms.queries import Stretch
from matching.models import Opportunity, Proposal, ProposedSeat
from matching.problem import Reason


@dataclass(frozen=True, slots=True)
class Need:
    """Units of one line that a proposal counts on; several seats may need the same line."""

    firm: str
    stretch: Stretch
    units: int


@dataclass(frozen=True, slots=True)
class Rival:
    """Another opportunity whose best proposal wants weeks that do not suffice for both."""

    proposal: Proposal
    firm: str
    short: int  # units that are missing for both
    goes_first: bool  # it should be decided before this one


def gone(proposal: Proposal) -> list[Reason]:
    """What a standing proposal counts on and is not free any more."""
    return gone_of([proposal.pk]).get(proposal.pk, [])


def gone_of(proposals: Iterable[int]) -> dict[int, list[Reason]]:
    """The same for many proposals by their ids, in two queries; those with all their capacity are left out."""
    needed = _needs(list(proposals))
    free = firms.free_in(need.stretch for rows in needed.values() for need in rows)
    told: dict[int, list[Reason]] = {}
    for number, rows in needed.items():
        lacking = [need for need in rows if free[need.stretch] < need.units]
        if lacking:
            told[number] = [
                {"code": "capacity_gone", "firm": need.firm, "units": need.units, "left": free[need.stretch]}
                for need in lacking
            ]
    return told


def rivals(proposal: Proposal) -> list[Rival]:
    """Opportunities that compete with a standing proposal for the same weeks, those that go first before all others.

    First comes what earns more; of two that earn the same, what has waited longer.
    """
    best = Proposal.objects.standing().filter(opportunity__state=Opportunity.State.PROPOSED, rank=1)
    others = best.exclude(opportunity_id=proposal.opportunity_id).select_related("opportunity__product")
    standing = {row.pk: row for row in others}
    needed = _needs([proposal.pk, *standing])
    mine = needed.pop(proposal.pk, [])
    pairs = [pair for number, rows in needed.items() for pair in _meetings(number, mine, rows)]
    free = firms.free_in(_both(one.stretch, other.stretch) for _, one, other in pairs)
    found: dict[int, Rival] = {}
    for number, one, other in pairs:
        short = one.units + other.units - free[_both(one.stretch, other.stretch)]
        if short > 0 and number not in found:
            first = _rank(standing[number]) < _rank(proposal)
            found[number] = Rival(standing[number], one.firm, short, first)
    return sorted(found.values(), key=lambda row: _rank(row.proposal))


def _meetings(number: int, mine: list[Need], rows: list[Need]) -> list[tuple[int, Need, Need]]:
    """What two proposals need of the same weeks; `number` is the other's id."""
    return [(number, one, other) for one, other in product(mine, rows) if _meet(one.stretch, other.stretch)]


def _rank(proposal: Proposal) -> tuple[int, float, int]:
    return -proposal.margin_minor, proposal.opportunity.raised_at.timestamp(), proposal.pk


def _meet(one: Stretch, other: Stretch) -> bool:
    return one.line_id == other.line_id and one.from_on <= other.until_on and other.from_on <= one.until_on


def _both(one: Stretch, other: Stretch) -> Stretch:
    """All weeks that either of them could use."""
    return Stretch(one.line_id, min(one.from_on, other.from_on), max(one.until_on, other.until_on))


def _needs(proposals: Sequence[int]) -> dict[int, list[Need]]:
    """By proposal, what its first choices need of each line."""
    seats = ProposedSeat.objects.filter(proposal_id__in=proposals).select_related("firm").order_by("pk")
    by_line: dict[tuple[int, int], list[tuple[str, Stretch, int]]] = defaultdict(list)
    for seat in seats:
        for row in seat.terms.get("capacity", []):
            stretch = Stretch(
                row["line"], date.fromisoformat(row["from_on"]), date.fromisoformat(row["until_on"])
            )
            by_line[seat.proposal_id, row["line"]].append((seat.firm.legal_name, stretch, row["units"]))
    needed: dict[int, list[Need]] = defaultdict(list)
    for (number, _), rows in by_line.items():
        whole = rows[0][1]
        for _, stretch, _ in rows[1:]:
            whole = _both(whole, stretch)
        needed[number].append(Need(rows[0][0], whole, sum(units for _, _, units in rows)))
    return dict(needed)
