"""Trust follows from promises kept, late and broken."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firms.standing import SCALE, History, trust

counts = st.integers(0, 5_000)
histories = st.builds(History, counts, counts, counts)


@pytest.mark.parametrize(
    ("history", "standing"),
    [
        (History(), 600),  # 6 / 10
        (History(kept=10), 800),  # 16 / 20
        (History(late=10), 550),  # 11 / 20
        (History(broken=1), 461),  # 6 / 13
        (History(kept=90), 960),  # 96 / 100
        (History(kept=20, late=4, broken=1), 756),  # 28 / 37
    ],
)
def test_the_arithmetic(history: History, standing: int) -> None:
    assert trust(history) == standing


@settings(max_examples=60, deadline=None)
@given(histories)
def test_it_stays_on_its_scale_and_follows_deeds(history: History) -> None:
    now = trust(history)
    assert 0 <= now < SCALE
    assert trust(History(history.kept + 1, history.late, history.broken)) >= now
    assert trust(History(history.kept, history.late, history.broken + 1)) <= now
    assert trust(History(history.kept, history.late + 1, history.broken)) <= trust(
        History(history.kept + 1, history.late, history.broken)
    )
