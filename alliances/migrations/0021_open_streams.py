"""Open streams are found at once: `residues` is asked every minute, and closed ones stay for ever."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built while others write
    dependencies = [("alliances", "0020_unfounded_exceptions")]
    operations = [
        AddIndexConcurrently(
            "stream", models.Index(fields=["id"], condition=models.Q(closed_at=None), name="stream_open")
        ),
    ]
