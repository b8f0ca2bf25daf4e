"""The log over all streams, and the checkpoints that have left it. Rows are only added."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from alliances.models.record import Event


class LogEntry(models.Model):
    """An event's place in the log: positions count from 0 without a gap. `hashes` as in `ledger.grown`."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="entry")
    hashes = ArrayField(models.CharField(max_length=64))

    def __str__(self) -> str:
        return f"{self.position}: {self.event_id}"


class Checkpoint(models.Model):
    """The log's root at a size, as it was signed and left the database."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    note = models.TextField()

    def __str__(self) -> str:
        return f"{self.size} {self.root[:8]}"
