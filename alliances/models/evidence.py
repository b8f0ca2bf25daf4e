"""What shows how a task went, and what people say about it. The record holds only salted hashes of it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliances.models.record import Note
from alliances.models.tasks import Task
from firms.models import Firm


class Evidence(models.Model):
    """A file, a note or a count that was handed in for a task. It can be erased; its event stays."""

    class Kind(models.TextChoices):
        PHOTO = "photo", _("Photo")
        DOCUMENT = "document", _("Document")
        NOTE = "note", _("Note")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="evidence")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=100, blank=True, help_text=_("shown; it is stored under another one"))
    content_type = models.CharField(max_length=40, blank=True)
    path = models.CharField(max_length=160, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    salt = models.CharField(max_length=32, blank=True)
    size = models.IntegerField(default=0)
    good_units = models.IntegerField(null=True)
    bad_units = models.IntegerField(null=True)
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(good_units__isnull=True) | Q(good_units__gte=0))
                & (Q(bad_units__isnull=True) | Q(bad_units__gte=0)),
                name="evidence_counts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(path=""), name="erased_evidence_has_no_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def has_small(self) -> bool:
        return self.kind == self.Kind.PHOTO and bool(self.path)


class Comment(models.Model):
    """What a partner said about a task. Its text is the event's note and can be erased."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="comments")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey("firms.User", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"comment {self.pk} on {self.task_id}"


class Mention(models.Model):
    """A firm was named in a comment, and shall know it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    firm = models.ForeignKey(Firm, on_delete=models.PROTECT, related_name="mentions")
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "firm"], name="a_firm_is_mentioned_once")]
        indexes = [models.Index(fields=["firm"], condition=Q(read_at=None), name="mention_unread")]

    def __str__(self) -> str:
        return f"{self.firm_id} in {self.comment_id}"
