"""What is on its way to one socket. A socket that does not take its frames cannot hold up the others."""

import asyncio
from collections import deque
from collections.abc import Callable

from alliances.live.frames import Close, Frame
from alliances.live.wire import Send, wire_of
from config import meters

BACKLOG_CHARACTERS = 64 * 1024
LIMIT_CHARACTERS = 512 * 1024  # of answers to one who asks and asks and does not listen
PATIENCE_SECONDS = 10.0
ABORT_SECONDS = 2.0  # to take the close itself
PATIENCE_BEATS = 2


class Outbox:
    """Frames that wait for one socket, and the task that sends them while there are any.

    A frame that nothing is waiting before is written at once where the server allows it.
    With more than BACKLOG_CHARACTERS waiting, the events in it are dropped and the socket is marked dirty;
    when it takes frames again it is brought up to date (`resync`); if not in PATIENCE_SECONDS, it is closed.
    """

    __slots__ = (
        "closing",
        "deadline",
        "is_dirty",
        "queue",
        "resync",
        "sent",
        "still",
        "task",
        "waiting",
        "wire",
    )

    def __init__(self, send: Send, resync: Callable[[], None]) -> None:
        self.wire, self.resync = wire_of(send), resync
        self.queue: deque[Frame] | None = None  # most sockets never need one
        self.waiting = 0  # characters in the queue
        self.sent = 0  # version that the socket has
        self.still = 0  # beats in which it took nothing of what waits
        self.is_dirty = False
        self.closing: Close | None = None
        self.deadline: asyncio.TimerHandle | None = None
        self.task: asyncio.Task[None] | None = None

    def offer(self, frame: Frame) -> None:
        """Send a frame, unless the socket is too far behind to be given single events."""
        if self.is_dirty and frame.version is not None:
            return
        self.push(frame)
        if self.waiting > BACKLOG_CHARACTERS:
            self._fall_behind()

    def push(self, frame: Frame) -> None:
        """Send a frame, however much is waiting."""
        if self.closing is not None:
            return
        if self.task is None and self.wire.write(frame):
            self._note(frame)
        else:
            self._enqueue(frame)

    def beat(self, frame: Frame) -> None:
        """Send a sign of life; who has not taken anything for some beats is given up."""
        if self.task is None:
            self.still = 0
        elif self.still >= PATIENCE_BEATS:
            self._cut()
        else:
            self.still += 1
        self.offer(frame)

    def close(self, code: Close, *last: Frame) -> None:
        """Send these last frames and close the socket; what else was waiting is not sent."""
        if self.closing is None:
            self._forget()
            self.finish(code, *last)

    def finish(self, code: Close, *last: Frame) -> None:
        """Close the socket once all that waits, and these last frames, have been sent."""
        if self.closing is None:
            for frame in last:
                self.push(frame)
            self.closing = code
            self._give_until()
            self._work()

    def stop(self) -> None:
        """The socket is gone."""
        self.closing = self.closing or Close.LATER
        if self.task:
            self.task.cancel()
        if self.deadline:
            self.deadline.cancel()

    def _enqueue(self, frame: Frame) -> None:
        if self.queue is None:
            self.queue = deque()
        self.queue.append(frame)
        self.waiting += len(frame.text)
        self._work()

    def _work(self) -> None:
        if self.task is None:
            self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            await self._drain()
            if self.closing is not None:
                await self.wire.close(self.closing)
                meters.SOCKETS_CLOSED.labels(self.closing.name).inc()
                self._end_deadline()
        except (OSError, RuntimeError):  # the socket is gone; its consumer hears of it and leaves
            self.closing = self.closing or Close.LATER
        self.task = None
        self._catch_up()

    async def _drain(self) -> None:
        while self.queue:
            frame = self.queue.popleft()
            await self.wire.send(frame)
            self.waiting -= len(frame.text)
            self.still = 0
            self._note(frame)
        self.queue = None

    def _note(self, frame: Frame) -> None:
        if frame.version is not None:
            self.sent = frame.version

    def _catch_up(self) -> None:
        if self.is_dirty and self.closing is None:
            self.is_dirty = False
            self._end_deadline()
            self.resync()

    def _fall_behind(self) -> None:
        if self.waiting > LIMIT_CHARACTERS:
            self._cut()
        elif not self.is_dirty:
            self.is_dirty = True
            self._forget(keep=lambda frame: frame.version is None)
            self._give_until()

    def _forget(self, keep: Callable[[Frame], bool] = lambda frame: False) -> None:
        """Drop what waits; what is being sent at this moment is not in the queue."""
        for frame in self.queue or ():
            if not keep(frame):
                self.waiting -= len(frame.text)
        self.queue = deque(filter(keep, self.queue or ()))

    def _give_until(self) -> None:
        self._end_deadline()
        self.deadline = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._cut)

    def _end_deadline(self) -> None:
        if self.deadline:
            self.deadline.cancel()
            self.deadline = None

    def _cut(self) -> None:
        """Give up on what is being sent, and close; a client that does not even take that is cut off."""
        self._end_deadline()
        if self.task:
            self.task.cancel()
        self._forget()
        self.closing = self.closing or Close.LATER
        self.task = asyncio.create_task(self._run())
        self.deadline = asyncio.get_running_loop().call_later(ABORT_SECONDS, self.wire.abort)
