"""Evidence and comments of a task, for those who may see its alliance."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from alliances.models import Alliance, Comment, Evidence, Mention, Task
from alliances.queries.rows import iso


@dataclass(frozen=True)
class File:
    """A file on its way to a reader."""

    name: str
    content_type: str
    content: bytes


def small_path(path: str) -> str:
    return f"{path}-small"


def file_of(alliance: Alliance, key: str, *, small: bool) -> File | None:
    """A file of an alliance that has not ended; None when there is none, or not any more."""
    found = Evidence.objects.filter(key=key, task__alliance=alliance).exclude(path="").first()
    if found is None or alliance.is_over or (small and not found.has_small):
        return None
    path = small_path(found.path) if small else found.path
    if not default_storage.exists(path):
        return None
    with default_storage.open(path) as opened:
        return File(found.name, "image/jpeg" if small else found.content_type, opened.read())


def evidence_of(task: Task) -> list[Evidence]:
    return list(task.evidence.select_related("firm", "author", "note").order_by("pk"))


def comments_of(task: Task) -> list[Comment]:
    found = task.comments.select_related("firm", "author", "note").prefetch_related("mentions__firm")
    return list(found.order_by("pk"))


def unread(firm_ids: Collection[int], alliance_ids: Collection[int]) -> QuerySet[Mention]:
    """Where firms were mentioned, and nobody has seen it; newest first, in these alliances only."""
    found = Mention.objects.filter(read_at=None, firm__in=firm_ids, comment__task__alliance__in=alliance_ids)
    return found.select_related("comment__task__alliance", "comment__firm", "firm").order_by("-pk")


def contributions_of(user_id: int) -> list[dict[str, Any]]:
    """What a person has handed in and said, to be given out to that person."""
    handed_in = Evidence.objects.filter(author_id=user_id).select_related("task__alliance", "note")
    said = Comment.objects.filter(author_id=user_id).select_related("task__alliance", "note")
    rows = [{**_given(one), "file": one.name, "sha256": one.sha256} for one in handed_in]
    return rows + [_given(one) for one in said]


def _given(row: Evidence | Comment) -> dict[str, Any]:
    return {
        "alliance": row.task.alliance.title,
        "task": row.task.title,
        "at": iso(row.at),
        "text": row.note.text if row.note else "",
    }
