"""A matching problem, read once: rows by id, and for every offer the filters that it fails."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from matching.solver.schema import (
    ALTERNATIVES,
    LIMITS,
    PRODUCT,
    ROWS,
    TOP,
    ProblemError,
    check_object,
    check_rows,
)

__all__ = ["MODULES", "Problem", "ProblemError", "Row", "digest", "parse"]

MODULES = ("manufacturing", "logistics", "marketing", "quality", "customs")
FORMAT = "alliance-problem/1"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A problem that was found well-formed. `failures` holds, by offer id, the fields whose filter it fails."""

    raw: Row
    horizon: int
    limits: Row
    firms: dict[str, Row]
    markets: dict[str, Row]
    offers: dict[str, dict[str, Row]]
    module_of: dict[str, str]
    carriers_of: dict[str, frozenset[str]]
    failures: dict[str, list[str]]

    def eligible(self, module: str) -> list[Row]:
        """The offers of a module that pass every filter, in file order."""
        return [row for i, row in self.offers[module].items() if not self.failures[i]]

    def goods(self, maker_offer: Row) -> str:
        """What a maker offer yields: its origin, with its sorted carriers when an exclusive binds it."""
        bound = self.carriers_of.get(maker_offer["firm"])
        return maker_offer["origin"] + ("|" + ",".join(sorted(bound)) if bound else "")

    def transit(self, lane: Row) -> int:
        """Buckets that a lane takes, on the basis that the plan must use."""
        return int(lane["transit_" + self.raw["transit_basis"]])

    @property
    def total_demand(self) -> int:
        return sum(m["demand"] for m in self.markets.values())

    def share_cap(self, module: str) -> int:
        """Units that one firm of the module may have when the whole demand is served."""
        return int(self.limits["max_share_bp"][module]) * self.total_demand // 10000


def digest(raw: Row) -> str:
    """SHA-256 of the problem as canonical JSON: sorted keys, no spaces, ASCII escapes."""
    return hashlib.sha256(json.dumps(raw, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def parse(raw: Row) -> Problem:
    """Reads a problem of the format alliance-problem/1; raises ProblemError with the path of the first fault."""
    _check_shape(raw)
    _check_references(raw)
    firms = {row["id"]: row for row in raw["firms"]}
    markets = {row["id"]: row for row in raw["markets"]}
    offers = {module: {row["id"]: row for row in raw[module]} for module in MODULES}
    bound: dict[str, set[str]] = {}
    for maker, carrier in raw["exclusives"]:
        bound.setdefault(maker, set()).add(carrier)
    return Problem(
        raw,
        raw["horizon"],
        raw["limits"],
        firms,
        markets,
        offers,
        {i: module for module in MODULES for i in offers[module]},
        {firm: frozenset(carriers) for firm, carriers in bound.items()},
        _failures(raw, firms, markets, offers),
    )


def _check_shape(raw: Any) -> None:
    check_object(raw, TOP, "")
    if raw.get("format") != FORMAT:
        raise ProblemError("format", f"must be {FORMAT}")
    if raw["horizon"] < 1:
        raise ProblemError("horizon", "must be at least 1")
    if raw.get("transit_basis") not in ("p50", "p90"):
        raise ProblemError("transit_basis", "must be p50 or p90")
    for name, fields in (("product", PRODUCT), ("limits", LIMITS), ("alternatives", ALTERNATIVES)):
        check_object(raw.get(name), fields, name)
    for module in ("manufacturing", "logistics"):
        if module not in raw["limits"]["max_share_bp"]:
            raise ProblemError(f"limits.max_share_bp.{module}", "is missing")
    for name in raw["limits"]["max_firms"]:
        if name not in MODULES:
            raise ProblemError(f"limits.max_firms.{name}", "is not a module")
    for kind in ROWS:
        check_rows(raw.get(kind), kind)
    _check_lengths(raw)


def _check_lengths(raw: Row) -> None:
    for n, market in enumerate(raw["markets"]):
        for name in ("unit_value", "bucket_demand"):
            if market[name] is not None and len(market[name]) != raw["horizon"]:
                raise ProblemError(f"markets[{n}].{name}", f"must have {raw['horizon']} entries")


def _check_references(raw: Row) -> None:
    firms, markets = {row["id"] for row in raw["firms"]}, {row["id"] for row in raw["markets"]}
    used: dict[str, str] = {}
    for module in MODULES:
        for n, row in enumerate(raw[module]):
            if row["firm"] not in firms:
                raise ProblemError(f"{module}[{n}].firm", f"no firm {row['firm']}")
            if "market" in ROWS[module] and row["market"] not in markets:
                raise ProblemError(f"{module}[{n}].market", f"no market {row['market']}")
            if used.setdefault(row["id"], module) != module:
                raise ProblemError(f"{module}[{n}].id", f"{row['id']} is also an offer in {used[row['id']]}")
    for kind, width in (("conflicts", 2), ("exclusives", 2), ("synergies", 3)):
        _check_pairs(raw.get(kind), kind, width, firms)


def _check_pairs(rows: Any, kind: str, width: int, firms: set[str]) -> None:
    if not isinstance(rows, list):
        raise ProblemError(kind, "must be a list")
    for n, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != width:
            raise ProblemError(f"{kind}[{n}]", f"must be a list of {width}")
        for k in (0, 1):
            if not isinstance(row[k], str) or row[k] not in firms:
                raise ProblemError(f"{kind}[{n}][{k}]", f"no firm {row[k]}")
        if width == 3 and (type(row[2]) is not int or row[2] < 0):
            raise ProblemError(f"{kind}[{n}][2]", "must be an integer of at least 0")


def _failures(
    raw: Row, firms: dict[str, Row], markets: dict[str, Row], offers: dict[str, dict[str, Row]]
) -> dict[str, list[str]]:
    limits, hs6 = raw["limits"], raw["product"]["hs6"]
    excluded = set(limits["excluded_jurisdictions"])
    barred = {
        i: [
            field
            for field, fails in (
                ("trust", firm["trust"] < limits["min_trust"]),
                ("jurisdiction", firm["jurisdiction"] in excluded),
            )
            if fails
        ]
        for i, firm in firms.items()
    }
    failed = {i: list(barred[row["firm"]]) for module in MODULES for i, row in offers[module].items()}
    for i, row in offers["manufacturing"].items():
        if hs6 not in row["competencies"]:
            failed[i].append("competencies")
    for module, field, allowed in (
        ("logistics", "supervision_mode", "supervision_modes"),
        ("marketing", "language", "languages"),
    ):
        for i, row in offers[module].items():
            if row[field] not in markets[row["market"]][allowed]:
                failed[i].append(field)
    return failed
