"""How much work a search may still do: seconds of this thread's CPU, or a number of steps."""

import time
from dataclasses import dataclass, field

RESERVE, RESERVE_PER_OFFER = 0.012, 1e-5
SEARCHING = 0.92
WHOLE = 1.0
PATIENCE = 3.0


@dataclass(slots=True)
class Allowance:
    """Seconds for the whole answer, or steps for a repeatable one.

    Seconds are CPU seconds of the calling thread, so that a busy machine does not worsen the answer; the wall clock
    may run at most PATIENCE times as long. `reserve` is kept for writing the answer.
    """

    seconds: float | None
    steps: int | None
    reserve: float = RESERVE
    spent: int = 0
    worked: float = field(default_factory=time.thread_time)
    started: float = field(default_factory=time.perf_counter)

    def keep_for(self, offers: int) -> None:
        """Keeps the time that writing an answer about so many offers takes."""
        self.reserve = RESERVE + RESERVE_PER_OFFER * offers

    def left(self, part: float = SEARCHING) -> float | None:
        """CPU seconds until `part` of the allowance is used; None without a deadline."""
        if self.seconds is None:
            return None
        cpu, wall = time.thread_time() - self.worked, time.perf_counter() - self.started
        useful = (self.seconds - self.reserve) * part
        return min(useful - cpu, useful * PATIENCE - wall)

    def wall(self, part: float = SEARCHING) -> float | None:
        """What `left` comes to on the wall clock at the pace so far."""
        left = self.left(part)
        if left is None:
            return None
        cpu, wall = time.thread_time() - self.worked, time.perf_counter() - self.started
        return max(0.0, left) * min(PATIENCE, max(1.0, wall / max(cpu, 1e-3)))

    def has_time(self, part: float = SEARCHING) -> bool:
        """Whether anything is left of a part of the allowance."""
        left = self.left(part)
        return left is None or left > 0

    def step(self, part: float = SEARCHING) -> bool:
        """Takes one step; false when that part of the allowance is used up."""
        self.spent += 1
        return (self.steps is None or self.spent <= self.steps) and self.has_time(part)
