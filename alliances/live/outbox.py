"""What is on its way to one socket. A socket that does not take its frames cannot hold up the others."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from alliances.live.frames import Close, Frame

Send = Callable[[dict[str, Any]], Awaitable[None]]

BACKLOG_CHARACTERS = 64 * 1024
PATIENCE_SECONDS = 10.0


class Outbox:
    """A queue of frames and the task that sends them.

    With more than BACKLOG_CHARACTERS waiting, the events in it are dropped and the socket is marked dirty;
    when it takes frames again it is brought up to date (`resync`); if not in PATIENCE_SECONDS, it is closed.
    """

    def __init__(self, send: Send, resync: Callable[[], None]) -> None:
        self.send, self.resync = send, resync
        self.queue: deque[Frame] = deque()
        self.waiting = 0  # characters in the queue
        self.sent = 0  # version that the socket has
        self.is_dirty = False
        self.closing: Close | None = None
        self.filled = asyncio.Event()
        self.deadline: asyncio.TimerHandle | None = None
        self.task = asyncio.create_task(self._run())

    def offer(self, frame: Frame) -> None:
        """Queue a frame, unless the socket is too far behind to be given single events."""
        if self.is_dirty and frame.version is not None:
            return
        self.push(frame)
        if self.waiting > BACKLOG_CHARACTERS and not self.is_dirty:
            self._fall_behind()

    def push(self, frame: Frame) -> None:
        """Queue a frame, however much is waiting."""
        if self.closing is None:
            self.queue.append(frame)
            self.waiting += len(frame.text)
            self.filled.set()

    def close(self, code: Close, *last: Frame) -> None:
        """Send these last frames and close the socket; what else was waiting is not sent."""
        if self.closing is not None:
            return
        self.queue.clear()
        for frame in last:
            self.push(frame)
        self.closing = code
        self.filled.set()
        self._give_until()

    def finish(self, code: Close, *last: Frame) -> None:
        """Close the socket once all that waits, and these last frames, have been sent."""
        if self.closing is None:
            for frame in last:
                self.push(frame)
            self.closing = code
            self.filled.set()
            self._give_until()

    def stop(self) -> None:
        """The socket is gone."""
        self.task.cancel()
        if self.deadline:
            self.deadline.cancel()

    async def _run(self) -> None:
        try:
            while self.closing is None:
                await self.filled.wait()
                await self._drain()
                self._catch_up()
            await self.send({"type": "websocket.close", "code": int(self.closing)})
        except (OSError, RuntimeError):
            pass  # the socket is gone; its consumer hears of it and leaves
        finally:
            if self.deadline:
                self.deadline.cancel()

    async def _drain(self) -> None:
        while self.queue:
            frame = self.queue.popleft()
            await self.send({"type": "websocket.send", "text": frame.text})
            self.waiting -= len(frame.text)
            if frame.version is not None:
                self.sent = frame.version
        self.filled.clear()

    def _catch_up(self) -> None:
        if self.is_dirty and self.closing is None:
            self.is_dirty = False
            if self.deadline:
                self.deadline.cancel()
            self.resync()

    def _fall_behind(self) -> None:
        self.is_dirty = True
        kept = [frame for frame in self.queue if frame.version is None]
        self.queue = deque(kept)
        self.waiting = sum(len(frame.text) for frame in kept)
        self._give_until()

    def _give_until(self) -> None:
        if self.deadline:
            self.deadline.cancel()
        self.deadline = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._cut)

    def _cut(self) -> None:
        """Give up on what is being sent, and close; the server ends the connection when even that hangs."""
        self.task.cancel()
        self.queue.clear()
        self.closing = self.closing or Close.LATER
        self.task = asyncio.create_task(self._run())
        self.filled.set()
