"""Who listens in this process, found by person and by topic without asking everybody."""

from collections import defaultdict
from typing import TypeVar

from alliances.live.audience import Listener
from alliances.queries.admission import Pass

Key = TypeVar("Key")


class Register:
    """All listeners of a hub."""

    def __init__(self) -> None:
        self.everybody: set[Listener] = set()
        self._of_user = defaultdict[int, set[Listener]](set)
        self._of_topic = defaultdict[str, set[Listener]](set)

    def add(self, listener: Listener) -> None:
        self.everybody.add(listener)
        self._of_user[listener.allowed.user_id].add(listener)
        for topic in listener.allowed.topics:
            self._of_topic[topic].add(listener)

    def remove(self, listener: Listener) -> None:
        self.everybody.discard(listener)
        _take_out(self._of_user, listener.allowed.user_id, listener)
        for topic in listener.allowed.topics:
            _take_out(self._of_topic, topic, listener)

    def allow(self, listener: Listener, allowed: Pass) -> None:
        """The same person may hear other topics now."""
        if listener in self.everybody and allowed != listener.allowed:
            self.remove(listener)
            listener.allowed = allowed
            self.add(listener)

    def of_user(self, user_id: int) -> frozenset[Listener]:
        return frozenset(self._of_user.get(user_id, ()))

    def hearing(self, topic: str) -> frozenset[Listener]:
        return frozenset(self._of_topic.get(topic, ()))

    def topics(self) -> set[str]:
        """All that somebody hears."""
        return set(self._of_topic)


def _take_out(sets: defaultdict[Key, set[Listener]], key: Key, listener: Listener) -> None:
    sets[key].discard(listener)
    if not sets[key]:
        del sets[key]
