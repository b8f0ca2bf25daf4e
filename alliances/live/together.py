"""Asks the database for all who want to know something at about the same time, at once."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from alliances.live.background import in_thread

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Together(Generic[Question, Answer]):
    """While one batch is being answered the next one gathers, so a storm costs few queries.

    `answer` is given at most `at_once` questions, and gives their answers in the same order. When many ask, it rests
    between two batches for as long as the last one took, at most `rest` seconds: the busier, the larger are batches.
    """

    def __init__(
        self, answer: Callable[[Sequence[Question]], list[Answer]], at_once: int, rest: float
    ) -> None:
        self.answer, self.at_once, self.rest = answer, at_once, rest
        self.waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self.task: asyncio.Task[None] | None = None

    async def ask(self, question: Question) -> Answer:
        """The answer. Raises what the database raises."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.waiting.append((question, answered))
        if self.task is None:
            self.task = asyncio.create_task(self._work())
        return await answered

    async def _work(self) -> None:
        try:
            while self.waiting:
                batch, self.waiting = self.waiting[: self.at_once], self.waiting[self.at_once :]
                began = time.monotonic()
                await self._settle(batch)
                if len(batch) > 1:
                    await asyncio.sleep(min(self.rest, time.monotonic() - began))
        finally:
            self.task = None

    async def _settle(self, batch: list[tuple[Question, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await in_thread(self.answer, [question for question, _ in batch])
        except Exception as failed:
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_exception(failed)
            return
        for (_, waiting), answer in zip(batch, answers, strict=True):
            if not waiting.done():
                waiting.set_result(answer)
