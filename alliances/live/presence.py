"""Who is on which board now. Nothing is written: processes tell each other by wakes, and say it again every beat."""

import asyncio
import time
from collections import defaultdict
from uuid import UUID

from alliances.live.audience import Listener
from alliances.live.background import in_thread, keep
from alliances.live.frames import frame
from alliances.queries import board
from config.wake import tell

HERE, GONE = "here:", "gone:"  # how topics of wakes begin; board and person follow
FRESH_SECONDS = 40.0  # a process that ended without a word is forgotten after two beats
CALM_SECONDS, CROWD_SECONDS = 0.2, 2.0  # at most one frame in this time; on crowded boards in the longer one
SHOWN = 20


class Company:
    """The sockets of this process that asked to see who else is there, and the people whom others have told of."""

    def __init__(self) -> None:
        self.here = defaultdict[UUID, set[Listener]](set)
        self.told = defaultdict[UUID, dict[str, float]](dict)  # people, and until when that is believed
        self.names: dict[str, str] = {}
        self.saying = set[UUID]()

    def come(self, listener: Listener) -> None:
        """A socket wants to see who is there, and to be seen."""
        if stream_id := listener.allowed.stream_id:
            self.here[stream_id].add(listener)
            tell(_topic(HERE, stream_id, listener))
            self._say(stream_id)

    def leave(self, listener: Listener) -> None:
        """The socket is gone; its person may have another one."""
        stream_id = listener.allowed.stream_id
        if stream_id is None or listener not in self.here.get(stream_id, ()):
            return
        left = self.here[stream_id]
        left.discard(listener)
        if not any(one.allowed.user_id == listener.allowed.user_id for one in left):
            tell(_topic(GONE, stream_id, listener))
        if not left:
            del self.here[stream_id]
            self.told.pop(stream_id, None)

    def heard(self, topic: str) -> None:
        """What a process says of one person."""
        kind, stream, key = topic.split(":")
        stream_id, people = UUID(stream), self.told
        if stream_id not in self.here:
            return
        before = self.people(stream_id)
        if f"{kind}:" == HERE:
            people[stream_id][key] = time.monotonic() + FRESH_SECONDS
        else:
            people[stream_id].pop(key, None)
        if self.people(stream_id) != before:
            self._say(stream_id)

    def beat(self) -> None:
        """Say again who is here, and let go of those whom nobody has told of for a while."""
        tell(*{_topic(HERE, stream_id, one) for stream_id, here in self.here.items() for one in here})
        for stream_id, known in self.told.items():
            stale = [key for key, until in known.items() if until < time.monotonic()]
            for key in stale:
                del known[key]
            if stale:
                self._say(stream_id)

    def people(self, stream_id: UUID) -> set[str]:
        """Pseudonyms of all who are on a board."""
        return {one.allowed.actor.key for one in self.here[stream_id]} | set(self.told[stream_id])

    def _say(self, stream_id: UUID) -> None:
        """Tell the board's sockets soon, once for all that changes meanwhile."""
        if stream_id not in self.saying:
            self.saying.add(stream_id)
            keep(asyncio.create_task(self._tell(stream_id)))

    async def _tell(self, stream_id: UUID) -> None:
        is_crowd = len(self.here.get(stream_id, ())) > SHOWN
        await asyncio.sleep(CROWD_SECONDS if is_crowd else CALM_SECONDS)
        self.saying.discard(stream_id)
        if stream_id not in self.here:
            return
        people = self.people(stream_id)
        shown = sorted(people)[:SHOWN]
        if strangers := set(shown) - self.names.keys():
            self.names |= dict.fromkeys(strangers, "") | await in_thread(board.people, strangers)
        told = frame("here", who={key: self.names[key] for key in shown}, all=len(people))
        for listener in self.here.get(stream_id, ()):
            listener.outbox.offer(told)


def _topic(kind: str, stream_id: UUID, listener: Listener) -> str:
    return f"{kind}{stream_id}:{listener.allowed.actor.key}"
