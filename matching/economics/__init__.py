"""The unit economics of a product in a market. Pure."""

from matching.economics.margin import Margin, Share, contribution, unit_margin, unit_value
from matching.economics.sheet import MANDATORY, Kind, Line, Rate, Sheet, SheetError, check, converted

__all__ = [
    "MANDATORY",
    "Kind",
    "Line",
    "Margin",
    "Rate",
    "Share",
    "Sheet",
    "SheetError",
    "check",
    "contribution",
    "converted",
    "unit_margin",
    "unit_value",
]
