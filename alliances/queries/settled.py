"""What people see of a settlement: its inputs by name, its versions, and what is objected to and disputed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from alliances.models import Alliance, Dispute, Objection, Settlement, SettlementVersion
from alliances.settlement import Input, Matter, inputs_of, unpacked

OTHER = "other"  # what an objection is about when no single input is meant
CLAIMS = (Matter.WRITE_OFF, Matter.PENALTY)  # what may be decided before the work is counted


@dataclass(frozen=True)
class ObjectionLine:
    """An objection, what it is about, and whether its firm may still take it to a ruling."""

    row: Objection
    about: dict[str, Any] | None
    may_dispute: bool


def is_computed(found: Alliance) -> bool:
    """Whether there is a settlement."""
    return hasattr(found, "settlement")


def inputs(settlement: Settlement) -> tuple[Input, ...]:
    """Every input that may be objected to and corrected, as the present version has it."""
    partners = settlement.alliance.grants.values_list("firm__key", flat=True)
    return inputs_of(unpacked(settlement.inputs), [str(key) for key in partners])


def named_inputs(settlement: Settlement) -> list[dict[str, Any]]:
    """The inputs with the names of firms, for people."""
    names = _names(settlement.alliance)
    return [_named(row, names) for row in inputs(settlement)]


def choices(found: Alliance) -> list[dict[str, Any]]:
    """What a ruling or an answer may correct; claims on partners only, while the work is not counted."""
    if is_computed(found):
        return named_inputs(found.settlement)
    names = _names(found)
    return [
        {
            "key": f"{matter}|{key}|{found.currency}",
            "matter": matter,
            "name": name,
            "currency": found.currency,
        }
        for key, name in names.items()
        for matter in CLAIMS
    ]


def versions(settlement: Settlement) -> list[SettlementVersion]:
    """The versions, newest first, with what each has changed, by name."""
    names, found = (
        _names(settlement.alliance),
        list(settlement.versions.select_related("by").order_by("-number")),
    )
    for version in found:
        version.changes = [row | {"name": names.get(row["name"], row["name"])} for row in version.changes]
    return found


def objections(found: Alliance, now: datetime) -> list[ObjectionLine]:
    """The objections to a settlement, in the order in which they were made."""
    about = {row["key"]: row for row in named_inputs(found.settlement)}
    still = set(found.settlement.objections.open(now).values_list("pk", flat=True))
    rows = found.settlement.objections.select_related("firm", "dispute").order_by("at", "pk")
    return [
        ObjectionLine(row, about.get(row.matter), row.answered_at is not None and row.pk in still)
        for row in rows
    ]


def left_by(user_id: int, key: str) -> Alliance | None:
    """An alliance that settles with a firm of this person which has left it, and whose board they do not see."""
    rows = Alliance.objects.filter(key=key)
    if rows.seen_by(user_id).exists():
        return None
    return rows.settling_with(user_id).select_related("product").first()


def waiting(found: Alliance) -> QuerySet[Objection]:
    """Objections of an alliance that no operator has answered."""
    rows = Objection.objects.filter(settlement__alliance=found, answered_at=None, dispute=None)
    return rows.select_related("firm").order_by("at")


def disputes(found: Alliance) -> list[Dispute]:
    """The disputes of an alliance, newest first, with what their rulings correct, by name."""
    rows = list(found.disputes.select_related("firm", "task", "objection", "ruled_by").order_by("-pk"))
    names = _names(found)
    for row in rows:
        row.corrections = [fix | {"name": names.get(fix["name"], fix["name"])} for fix in row.corrections]
    return rows


def disputed(dispute_id: int) -> Alliance | None:
    """The alliance in which something is disputed."""
    return Alliance.objects.filter(disputes=dispute_id).first()


def objected(objection_id: int) -> Alliance | None:
    """The alliance whose settlement is objected to."""
    return Alliance.objects.filter(settlement__objections=objection_id).first()


def _names(found: Alliance) -> dict[str, str]:
    return {str(key): name for key, name in found.grants.values_list("firm__key", "firm__legal_name")}


def _named(row: Input, names: dict[str, str]) -> dict[str, Any]:
    return {
        "key": row.key,
        "matter": row.matter.value,
        "name": names.get(row.name, row.name),
        "currency": row.currency,
        "units": row.value.units,
        "amount_minor": row.value.amount_minor,
    }
