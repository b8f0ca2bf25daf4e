"""The table of docs/life.md, as the code has it: `python -m tests.house.life` writes it."""

from datetime import timedelta
from pathlib import Path

from alliances.lifecycle import DEADLINES, ROWS
from alliances.lifecycle.deadlines import Deadline

PAGE = Path(__file__).resolve().parents[2] / "docs" / "life.md"
BEGIN, END = "<!-- the table of the code -->", "<!-- end -->"


def tables() -> str:
    """Every step with its guards, and every deadline with what it does."""
    steps = [
        f"| {row.before} | `{row.verb}` | {row.after} | {', '.join(sorted(row.who))} | "
        f"{', '.join(f'`{guard.name}`' for guard in row.guards) or '–'} |"
        for row in ROWS
    ]
    limits = [f"| {row.state} | `{row.setting}` | {_span(row.default)} | {_deed(row)} |" for row in DEADLINES]
    return "\n".join(
        [
            "| in | verb | leads to | who | guards |",
            "|---|---|---|---|---|",
            *steps,
            "",
            "| state | setting | default | when it has passed, the clock does |",
            "|---|---|---|---|",
            *limits,
        ]
    )


def _span(length: timedelta) -> str:
    hours = int(length.total_seconds() // 3600)
    return f"{hours} h" if hours < 96 else f"{hours // 24} days"


def _deed(row: Deadline) -> str:
    return f"`{row.before}`, then `{row.verb}`" if row.before else f"`{row.verb}`"


def page() -> str:
    """The page with the present tables in it."""
    head, rest = PAGE.read_text("utf8").split(BEGIN)
    return f"{head}{BEGIN}\n{tables()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf8")
