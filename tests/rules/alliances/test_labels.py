"""What is scanned or typed from a task's label."""

import pytest

from alliances.labels import understood, written

HERE = "https://192.168.1.5:8000/alliances/ed95ad84-acdd-42ab-9828-c28087b91061/tasks/123/"


@pytest.mark.parametrize(
    "scanned", ["T123", "t123", " 123 ", "T 123", HERE, HERE + "#evidence", HERE + "?x=1"]
)
def test_a_label_names_its_task(scanned: str) -> None:
    assert understood(scanned) == 123


@pytest.mark.parametrize(
    "scanned",
    ["", "X123", "4006381333931x", "https://evil.example/tasks/1/", HERE[:-1] + "/finish/", "9" * 19],
)
def test_what_is_no_label_names_none(scanned: str) -> None:
    assert understood(scanned) is None


def test_a_number_is_understood_as_it_is_written() -> None:
    assert understood(written(42)) == 42
