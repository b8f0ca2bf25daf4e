"""What opening a market or an origin costs at least, for steps that price services before they buy them."""

import numpy as np

from matching.certificate import market_fees
from matching.solver.requirements import Services
from matching.solver.tables import Array, Tables

NEVER = 1e18


def market_charges(tables: Tables, services: Services) -> Array:
    """Fractional cheapest fees by market; NEVER where the market cannot be served."""
    fees = [
        market_fees(tables, row, 1) if services.can_serve(row["id"]) else None for row in tables.market_rows
    ]
    return np.array([NEVER if fee is None else float(fee) for fee in fees])


def origin_charges(tables: Tables, services: Services) -> Array:
    """Cheapest inspection by origin; NEVER where none is offered."""
    charges = np.zeros(len(tables.origins))
    if not tables.problem.raw["product"]["quality_required"]:
        return charges
    for n, origin in enumerate(tables.origins):
        fees = [services.price(q) for q in tables.problem.eligible("quality") if q["origin"] == origin]
        charges[n] = float(min(fees)) if services.can_inspect(origin) and fees else NEVER
    return charges
