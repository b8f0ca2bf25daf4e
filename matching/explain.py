"""Why an offer is in the alliance, or not: each reason can be recomputed from the problem and the certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matching.certificate import SCALE, Bound

if TYPE_CHECKING:
    from matching.solver.measure import Alliance
    from matching.solver.problem import Problem
    from matching.solver.tables import Tables

Row = dict[str, Any]


class Explainer:
    """Answers "why this offer?" for one alliance at the prices of one bound."""

    def __init__(self, tables: Tables, bound: Bound, alliance: Alliance, firms: frozenset[str]) -> None:
        self.problem: Problem = tables.problem
        self.firms = firms
        self.amounts = {
            row["id"]: -(int(value) // SCALE)
            for offers, values in ((tables.makers, bound.maker_value), (tables.lanes, bound.lane_value))
            for row, value in zip(offers.rows, values, strict=True)
        }
        self.carrying = {name for offer, _, lane, _ in alliance.flows for name in (offer, lane)}
        self.bought = {*alliance.marketing, *alliance.quality, *alliance.customs}
        self._foes: dict[str, list[str]] = {}
        for a, b in self.problem.raw["conflicts"]:
            self._foes.setdefault(a, []).append(b)
            self._foes.setdefault(b, []).append(a)

    def why(self, offer: str) -> Row | None:
        """The explanation of one offer; None for a service offer that was simply not needed."""
        if offer in self.bought:
            return {"offer": offer, "verdict": "chosen", "reason": {"kind": "requirement"}}
        if offer in self.carrying:
            return {"offer": offer, "verdict": "chosen", "reason": self._price(offer)}
        reason = self._refusal(offer)
        return reason and {"offer": offer, "verdict": "rejected", "reason": reason}

    def _refusal(self, offer: str) -> Row | None:
        if failed := self.problem.failures[offer]:
            return {"kind": "filter", "field": failed[0]}
        firm = self.problem.offers[self.problem.module_of[offer]][offer]["firm"]
        rival = next((f for f in self._foes.get(firm, ()) if f in self.firms), None)
        if rival is not None:
            return {"kind": "conflict", "with": rival}
        return self._price(offer) if offer in self.amounts else None

    def _price(self, offer: str) -> Row:
        return {"kind": "reduced_cost", "amount": self.amounts[offer]}

    def shown(self, nearest: int) -> list[Row]:
        """Every chosen offer, the rejected ones that came nearest at the prices, and some of each other refusal."""
        rejected = [i for i in self.problem.module_of if i not in self.carrying and i not in self.bought]
        near = sorted((i for i in rejected if i in self.amounts), key=lambda i: (self.amounts[i], i))[
            :nearest
        ]
        barred = [i for i in rejected if self.problem.failures[i]][:nearest]
        listed = [*sorted(self.carrying), *sorted(self.bought), *near, *barred]
        return [reason for i in listed if (reason := self.why(i))]
