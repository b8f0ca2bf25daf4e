"""A series that goes on where it stood is the same as one that is read from its first day."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.observations import Counts
from matching.resume import LATE_DAYS, Memory, by_age, remembered, resume, usable
from matching.spikes import State, packed, read, unpacked
from matching.spikes.counts import Counts as Step

FIRST = date(2026, 1, 1)
DAY = timedelta(days=1)
QUIET = [2, 3, 1, 2, 4, 2, 3]


def counts(units: list[int], first: date = FIRST, *, people: bool = True) -> Counts:
    rows = tuple(units)
    return Counts(first, rows, rows if people else None, rows if people else None)


def after(found: Counts, memory: Memory) -> Counts:
    """The days that are read again."""
    skipped = (memory.on - found.first_on).days + 1
    parts = (None if column is None else column[skipped:] for column in (found.buyers, found.new_buyers))
    return Counts(memory.on + DAY, found.units[skipped:], *parts)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=LATE_DAYS + 2, max_size=90),
    st.integers(1, 30),
    st.booleans(),
)
def test_to_go_on_is_to_read_from_the_first_day(units: list[int], more: int, people: bool):
    all_days = counts([*units, *(QUIET * 5)[:more]], people=people)
    memory = remembered({"a": counts(units, people=people)})["a"]
    told = resume({"a": (memory, after(all_days, memory))})
    if "a" not in told.loud:
        assert told.memories["a"] == remembered({"a": all_days})["a"]


def test_a_surge_in_the_days_to_be_read_is_loud():
    quiet = counts(QUIET * 8)
    memory = remembered({"a": quiet})["a"]
    surge = counts([*QUIET * 8, 20, 30, 40])
    assert resume({"a": (memory, after(surge, memory))}).loud == {"a"}


def test_series_that_began_on_different_days_go_on_together():
    old, young = counts(QUIET * 12), counts(QUIET * 5, FIRST + 49 * DAY)
    memories = remembered({"old": old, "young": young})
    assert by_age(memories) == {old.last_on - LATE_DAYS * DAY: ["old", "young"]}
    days = {"old": counts([*QUIET * 12, 5]), "young": counts([*QUIET * 5, 5], FIRST + 49 * DAY)}
    told = resume({name: (memories[name], after(found, memories[name])) for name, found in days.items()})
    assert told.memories == remembered(days)


def test_a_series_younger_than_the_window_is_not_remembered():
    assert remembered({"a": counts(QUIET[:LATE_DAYS])}) == {}


def test_a_day_that_is_counted_again_leaves_the_memory_as_it_is():
    found = counts(QUIET * 6)
    memory = remembered({"a": found})["a"]
    told = resume({"a": (memory, after(found, memory))})
    assert told.memories == {} and not told.loud


def test_days_that_do_not_count_what_is_remembered_are_of_no_use():
    memory = remembered({"a": counts(QUIET * 6)})["a"]
    assert usable(counts([1], memory.on + DAY, people=False), memory) is None
    assert usable(counts([1], memory.on + 2 * DAY), memory) is None
    units = remembered({"a": counts(QUIET * 6, people=False)})["a"]
    assert usable(counts([1], units.on + DAY), units) == counts([1], units.on + DAY, people=False)


def test_what_another_version_of_the_detector_remembers_is_of_no_use():
    memory = remembered({"a": counts(QUIET * 6)})["a"]
    other = Memory(memory.on, bytes([memory.data[0] + 4]) + memory.data[1:])
    assert usable(counts([1], memory.on + DAY), memory) is not None
    assert usable(counts([1], memory.on + DAY), other) is None


def test_a_memory_comes_back_as_it_was():
    state = State.fresh(3)
    for day in range(40):
        read(state, Step.of([day % 5, 3, 1], [day % 4, 3, 1], [1, 2, 1]))
    again = unpacked(packed(state), state.cursor, state.basis)
    assert len(packed(state)[0]) <= 64
    for name, column in state.columns().items():
        assert np.array_equal(column, again.columns()[name]), name


def test_a_memory_of_another_length_is_refused():
    with pytest.raises(ValueError, match="62 bytes"):
        unpacked([b"short"], 0, None)
