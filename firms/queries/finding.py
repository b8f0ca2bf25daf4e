"""Firms by name or number."""

from django.db.models import QuerySet

from config.words import all_in
from firms.models import Firm
from firms.names import outline


def firms_named(words: list[str], user_id: int | None) -> QuerySet[Firm]:
    """Firms with all these words in name or identifiers: a person's own; all, when nobody is named."""
    rows = Firm.objects.all() if user_id is None else Firm.objects.of(user_id)
    named = rows.filter(all_in(words, "legal_name", "identifiers__value"))
    return named.distinct().order_by("legal_name", "pk")


def lookalikes(firm: Firm) -> QuerySet[Firm]:
    """Other firms whose names may be taken for this one's; a person decides whether that is meant."""
    mine = outline(firm.legal_name)
    others = Firm.objects.exclude(pk=firm.pk).exclude(state=Firm.State.REFUSED)
    rows = others.values_list("pk", "legal_name")
    return others.filter(pk__in=[pk for pk, name in rows if outline(name) == mine]).order_by("joined_at")
