"""Who may listen to what: asked for many sockets at once, with a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare

from alliances.models import Alliance, Grant, Invitation
from config.rows import Actor

NO_KEY = UUID(int=0)


class Kind(StrEnum):
    """What a socket listens to."""

    ALLIANCE = "alliance"  # the board of an alliance
    INVITATION = "invitation"  # one invitation, by the firm that holds it
    WAKES = "wakes"  # that a desk or the console should fetch again


class Refusal(StrEnum):
    """Why a socket is turned away."""

    NOBODY = "nobody"  # no person is logged in
    UNSEEN = "unseen"  # it does not exist, or not for this person


@dataclass(frozen=True, slots=True)
class Knock:
    """A socket asks to be let in."""

    kind: Kind
    session: str  # the session's key, from the cookie
    key: UUID = NO_KEY  # of the alliance or the invitation


@dataclass(frozen=True, slots=True)
class Pass:
    """A socket may listen."""

    actor: Actor
    user_id: int
    stream_id: UUID | None = None
    topics: frozenset[str] = frozenset()  # of the wakes that it hears


Answer = Pass | Refusal


def admit(knocks: Sequence[Knock]) -> list[Answer]:
    """Answer each knock; at most seven queries, however many there are."""
    users = _users({knock.session for knock in knocks})
    ids = {user.pk for user in users.values()}
    streams = {
        Kind.ALLIANCE: _alliances(_keys(knocks, Kind.ALLIANCE), ids),
        Kind.INVITATION: _invitations(_keys(knocks, Kind.INVITATION), ids),
    }
    topics = _topics(users, knocks)
    return [_answer(knock, users.get(knock.session), streams, topics) for knock in knocks]


def who_see(kind: Kind, asked: Mapping[UUID, Collection[int]]) -> dict[UUID, set[int]]:
    """Of the people asked about, those who may see a stream through a firm that they act for; one query."""
    if not asked:
        return {}
    user_ids = set[int]().union(*asked.values())
    members = {"firm__members__user_id__in": user_ids, "firm__members__ended_at": None}
    rows: QuerySet[Invitation] | QuerySet[Grant] = (
        Invitation.objects.filter(stream_id__in=asked, **members)
        if kind == Kind.INVITATION
        else Grant.objects.filter(alliance__stream_id__in=asked, ended_at=None, **members)
    )
    stream = "stream_id" if kind == Kind.INVITATION else "alliance__stream_id"
    seeing = defaultdict[UUID, set[int]](set)
    for stream_id, user_id in rows.values_list(stream, "firm__members__user_id"):
        seeing[stream_id].add(user_id)
    return dict(seeing)


def _answer(
    knock: Knock, user: Any, streams: dict[Kind, "_Streams"], topics: dict[int, frozenset[str]]
) -> Answer:
    if user is None:
        return Refusal.NOBODY
    if knock.kind == Kind.WAKES:
        return Pass(user.actor, user.pk, topics=topics[user.pk])
    stream_id = streams[knock.kind].seen_by(user, knock.key)
    return Pass(user.actor, user.pk, stream_id) if stream_id else Refusal.UNSEEN


@dataclass(frozen=True, slots=True)
class _Streams:
    """Streams by the key of what they belong to: those that members see, and those that operators see."""

    of_members: dict[tuple[UUID, int], UUID]
    of_operators: dict[UUID, UUID]

    def seen_by(self, user: Any, key: UUID) -> UUID | None:
        return self.of_operators.get(key) if user.is_operator else self.of_members.get((key, user.pk))


def _keys(knocks: Sequence[Knock], kind: Kind) -> set[UUID]:
    return {knock.key for knock in knocks if knock.kind == kind}


def _users(sessions: set[str]) -> dict[str, Any]:
    """The people behind live sessions; a changed password or a closed account ends a session."""
    rows = Session.objects.filter(session_key__in=sessions, expire_date__gt=Now())
    contents = {row.session_key: row.get_decoded() for row in rows}
    ids = {content[SESSION_KEY] for content in contents.values() if SESSION_KEY in content}
    users = {
        str(user.pk): user for user in get_user_model()._default_manager.filter(pk__in=ids, is_active=True)
    }
    found = {key: (users.get(content.get(SESSION_KEY, "")), content) for key, content in contents.items()}
    return {key: user for key, (user, content) in found.items() if user and _is_valid(user, content)}


def _is_valid(user: Any, content: dict[str, Any]) -> bool:
    kept = content.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(kept, known) for known in hashes)


def _alliances(keys: set[UUID], user_ids: set[int]) -> _Streams:
    if not keys:
        return _Streams({}, {})
    rows = Alliance.objects.filter(key__in=keys).values_list("key", "stream_id", "forming_id")
    grants = Grant.objects.filter(
        alliance__key__in=keys,
        ended_at=None,
        firm__members__user_id__in=user_ids,
        firm__members__ended_at=None,
    ).values_list("alliance__key", "firm__members__user_id", "alliance__stream_id")
    return _Streams(
        {(key, user): stream for key, user, stream in grants if stream},
        {key: stream or forming for key, stream, forming in rows},
    )


def _invitations(keys: set[UUID], user_ids: set[int]) -> _Streams:
    if not keys:
        return _Streams({}, {})
    rows = Invitation.objects.filter(key__in=keys)
    mine = rows.filter(firm__members__user_id__in=user_ids, firm__members__ended_at=None).values_list(
        "key", "firm__members__user_id", "stream_id"
    )
    return _Streams(
        {(key, user): stream for key, user, stream in mine},
        dict(rows.values_list("key", "stream_id")),
    )


def _topics(users: dict[str, Any], knocks: Sequence[Knock]) -> dict[int, frozenset[str]]:
    asked = [users.get(knock.session) for knock in knocks if knock.kind == Kind.WAKES]
    wanted = {user.pk: user for user in asked if user}
    if not wanted:
        return {}
    desks = _desks(set(wanted))
    consoles = {pk for pk, user in wanted.items() if user.is_operator}
    return {pk: frozenset(desks[pk] | ({"console"} if pk in consoles else set())) for pk in wanted}


def _desks(user_ids: set[int]) -> defaultdict[int, set[str]]:
    members = get_user_model()._default_manager.filter(pk__in=user_ids, memberships__ended_at=None)
    found = defaultdict[int, set[str]](set)
    for user_id, firm_id in members.values_list("pk", "memberships__firm_id"):
        if firm_id:
            found[user_id].add(f"desk:{firm_id}")
    return found
