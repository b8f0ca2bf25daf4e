"""What is believed of an alarm: kinds that agree, and how past alarms turned out."""

from datetime import date, timedelta

import pytest

from matching.confidence import Record, confidence, share_real
from matching.verdict import Verdict, judge

FIRST = date(2026, 1, 1)


def test_every_further_kind_makes_it_surer():
    alone = confidence({"orders": "watch"}, {})
    two = confidence({"orders": "watch", "social": "watch"}, {})
    three = confidence({"orders": "watch", "social": "watch", "customs": "watch"}, {})
    assert 0 < alone < two < three < 1
    assert confidence({"orders": "confirmed"}, {}) > alone
    assert confidence({}, {}) == 0


def test_the_own_record_takes_the_place_of_the_public_one():
    assert share_real("watch", Record()) == 0.9
    assert share_real("watch", Record(judged=90, real=0)) == pytest.approx(0.09)
    bad = {("watch", "social"): Record(judged=90, real=0)}
    assert confidence({"social": "watch"}, bad) < 0.1


def judged(surge: list[int], alarm: int, onset: int = 60) -> Verdict:
    counts = [*[2] * 60, *surge, *[2] * 20]
    return judge(counts, FIRST, FIRST + timedelta(days=onset), FIRST + timedelta(days=alarm))


def test_a_rise_that_lasted_was_real_and_its_delay_is_told():
    assert judged([3, 6, 9, 12, 12, 10, 8, 6, 5], alarm=63) == Verdict(True, 2)
    assert judged([9, 9, 9, 9, 9, 9, 9], alarm=60) == Verdict(True, 0)


@pytest.mark.parametrize("surge", [[30, 0, 0, 0, 0, 0, 0], [3, 3, 3, 3, 3, 3]])
def test_what_did_not_last_was_none(surge: list[int]):
    assert not judged(surge, alarm=62).is_real


def test_sales_of_one_day_were_no_surge_of_a_product_that_sells_nothing():
    assert not judge([*[0] * 60, 9, *[0] * 20], FIRST, FIRST, FIRST + timedelta(days=60)).is_real
