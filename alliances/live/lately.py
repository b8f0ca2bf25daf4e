"""When each topic was last woken, as far as this process heard: from it a page learns whether it missed a wake."""

import time
from collections.abc import Iterable

KEPT_SECONDS = 120.0


class Lately:
    """Remembers for KEPT_SECONDS; whatever was before counts as just missed."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}
        self._since = time.monotonic()

    def note(self, topics: Iterable[str]) -> None:
        """These were woken now."""
        now = time.monotonic()
        self._at.update(dict.fromkeys(topics, now))

    def doubt(self) -> None:
        """Wakes of any topic may have been lost until now."""
        self._at.clear()
        self._since = time.monotonic()

    def quiet_seconds(self, topics: Iterable[str]) -> float:
        """For how long none of these was woken; KEPT_SECONDS at the most."""
        now = time.monotonic()
        return now - max([self._since, now - KEPT_SECONDS, *(self._at.get(topic, 0.0) for topic in topics)])

    def forget(self) -> None:
        """Let go what is too old to matter."""
        floor = time.monotonic() - KEPT_SECONDS
        self._at = {topic: at for topic, at in self._at.items() if at > floor}
