"""Alliances, tasks and invitations by name: an operator's are all, everybody else's are their own."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from alliances.lifecycle import InvitationState
from alliances.models import Alliance, Invitation, Task
from alliances.models.alliance import AllianceQuerySet
from config.words import all_in, is_said
from firms.queries import firm_ids_of

NAMES = ("title", "product__title", "product__title_zh")


def alliances_named(words: list[str], user_id: int | None) -> QuerySet[Alliance]:
    """Alliances with all these words in title or product, newest first."""
    return _seen(user_id).filter(all_in(words, *NAMES)).select_related("product").order_by("-founded_at")


def tasks_named(words: list[str], user_id: int | None) -> QuerySet[Task]:
    """Open tasks whose title, as the reader knows it, has one of these words; their alliance may have the others."""
    mine = Task.objects.open().filter(alliance__in=_seen(user_id).live())
    titles = list(mine.order_by().values_list("title", flat=True).distinct())
    wanted, by_title = Q(), Q()
    for word in words:
        said = Q(code__iexact=word) | Q(
            title__in=[one for one in titles if is_said([word], gettext(one), one)]
        )
        by_title |= said
        wanted &= said | all_in([word], *(f"alliance__{name}" for name in NAMES))
    return mine.filter(by_title & wanted).select_related("alliance", "seat__firm").order_by("due_at", "pk")


def invitations_named(words: list[str], user_id: int) -> QuerySet[Invitation]:
    """Invitations that wait for an answer of this person's firms."""
    mine = Invitation.objects.filter(firm__in=firm_ids_of(user_id), state=InvitationState.PENDING)
    named = mine.filter(all_in(words, *(f"seat__alliance__{name}" for name in NAMES)))
    return named.select_related("firm", "seat__alliance__product").order_by("due_at")


def _seen(user_id: int | None) -> AllianceQuerySet:
    return Alliance.objects.all() if user_id is None else Alliance.objects.seen_by(user_id)
