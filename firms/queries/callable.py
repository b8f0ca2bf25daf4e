"""May these firms be called, and who stands behind them?"""

from collections.abc import Iterable

from firms.models import Firm


def callable_ids(ids: Iterable[int]) -> set[int]:
    """Return those of the firms that may be invited today."""
    return set(Firm.objects.callable().filter(pk__in=set(ids)).values_list("pk", flat=True))


def legal_persons(ids: Iterable[int]) -> dict[int, str]:
    """Return who stands behind each firm; two firms may share it."""
    return dict(Firm.objects.filter(pk__in=set(ids)).values_list("pk", "legal_person"))
