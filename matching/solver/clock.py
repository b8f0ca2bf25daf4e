"""How much work a search may still do: until a deadline, or a number of steps."""

import time
from dataclasses import dataclass, field

RESERVE = 0.06
SEARCHING = 0.75


@dataclass(slots=True)
class Allowance:
    """Seconds for the whole answer, or steps for a repeatable one; with neither, the default number of steps."""

    seconds: float | None
    steps: int | None
    started: float = field(default_factory=time.perf_counter)
    reserve: float = RESERVE
    spent: int = 0

    def left(self) -> float | None:
        """Seconds until the search must end so that the answer can still be written; None without a deadline."""
        if self.seconds is None:
            return None
        return self.seconds * SEARCHING - self.reserve - (time.perf_counter() - self.started)

    def to_write(self) -> float | None:
        """Seconds for what follows the search; None without a deadline."""
        if self.seconds is None:
            return None
        return self.seconds - self.reserve / 2 - (time.perf_counter() - self.started)

    def may_write(self) -> bool:
        """Whether there is time for one more thing after the search."""
        left = self.to_write()
        return left is None or left > 0.02

    def step(self) -> bool:
        """Takes one step; false when the allowance is used up."""
        self.spent += 1
        left = self.left()
        if self.steps is not None and self.spent > self.steps:
            return False
        return left is None or left > 0
