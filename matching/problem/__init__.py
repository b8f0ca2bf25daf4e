"""The matching problem of an opportunity, built from what firms offer. Pure."""

from matching.problem.build import ANYTHING, Bounds, Built, build
from matching.problem.case import (
    BUCKET_DAYS,
    CLEARANCE_BP,
    Case,
    Demand,
    Market,
    Reason,
    prepare,
    remaining,
    values,
)
from matching.problem.offers import Carriage, Firm, Making, Marketing, Registry, Support
from matching.problem.rows import needs_warehouse, warehouse_of
from matching.problem.scenarios import MANY, most
from matching.problem.spans import Span, Variant
from matching.problem.timing import Learned

__all__ = [
    "ANYTHING",
    "BUCKET_DAYS",
    "CLEARANCE_BP",
    "MANY",
    "Bounds",
    "Built",
    "Carriage",
    "Case",
    "Demand",
    "Firm",
    "Learned",
    "Making",
    "Market",
    "Marketing",
    "Reason",
    "Registry",
    "Span",
    "Support",
    "Variant",
    "build",
    "most",
    "needs_warehouse",
    "prepare",
    "remaining",
    "values",
    "warehouse_of",
]
