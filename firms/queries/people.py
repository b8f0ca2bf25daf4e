"""Who acts for which firm, and under which names people and firms are shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from firms.models import Firm, Member, User


@dataclass(frozen=True)
class FirmRef:
    """A firm as one of its people sees it: their role there, and whether it may be called."""

    id: int
    key: str
    name: str
    role: str
    state: str

    @property
    def may_sign(self) -> bool:
        return self.role in Member.SIGNERS


def firms_of(user_id: int) -> list[FirmRef]:
    """Return the firms that a person acts for today, by name."""
    rows = (
        Member.objects.active()
        .filter(user_id=user_id)
        .select_related("firm")
        .order_by("firm__legal_name", "pk")
    )
    return [FirmRef(r.firm_id, str(r.firm.key), r.firm.legal_name, r.role, r.firm.state) for r in rows]


def firm_ids_of(user_id: int) -> list[int]:
    """Return the same firms by id alone."""
    return list(Member.objects.active().filter(user_id=user_id).values_list("firm_id", flat=True))


def may_sign(user_id: int, firm_id: int) -> bool:
    """Tell whether a person may bind a firm."""
    return Member.objects.who_sign().filter(user_id=user_id, firm_id=firm_id).exists()


def is_only_operator(user_id: int) -> bool:
    """Tell whether nobody else can act for the platform."""
    operators = User.objects.filter(is_operator=True, is_active=True)
    return not operators.exclude(pk=user_id).exists()


def names(ids: Iterable[int]) -> dict[int, str]:
    """Return the legal names of firms by id."""
    return dict(Firm.objects.filter(pk__in=set(ids)).values_list("pk", "legal_name"))


def people(*, user_ids: Iterable[int] = (), firm_ids: Iterable[int] = ()) -> dict[str, str]:
    """Return display names by pseudonym, of these users and of all who ever acted for these firms."""
    users = User.objects.filter(pk__in=set(user_ids)) | User.objects.filter(
        memberships__firm_id__in=set(firm_ids)
    )
    return {str(user.pseudonym): user.shown_name for user in users.distinct()}
