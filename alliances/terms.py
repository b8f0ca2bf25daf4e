"""What firms sign: canonical texts and their hashes. The same content always gives the same bytes.

Canonical form: JSON with sorted keys, no spaces, UTF-8 (as RFC 8785 for the integers and strings used here).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

CONDITIONS = (
    "Each partner works for the seller of record under its own bilateral order; the alliance is no company.",
    "Capacity is held when a partner accepts and reserved when all mandatory partners have accepted.",
    "Fixed fees and prices per unit are paid as agreed here; the seller of record bears what is left.",
    "At the end the settlement is computed from the record and sums to zero; partners may object.",
    "At dissolution all access ends and unused capacity is released; the record stays.",
)


def canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """SHA-256 of the text, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def agreement(title: str, key: str, plan: Mapping[str, Any]) -> str:
    """The common terms of an alliance; they name roles and rules, not who else is asked."""
    return canonical(
        {"format": "alliance-agreement/1", "title": title, "alliance": key, "conditions": CONDITIONS, **plan}
    )


def offer(title: str, key: str, agreement_hash: str, seat: str, terms: Mapping[str, Any]) -> str:
    """What one firm is asked to sign for one seat: its own terms, bound to the common ones by their hash."""
    return canonical(
        {
            "format": "alliance-offer/1",
            "title": title,
            "alliance": key,
            "agreement": agreement_hash,
            "seat": seat,
            "terms": terms,
        }
    )


def of_leaver(
    terms: Mapping[str, Any], *, done_units: int, planned_units: int, finished: int, tasks: int
) -> Any:
    """What a firm that leaves keeps of its terms: units that it delivered, fees by the tasks that it finished.

    A part of a minor unit, of a unit or of a basis point is not paid; so the parts never exceed the whole.
    """
    items = [
        _kept(item, done_units, planned_units, finished, max(tasks, 1)) for item in terms.get("items", [])
    ]
    return {**terms, "items": items, "capacity": []}


def _kept(item: Mapping[str, Any], done: int, planned: int, finished: int, tasks: int) -> dict[str, Any]:
    kept = dict(item)
    if "units" in item and "unit_minor" in item:
        kept["units"] = item["units"] * min(done, planned) // max(planned, 1)
        kept["total_minor"] = kept["units"] * item["unit_minor"]
    for name in ("amount_minor", "rate_bp"):
        if name in item:
            kept[name] = item[name] * finished // tasks
    return kept


def units_in(terms: Mapping[str, Any]) -> int:
    """Units that are paid by the unit in these terms; 0 when nothing is."""
    return sum(int(item.get("units", 0)) for item in terms.get("items", []))


def for_the_rest(
    terms: Mapping[str, Any], left_units: int, planned_units: int, today: date
) -> dict[str, Any]:
    """Terms of a planned stand-in for what is still to be done, from today on; fees are those of the whole work."""
    items = [_of_units(item, left_units, planned_units) for item in terms.get("items", [])]
    capacity = [
        _from_today({**row, "units": _share(row["units"], left_units, planned_units)}, today)
        for row in terms.get("capacity", [])
    ]
    moved = {"items": items, "capacity": [row for row in capacity if row["units"]]}
    return {**terms, **moved, "from_on": max(today.isoformat(), str(terms.get("from_on", "")))}


def _of_units(item: Mapping[str, Any], left: int, planned: int) -> dict[str, Any]:
    if "units" not in item or "unit_minor" not in item:
        return dict(item)
    units = _share(item["units"], left, planned)
    return {**item, "units": units, "total_minor": units * item["unit_minor"]}


def _share(units: int, left: int, planned: int) -> int:
    """Rounded up: what is left must be covered."""
    return -(-units * left // max(planned, 1))


def _from_today(row: dict[str, Any], today: date) -> dict[str, Any]:
    """The same length of time, not before today."""
    from_on, until_on = (date.fromisoformat(row[name]) for name in ("from_on", "until_on"))
    later = max(today - from_on, from_on - from_on)
    return {**row, "from_on": (from_on + later).isoformat(), "until_on": (until_on + later).isoformat()}
