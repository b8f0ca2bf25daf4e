"""The table of firms: which columns it has, and what sorts them."""

from django.db.models import Exists, OuterRef
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from config.tables import Column, Table
from config.words import all_in, words_of
from firms.models import Firm, Identifier

FIRMS = (
    Column("name", _("Legal name"), lambda row: row.legal_name, ("legal_name",)),
    Column("country", _("Country"), lambda row: row.country.code, ("country",)),
    Column("state", _("State"), lambda row: row.get_state_display(), is_shown=False),
    Column("modules", _("What it does"), lambda row: ", ".join(row.modules)),
    Column("numbers", _("Identifiers"), lambda row: ", ".join(one.value for one in row.identifiers.all())),
    Column("standing", _("Standing"), lambda row: row.trust, ("trust",), is_number=True),
    Column("kept", _("Promises kept"), lambda row: row.promises_kept, ("promises_kept",), is_number=True),
    Column("joined", _("Joined"), lambda row: row.joined_at, ("joined_at",)),
)


def firms(asked: QueryDict, state: str) -> Table[Firm]:
    """Firms of a state, those that wait longest first; found by name or number."""
    rows = Firm.objects.filter(state=state).prefetch_related("identifiers").order_by("joined_at", "pk")
    words = words_of(asked.get("q", ""))
    for word in words:
        numbers = Identifier.objects.filter(all_in([word], "value"), firm=OuterRef("pk"))
        rows = rows.filter(all_in([word], "legal_name") | Exists(numbers))
    return Table(rows, FIRMS, asked)
