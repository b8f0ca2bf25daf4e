"""Asks who may listen, for all sockets that come at about the same time at once."""

import asyncio

from alliances.live.background import in_thread
from alliances.queries.admission import Answer, Knock, admit

AT_ONCE = 500


class Porter:
    """While one batch is being answered the next one gathers, so a storm of reconnects costs few queries."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Knock, asyncio.Future[Answer]]] = []
        self.task: asyncio.Task[None] | None = None

    async def ask(self, knock: Knock) -> Answer:
        """May this socket listen? Raises what the database raises."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.waiting.append((knock, answer))
        if self.task is None:
            self.task = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        try:
            while self.waiting:
                batch, self.waiting = self.waiting[:AT_ONCE], self.waiting[AT_ONCE:]
                await _answer(batch)
        finally:
            self.task = None


async def _answer(batch: list[tuple[Knock, asyncio.Future[Answer]]]) -> None:
    try:
        answers = await in_thread(admit, [knock for knock, _ in batch])
    except Exception as failed:
        for _, waiting in batch:
            if not waiting.done():
                waiting.set_exception(failed)
        return
    for (_, waiting), answer in zip(batch, answers, strict=True):
        if not waiting.done():
            waiting.set_result(answer)
