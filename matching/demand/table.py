"""A surge from a CSV file of steps: t, value."""


class SeriesError(ValueError):
    """A row that cannot be used: `line` in the file (from 1), `column` and `reason`."""

    def __init__(self, line: int, column: str, reason: str) -> None:
        super().__init__(f"line {line}, column {column}: {reason}")
        self.line, self.column, self.reason = line, column, reason
