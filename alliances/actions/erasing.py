"""What a person wrote and handed in is erased; the record keeps its salted hashes and still verifies."""

from datetime import datetime

from django.db import transaction

from alliances.actions.filing import drop
from alliances.models import Comment, Evidence, Note


def erase_contributions(user_id: int, *, now: datetime) -> dict[str, int]:
    """Erase the evidence and the comments of a person; returns how many there were.

    Files go after the commit, so that nothing is lost when it fails.
    """
    with transaction.atomic():
        handed_in = list(Evidence.objects.filter(author_id=user_id).select_related("note"))
        said = list(Comment.objects.filter(author_id=user_id).select_related("note"))
        for row in handed_in:
            _erase(row, now)
        for one in said:
            erase_note(one.note, now)
        Comment.objects.filter(author_id=user_id).update(author=None)
    return {"evidence": len(handed_in), "comments": len(said)}


def erase_note(note: Note | None, now: datetime) -> None:
    """Empty what was written. Without its salt nobody can find out by trying what it was."""
    if note is not None and note.erased_at is None:
        note.text, note.salt, note.erased_at = "", "", now
        note.save(update_fields=["text", "salt", "erased_at"])


def _erase(row: Evidence, now: datetime) -> None:
    path = row.path
    erase_note(row.note, now)
    row.path = row.name = row.sha256 = row.salt = ""
    row.author, row.erased_at = None, now
    row.save()
    transaction.on_commit(lambda: drop(path))
