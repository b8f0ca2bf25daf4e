"""Firms by name or number."""

from django.db.models import QuerySet

from config.words import all_in
from firms.models import Firm


def firms_named(words: list[str], user_id: int | None) -> QuerySet[Firm]:
    """Firms with all these words in name or identifiers: a person's own; all, when nobody is named."""
    rows = Firm.objects.all() if user_id is None else Firm.objects.of(user_id)
    named = rows.filter(all_in(words, "legal_name", "identifiers__value"))
    return named.distinct().order_by("legal_name", "pk")
