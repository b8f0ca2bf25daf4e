"""The flows of a proposal on the map of the world."""

from collections.abc import Iterable

from firms import queries as firms
from matching.geography import Arc, Carried, Point, arcs
from matching.models import ProposedSeat


def points(codes: Iterable[str]) -> dict[str, Point]:
    """Where these places are; what nobody gave stays out."""
    return firms.points(codes)


def flow_arcs(seats: Iterable[ProposedSeat]) -> list[Arc]:
    """An arc for each lane that the seats carry on."""
    parts = [part for seat in seats for part in seat.terms["what"] if part["code"] == "carry"]
    flows = [Carried(part["origin"], part["market"], part["mode"], part["units"]) for part in parts]
    return arcs(flows, points(row.origin for row in flows))
