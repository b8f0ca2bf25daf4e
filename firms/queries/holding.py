"""For whom is capacity held?"""

from collections import Counter

from firms.models import Reservation


def held_for() -> dict[str, int]:
    """Live ledger entries by the first part of their purpose: how many each holder still has."""
    purposes = Reservation.objects.live().values_list("purpose", flat=True)
    return dict(Counter(purpose.partition("/")[0] for purpose in purposes.iterator()))
