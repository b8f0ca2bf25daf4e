"""How the events of a stream are chained, and what remains of a note.

An event's digest is SHA-256 over the digest before it, its canonical header and its body; the first follows
an empty digest. Canonical is JSON with sorted keys, no spaces, in UTF-8.
"""

import hashlib
from collections.abc import Iterable, Iterator

from alliances.models import Event, Note
from alliances.queries.rows import iso
from alliances.terms import canonical


def header(event: Event) -> str:
    """The canonical bytes of what an event is."""
    return canonical(
        {
            "stream": str(event.stream_id),
            "version": event.version,
            "kind": event.kind,
            "actor": event.actor,
            "at": iso(event.at),
            "command": event.command,
        }
    )


def digest(before: str, event: Event) -> str:
    """What the next event builds upon, as 64 hexadecimal digits."""
    return hashlib.sha256((before + header(event) + event.body).encode()).hexdigest()


def note_hash(note: Note) -> str:
    """What remains of a note in the record when it is erased; the salt keeps it from being guessed."""
    return hashlib.sha256((note.salt + note.text).encode()).hexdigest()


def breaks(events: Iterable[Event]) -> Iterator[str]:
    """Where the chains of these events, ordered by stream and version, do not hold."""
    stream, version, before = None, 0, ""
    for event in events:
        if event.stream_id != stream:
            stream, version, before = event.stream_id, 0, ""
        version += 1
        if event.version != version:
            yield f"stream {stream}: version {event.version} follows {version - 1}"
            version = event.version
        if event.digest != digest(before, event):
            yield f"stream {stream}, version {version}: the digest does not fit what the event says"
        before = event.digest
