"""A record is closed: nothing can be added to it, and one hash stands for all of it."""

from datetime import datetime

from alliances import terms
from alliances.models import Alliance, Event, Stream
from alliances.queries.ledger import streams_of
from config.wake import wake


def seal(alliance: Alliance, now: datetime) -> str:
    """Close every stream of the alliance; returns the SHA-256 over the last digest of each, by stream."""
    ids = list(streams_of(alliance).values_list("pk", flat=True))
    last = Event.objects.filter(stream__in=ids).order_by("stream", "-version").distinct("stream")
    heads = {str(stream): digest for stream, digest in last.values_list("stream", "digest")}
    Stream.objects.filter(pk__in=ids, closed_at=None).update(closed_at=now)
    wake(*(f"stream:{pk}" for pk in ids))
    return terms.digest(terms.canonical(heads))
