"""What can be wrong in a spreadsheet, as codes; whoever shows them has the words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One cell that cannot be taken: its row as spreadsheets number it, its column, why, and what stands there."""

    row: int
    column: str
    code: str
    found: str = ""


class Wrong(ValueError):
    """A cell's text is not what its column holds; `found` is the text, or what would be right."""

    def __init__(self, code: str, found: str = "") -> None:
        super().__init__(code)
        self.code, self.found = code, found


class WrongFile(ValueError):
    """The file as a whole cannot be read."""

    def __init__(self, code: str, found: str = "") -> None:
        super().__init__(code)
        self.code, self.found = code, found
