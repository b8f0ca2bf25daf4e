"""The shape of a problem file: which fields each row must have, and what they may hold."""

from collections.abc import Callable
from typing import Any

Check = Callable[[Any], str | None]
MOST = 10**18  # beyond it the engine takes a number for endless
LONGEST = 10_000  # buckets
SHOWN = 60


class ProblemError(ValueError):
    """A problem file that cannot be read: `path` names the field, `reason` says what is wrong with it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


def text(value: Any) -> str | None:
    return None if isinstance(value, str) and value else "must be a non-empty string"


def shown(value: Any) -> str:
    """A value from a file as part of a message: short, and printable whatever it holds."""
    words = value if isinstance(value, str) else repr(value)
    return ascii(words)[1:-1][:SHOWN]


def place(value: Any) -> str | None:
    """Goods are named by their origin, a bar, and the carriers that they are bound to."""
    return text(value) or ("must not hold |" if "|" in value else None)


def firm_id(value: Any) -> str | None:
    """The names of carriers that goods are bound to are joined by commas."""
    return text(value) or ("must not hold a comma" if "," in value else None)


def flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def whole(value: Any) -> str | None:
    if type(value) is not int:
        return "must be an integer"
    return None if abs(value) <= MOST else "must be no more than 10^18"


def count(value: Any) -> str | None:
    return whole(value) if type(value) is int and value >= 0 else "must be an integer of at least 0"


def texts(value: Any) -> str | None:
    good = isinstance(value, list) and all(isinstance(x, str) for x in value)
    return None if good else "must be a list of strings"


def wholes(value: Any) -> str | None:
    good = isinstance(value, list) and not any(map(whole, value))
    return None if good else "must be a list of integers of at most 10^18"


def caps(value: Any) -> str | None:
    good = value is None or (isinstance(value, list) and not any(map(count, value)))
    return None if good else "must be null or a list of integers from 0 to 10^18"


def limits_by_module(value: Any) -> str | None:
    good = isinstance(value, dict) and not any(map(count, value.values()))
    return None if good else "must be an object of integers from 0 to 10^18"


def known_format(value: Any) -> str | None:
    return None if value == "alliance-problem/1" else "must be alliance-problem/1"


def buckets(value: Any) -> str | None:
    good = type(value) is int and 1 <= value <= LONGEST
    return None if good else f"must be an integer from 1 to {LONGEST}"


def basis(value: Any) -> str | None:
    return None if value in ("p50", "p90") else "must be p50 or p90"


TOP: dict[str, Check] = {
    "format": known_format,
    "id": text,
    "currency": text,
    "horizon": buckets,
    "transit_basis": basis,
}
PRODUCT: dict[str, Check] = {"hs6": text, "quality_required": flag}
LIMITS: dict[str, Check] = {
    "max_firms": limits_by_module,
    "max_share_bp": limits_by_module,
    "budget": count,
    "min_trust": whole,
    "excluded_jurisdictions": texts,
}
ALTERNATIVES: dict[str, Check] = {"count": count, "min_distance": count}
ROWS: dict[str, dict[str, Check]] = {
    "markets": {
        "id": text,
        "languages": texts,
        "demand": count,
        "bucket_demand": caps,
        "unit_value": wholes,
        "holding_cost": count,
        "min_units": count,
        "min_reach": count,
        "deadline": count,
        "supervision_modes": texts,
        "customs_required": flag,
    },
    "firms": {
        "id": firm_id,
        "legal_person": text,
        "jurisdiction": text,
        "trust": whole,
        "engagement_cost": count,
    },
    "manufacturing": {
        "id": text,
        "firm": text,
        "origin": place,
        "competencies": texts,
        "unit_cost": count,
        "fixed_cost": count,
        "moq": count,
        "capacity": count,
        "lead_time": count,
        "stock": count,
    },
    "logistics": {
        "id": text,
        "firm": text,
        "origin": place,
        "market": text,
        "unit_cost": count,
        "fixed_cost": count,
        "min_units": count,
        "capacity": count,
        "transit_p50": count,
        "transit_p90": count,
        "supervision_mode": text,
    },
    "marketing": {"id": text, "firm": text, "fee": count, "market": text, "language": text, "reach": count},
    "quality": {"id": text, "firm": text, "fee": count, "origin": place},
    "customs": {"id": text, "firm": text, "fee": count, "market": text},
}


def check_object(value: Any, fields: dict[str, Check], path: str) -> None:
    """Raises ProblemError at the first field of `value` that is missing or wrong."""
    if not isinstance(value, dict):
        raise ProblemError(path or "$", "must be an object")
    for name, check in fields.items():
        where = f"{path}.{name}" if path else name
        if name not in value:
            raise ProblemError(where, "is missing")
        if reason := check(value[name]):
            raise ProblemError(where, reason)


def check_rows(rows: Any, kind: str) -> None:
    """Raises ProblemError at the first row of the list `kind` that is wrong, or whose id was already used."""
    if not isinstance(rows, list):
        raise ProblemError(kind, "must be a list")
    seen: set[str] = set()
    for n, row in enumerate(rows):
        check_object(row, ROWS[kind], f"{kind}[{n}]")
        if row["id"] in seen:
            raise ProblemError(f"{kind}[{n}].id", f"{shown(row['id'])} is used twice")
        seen.add(row["id"])
