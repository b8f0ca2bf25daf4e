"""Steps of a start, shown while they run and timed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOBase

from rich.console import Console
from rich.status import Status


class Steps:
    """Shows each step with a spinner, then with how long it took; keeps the times."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, what: str) -> Iterator["Progress"]:
        """Run one step; what its progress is told appears beside its name."""
        began = time.monotonic()
        with self.console.status(what) as status:
            yield Progress(status, what)
        self.seconds[what] = time.monotonic() - began
        self.console.print(f"  [green]✓[/] {what} [dim]{self.seconds[what]:.1f} s[/]", highlight=False)


class Progress(TextIOBase):
    """A stream whose last line is shown beside the running step; lets commands report as they always do."""

    def __init__(self, status: Status, what: str) -> None:
        self._status = status
        self._what = what

    def write(self, text: str) -> int:
        """Show the last line of `text`."""
        if lines := text.strip().splitlines():
            self._status.update(f"{self._what}: {lines[-1]}")
        return len(text)
