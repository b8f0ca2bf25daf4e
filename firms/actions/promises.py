"""What a firm did in an alliance is filed, and its standing follows from it."""

from datetime import datetime

from firms.models import Firm
from firms.standing import History, trust


def file_promises(firm_id: int, *, kept: int = 0, late: int = 0, broken: int = 0, now: datetime) -> int:
    """Add to a firm's history, inside the caller's transaction. Returns the new standing (0..1000)."""
    firm = Firm.objects.select_for_update(no_key=True).get(pk=firm_id)
    firm.promises_kept += kept
    firm.promises_late += late
    firm.promises_broken += broken
    firm.trust = trust(History(firm.promises_kept, firm.promises_late, firm.promises_broken))
    firm.save(update_fields=["promises_kept", "promises_late", "promises_broken", "trust"])
    return firm.trust
