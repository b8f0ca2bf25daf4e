"""What firms accept and sign: canonical texts and their hashes. The same content always gives the same bytes.

Before anybody is asked there are the common terms; each firm accepts an offer that is bound to them by their
hash. When all have accepted, one document holds the common terms and every partner's seat; it is what is signed.

Canonical form: JSON with sorted keys, no spaces, UTF-8 (as RFC 8785 for the integers and strings used here).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

SIGNED = "murmuration/agreement/1"
SELLER = "seller"  # the slot of the seller of record

CONDITIONS = (
    "Each partner works for the seller of record under its own bilateral order; the alliance is no company.",
    "Capacity is held when a partner accepts and reserved when all partners have signed the same agreement.",
    "Accepting is a mandate to sign: for a partner without a key of its own the platform keeps one, encrypted,"
    " and signs with it the agreement that contains exactly the terms that the partner has accepted.",
    "Fixed fees and prices per unit are paid as agreed here; the seller of record bears what is left.",
    "At the end the settlement is computed from the record and sums to zero; partners may object.",
    "At dissolution all access ends and unused capacity is released; the record stays.",
)


def canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """SHA-256 of the text, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def common(title: str, key: str, plan: Mapping[str, Any]) -> str:
    """The common terms of an alliance; they name roles and rules, not who else is asked."""
    return canonical(
        {"format": "alliance-agreement/1", "title": title, "alliance": key, "conditions": CONDITIONS, **plan}
    )


def offer(title: str, key: str, agreement_hash: str, seat: str, terms: Mapping[str, Any]) -> str:
    """What one firm is asked to accept for one seat: its own terms, bound to the common ones by their hash."""
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
    terms: Mapping[str, Any],
    *,
    done_units: int,
    planned_units: int,
    finished: int,
    tasks: int,
    kept_before: int = 0,
) -> Any:
    """What a firm that leaves keeps of its terms: units that it delivered, fees by the tasks that it finished.

    Of what its role has delivered (`done_units` of `planned_units`) a seat has its share, less what those who
    held it before have kept. A part of a minor unit, of a unit or of a basis point is not paid; so the parts
    never exceed the whole.
    """
    done, planned, agreed = min(done_units, planned_units), max(planned_units, 1), units_in(terms)
    of_seat = max((agreed + kept_before) * done - kept_before * planned, 0)
    units, fees = Fraction(of_seat, max(agreed, 1) * planned), Fraction(finished, max(tasks, 1))
    items = [_kept(item, units, fees) for item in terms.get("items", [])]
    return {**terms, "items": items, "capacity": []}


def _kept(item: Mapping[str, Any], of_units: Fraction, of_fees: Fraction) -> dict[str, Any]:
    kept = dict(item)
    if "units" in item and "unit_minor" in item:
        kept["units"] = int(item["units"] * of_units)
        kept["total_minor"] = kept["units"] * item["unit_minor"]
    for name in ("amount_minor", "rate_bp"):
        if name in item:
            kept[name] = int(item[name] * of_fees)
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


def document(
    common_text: str, seats: Iterable[Mapping[str, Any]], *, number: int, supersedes: str, dated: str
) -> str:
    """The agreement: the common terms, and every partner's seat as {seat, firm, terms}."""
    return canonical(
        {
            "format": "alliance-agreement/2",
            "number": number,
            "supersedes": supersedes,
            "dated": dated,
            "common": json.loads(common_text),
            "seats": sorted(seats, key=lambda row: str(row["seat"])),
        }
    )


def offers_in(document_text: str, firm_key: str) -> dict[str, str]:
    """The hashes of the offers that a document makes of a firm's seats; equal to what the firm has accepted
    only if the document contains exactly those terms."""
    content = json.loads(document_text)
    shared = content["common"]
    bound = digest(canonical(shared))
    return {
        row["seat"]: digest(offer(shared["title"], shared["alliance"], bound, row["seat"], row["terms"]))
        for row in content["seats"]
        if row["firm"]["key"] == firm_key
    }


def holders(document_text: str) -> dict[str, str]:
    """Who holds which seat by a document: keys of firms by seat."""
    return {row["seat"]: row["firm"]["key"] for row in json.loads(document_text)["seats"]}


def signers(document_text: str, superseded_text: str = "") -> list[str]:
    """Keys of the firms that have to sign: all; of a later agreement those whose seats changed, and the seller."""
    seats = json.loads(document_text)["seats"]
    before = json.loads(superseded_text)["seats"] if superseded_text else []
    known = {row["seat"]: row for row in before}
    changed = [
        row
        for row in seats
        if known.get(row["seat"]) != row or (known and row["terms"].get("slot") == SELLER)
    ]
    return sorted({row["firm"]["key"] for row in changed})


def statement(alliance_key: str, firm_key: str, agreement_hash: str) -> bytes:
    """The bytes that a firm signs: four lines, each with a line break; nothing else is ever signed this way."""
    return f"{SIGNED}\n{alliance_key}\n{firm_key}\n{agreement_hash}\n".encode()
