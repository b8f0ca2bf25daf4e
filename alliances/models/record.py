"""The record: versioned streams of events. The application may add to it and read it, nothing else."""

import uuid

from django.db import models
from django.db.models import Q


class Stream(models.Model):
    """A gap-free sequence of events with one audience: forming (operators), an invitation (its firm), an alliance."""

    class Kind(models.TextChoices):
        FORMING = "forming"
        INVITATION = "invitation"
        ALLIANCE = "alliance"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    epoch = models.UUIDField(default=uuid.uuid4, editable=False)
    version = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    # closed, and every event of it is in the log: the sequencer need not look here any more
    is_logged = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(is_logged=False), name="stream_to_log"),
            models.Index(fields=["id"], condition=Q(closed_at=None), name="stream_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} at {self.version}"


class Note(models.Model):
    """What a person wrote. It stays outside the record, which holds only its salted hash, so it can be erased."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = models.TextField()
    salt = models.CharField(max_length=32)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.text[:60]


class Event(models.Model):
    """What happened: one version of a stream. `body` is canonical JSON, `digest` its SHA-256 chained to the last."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="events")
    version = models.BigIntegerField()
    kind = models.CharField(max_length=32)
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    command = models.CharField(max_length=64, blank=True)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["stream", "version"]
        constraints = [models.UniqueConstraint(fields=["stream", "version"], name="one_event_a_version")]

    def __str__(self) -> str:
        return f"{self.version} {self.kind}"
