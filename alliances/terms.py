"""What firms sign: canonical texts and their hashes. The same content always gives the same bytes.

Canonical form: JSON with sorted keys, no spaces, UTF-8 (as RFC 8785 for the integers and strings used here).
"""

import hashlib
import json
from collections.abc import Mapping
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
