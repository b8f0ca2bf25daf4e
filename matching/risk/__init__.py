"""Risk simulation of a plan: seeded, reproducible byte for byte, explained task by task. Pure."""

from matching.risk.report import METHOD, Inputs, MarginSpread, Report, Spread, Wanted, WhatIf, inputs_hash
from matching.risk.simulation import CVAR_SHARE, simulate

__all__ = [
    "CVAR_SHARE",
    "METHOD",
    "Inputs",
    "MarginSpread",
    "Report",
    "Spread",
    "Wanted",
    "WhatIf",
    "inputs_hash",
    "simulate",
]
