"""Facts are read when a guard looks at them: none may be forgotten."""

from alliances.lifecycle import ROWS
from alliances.queries.facts import READERS

# what the alliance's own row and the clock tell
TOLD = {
    "another_person",
    "cooling_off_open",
    "cooling_off_over",
    "deadline_passed",
    "not_reopened_before",
}


def test_every_guard_has_what_it_looks_at() -> None:
    read = frozenset[str]().union(*(names for names, _read in READERS))
    asked = {guard.name for row in ROWS for guard in row.guards}
    assert asked <= read | TOLD
    assert not read & TOLD
