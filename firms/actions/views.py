"""A person keeps views of tables under names, drops them, and takes a dropping back."""

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from config.rows import Actor, Missing, Refused, claim, command
from firms.actions.rights import person
from firms.models import SavedView
from firms.models.views import UNDO

MOST_VIEWS = 40  # of a person, for a table
LONGEST_NAME, LONGEST_QUERY = 60, 400


@command
def save_view(
    actor: Actor, table: str, name: str, query: str, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Keep a filter and order under a name; the name's former view is replaced.

    Raises Missing for a table that does not exist; Refused `no_name`, `too_long`, `too_many`.
    """
    user_id, words = person(actor), name.strip()
    if table not in SavedView.Table.values:
        raise Missing()
    if not words:
        raise Refused("no_name", _("Give the view a name."))
    if len(words) > LONGEST_NAME or len(query) > LONGEST_QUERY:
        raise Refused("too_long", _("This is too long to be kept."))
    SavedView.objects.filter(user_id=user_id, dropped_at__lte=now - UNDO).delete()
    kept = SavedView.objects.of(user_id, table)
    if kept.exclude(name=words).count() >= MOST_VIEWS:
        raise Refused("too_many", _("Too many views are kept: delete some first."))
    row, _is_new = SavedView.objects.update_or_create(
        user_id=user_id,
        table=table,
        name=words,
        dropped_at=None,
        defaults={"query": _plain(query), "saved_at": now},
    )
    return {"view": row.pk}


def _plain(query: str) -> str:
    """The filter as an address has it, whatever was sent."""
    return QueryDict(query.removeprefix("?")).urlencode()[:LONGEST_QUERY]


@command
def drop_view(actor: Actor, view_id: int, *, now: datetime, command_id: str | None = None) -> dict[str, Any]:
    """Delete a view of one's own; for an hour it can be brought back. Raises Missing."""
    if not claim(
        SavedView.objects.filter(pk=view_id, user_id=person(actor), dropped_at=None), dropped_at=now
    ):
        raise Missing()
    return {"view": view_id}


@command
def restore_view(
    actor: Actor, view_id: int, *, now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Bring a deleted view back. Raises Missing; Refused `name_taken` when another has its name by now."""
    row = SavedView.objects.select_for_update().filter(pk=view_id, user_id=person(actor)).first()
    if row is None or row.dropped_at is None or row.dropped_at <= now - UNDO:
        raise Missing()
    if SavedView.objects.of(row.user_id, row.table).filter(name=row.name).exists():
        raise Refused("name_taken", _("Another view has this name by now."))
    claim(SavedView.objects.filter(pk=view_id), dropped_at=None)
    return {"view": view_id}
