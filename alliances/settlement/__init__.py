"""Who gets what when an alliance ends. Pure."""

from alliances.settlement.record import (
    Claim,
    Fee,
    Line,
    LineKind,
    Record,
    Sale,
    Settlement,
    Share,
    Term,
    TermKind,
    packed,
    unpacked,
)
from alliances.settlement.rounding import largest_remainder
from alliances.settlement.shares import TermsError, settle

__all__ = [
    "Claim",
    "Fee",
    "Line",
    "LineKind",
    "Record",
    "Sale",
    "Settlement",
    "Share",
    "Term",
    "TermKind",
    "TermsError",
    "largest_remainder",
    "packed",
    "settle",
    "unpacked",
]
