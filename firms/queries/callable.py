"""May these firms be called?"""

from collections.abc import Iterable

from firms.models import Firm


def callable_ids(ids: Iterable[int]) -> set[int]:
    """Return those of the firms that may be invited today."""
    return set(Firm.objects.callable().filter(pk__in=set(ids)).values_list("pk", flat=True))
