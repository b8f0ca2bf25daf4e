"""After a restore from a backup: whoever saw what is no longer there must not take the new for the old."""

from django.contrib.postgres.functions import RandomUUID

from alliances.models import Stream


def renew_epochs() -> int:
    """Let every stream begin a new epoch, so that each client takes a snapshot; returns how many streams there are.

    A client may hold a version that was lost with the database. Without this, other events would come under the same
    version, and it would believe that it has them.
    """
    return Stream.objects.update(epoch=RandomUUID())
