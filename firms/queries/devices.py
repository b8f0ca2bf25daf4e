"""Who can be told on a device or by a robot, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from firms.models import Firm, MailGroup, PushSubscription, Robot, User
from firms.queries.readers import groups_for, operators, readers
from firms.sealing import unseal


@dataclass(frozen=True)
class Browser:
    """Where a push message goes, and the keys to write it with."""

    id: int
    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class PushBox:
    """How a person is told on their devices."""

    browsers: list[Browser]
    language: str
    zone: str


@dataclass(frozen=True)
class GroupChat:
    """How a firm's group is told."""

    kind: str
    url: str
    secret: str
    language: str
    zone: str


@dataclass(frozen=True)
class Pushed:
    """Whether and how fast a person wants to be told on devices."""

    choices: dict[str, bool]
    pace: str
    zone: str

    def wants(self, group: str) -> bool:
        """Whoever has connected a device is told of everything that was not stopped."""
        return self.choices.get(group, True)


def pushed(user_ids: Iterable[int]) -> dict[int, Pushed]:
    """Of these people, those who have a device; one query."""
    rows = User.objects.filter(pk__in=set(user_ids), push_subscriptions__ended_at=None, is_active=True)
    found = rows.filter(push_subscriptions__isnull=False).distinct()
    wishes = found.values_list("pk", "push_choices", "push_pace", "time_zone")
    return {key: Pushed(choices, pace, zone) for key, choices, pace, zone in wishes}


def robots_for(firm_ids: Iterable[int], group: str) -> set[int]:
    """Of these firms, those whose robot tells this group of notices; one query."""
    rows = Robot.objects.filter(firm_id__in=set(firm_ids)).values_list("firm_id", "groups")
    return {firm_id for firm_id, groups in rows if group in groups}


def pushbox(user_id: int, firm_id: int | None, group: str) -> PushBox | None:
    """Where to tell; None when the person left meanwhile, or does not want this on devices any more."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or not user.push_choices.get(group, True) or not _is_of(user_id, firm_id):
        return None
    zone = Firm.objects.get(pk=firm_id).time_zone if firm_id else settings.TIME_ZONE
    rows = PushSubscription.objects.live().filter(user=user).order_by("pk")
    browsers = [Browser(row.pk, row.endpoint, row.p256dh, row.auth) for row in rows]
    return PushBox(browsers, user.language or settings.LANGUAGE_CODE, user.time_zone or zone)


def _is_of(user_id: int, firm_id: int | None) -> bool:
    """Whether a person still is told things for a firm, or as an operator."""
    present = operators() if firm_id is None else readers([firm_id])
    return any(reader.user_id == user_id for reader in present)


def group_chat(firm_id: int, group: str) -> GroupChat | None:
    """Where a firm's robot listens; None when it tells this no more. Raises ValueError when it cannot be opened."""
    row = Robot.objects.select_related("firm").filter(firm_id=firm_id).first()
    if row is None or group not in row.groups:
        return None
    url, _, secret = unseal(row.sealed, settings.KEY_ENCRYPTION_SECRET).partition("\n")
    language = row.language or ("zh-hans" if str(row.firm.country) == "CN" else settings.LANGUAGE_CODE)
    return GroupChat(row.kind, url, secret, language, row.firm.time_zone)


def push_groups(user: User) -> list[MailGroup]:
    """The groups of notices that a person is told on devices."""
    return [group for group in groups_for(user) if user.push_choices.get(group.value, True)]
