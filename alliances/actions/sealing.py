"""A record is closed: nothing can be added to it, and one hash stands for all of it."""

from datetime import datetime

from django.db.models import Q

from alliances import terms
from alliances.models import Alliance, Event, Stream
from config.wake import wake


def seal(alliance: Alliance, now: datetime) -> str:
    """Close every stream of the alliance; returns the SHA-256 over the last digest of each, by stream."""
    mine = Stream.objects.filter(
        Q(pk__in=[alliance.forming_id, alliance.stream_id]) | Q(invitation__seat__alliance=alliance)
    )
    ids = list(mine.values_list("pk", flat=True))
    last = Event.objects.filter(stream__in=ids).order_by("stream", "-version").distinct("stream")
    heads = {str(stream): digest for stream, digest in last.values_list("stream", "digest")}
    Stream.objects.filter(pk__in=ids, closed_at=None).update(closed_at=now)
    wake(*(f"stream:{pk}" for pk in ids))
    return terms.digest(terms.canonical(heads))
