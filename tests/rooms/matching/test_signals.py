"""Observations come in through the door for programs: idempotent, corrected, told row by row."""

from datetime import timedelta

import pytest
from django.test import Client

from firms.models import AccessToken, User
from matching.models import Product, Series, Signal
from tests.builders.firms import NOW, person
from tests.builders.matching import days, row

URL = "/api/signals/"
DAY = NOW.date() - timedelta(days=3)


@pytest.fixture
def operator(db: None) -> User:
    return person("operator", is_operator=True)


@pytest.fixture
def send(operator: User, of):
    browser = of(operator)
    return lambda rows: browser.post(URL, rows, content_type="application/json")


def test_a_batch_comes_in_and_its_products_and_series_with_it(send):
    answer = send([row(DAY, 12), row(DAY, 3, product="felt-hats", title="Felt hats", hs6="650500")])
    assert answer.status_code == 200
    assert answer.json() == {"accepted": 2, "corrected": 0, "unchanged": 0, "errors": []}
    assert dict(Product.objects.values_list("key", "hs6")) == {"trousers": "620342", "felt-hats": "650500"}
    assert Series.objects.changed().count() == 2


def test_the_same_batch_again_changes_nothing(send):
    rows = days([3, 4, 5], DAY)
    send(rows)
    Series.objects.update(changed_at=None)
    assert send(rows).json() == {"accepted": 0, "corrected": 0, "unchanged": 3, "errors": []}
    assert Signal.objects.count() == 3
    assert not Series.objects.changed().exists()


def test_a_correction_supersedes_and_nothing_is_lost(send):
    send([row(DAY, 12)])
    assert send([row(DAY, 15)]).json()["corrected"] == 1
    assert Signal.objects.current().get().units == 15
    assert Signal.objects.filter(superseded_at__isnull=False).get().units == 12
    assert Series.objects.changed().exists()


def test_rows_are_told_apart_by_source_and_external_id(send):
    send([row(DAY, 1, external_id="shop-a"), row(DAY, 2, external_id="shop-b")])
    send([row(DAY, 5, external_id="shop-a", source="social")])
    assert sorted(Signal.objects.current().values_list("units", flat=True)) == [1, 2, 5]


def test_of_two_rows_with_one_id_in_a_batch_the_last_counts(send):
    assert send([row(DAY, 1), row(DAY, 9)]).json() == {
        "accepted": 1, "corrected": 0, "unchanged": 1, "errors": [],
    }  # fmt: skip
    assert Signal.objects.current().get().units == 9


def test_bad_rows_are_told_one_by_one_and_the_good_ones_are_kept(send):
    bad = [row(DAY, -1), row(DAY, 1, market="XX"), {"source": "orders"}, "no row", row(DAY, 1, hs6="62")]
    told = send([*bad, row(DAY, 7)]).json()
    assert told["accepted"] == 1
    assert [(error["row"], error["field"]) for error in told["errors"]] == [
        (0, "units"), (1, "market"), (2, "product"), (3, ""), (4, "hs6"),
    ]  # fmt: skip
    assert all(error["reason"] for error in told["errors"])


def test_a_batch_without_a_good_row_is_refused_with_its_reasons(send):
    answer = send([row(DAY, -1)])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "units"


def test_an_empty_batch_is_no_mistake(send):
    assert send([]).json() == {"accepted": 0, "corrected": 0, "unchanged": 0, "errors": []}


def test_what_is_not_a_list_is_refused(send):
    assert send({"rows": []}).status_code == 400


def test_a_batch_that_is_too_large_is_refused_in_words(send):
    answer = send([{}] * 10_001)
    assert answer.status_code == 413
    assert "10000" in answer.json()["errors"][0]["detail"]
    assert not Signal.objects.exists()


def test_a_full_batch_takes_a_fixed_number_of_queries(send, django_assert_max_num_queries):
    small, large = days([1] * 5, DAY), days([1] * 800, DAY, product="felt-hats")
    with django_assert_max_num_queries(30) as few:
        send(small)
    with django_assert_max_num_queries(len(few)):
        assert send(large).json()["accepted"] == 800


def test_an_operators_token_may_send(operator: User, of):
    of(operator)
    secret = AccessToken.objects.issue(operator, "feed")
    answer = Client().post(
        URL, [row(DAY, 4)], content_type="application/json", headers={"authorization": f"Bearer {secret}"}
    )
    assert answer.json()["accepted"] == 1
    assert Signal.objects.get().sender == operator


@pytest.mark.parametrize(("who", "status"), [("member", 403), ("nobody", 401)])
def test_others_may_not_send(db, of, who: str, status: int):
    browser = of(person("worker")) if who == "member" else Client()
    answer = browser.post(URL, [row(DAY, 4)], content_type="application/json")
    assert answer.status_code == status
    assert not Signal.objects.exists()


def test_the_schema_names_the_rows_of_a_batch(operator: User, of):
    schema = of(operator).get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"}).json()
    body = schema["paths"]["/api/signals/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["type"] == "array"
    assert of(operator).get("/api/docs/").status_code == 200


def test_text_that_cannot_be_kept_costs_only_its_row(send):
    answer = send([row(DAY, 3), row(DAY, 3, product="hats", title="\ud800"), row(DAY, 3, external_id="a\0")])
    assert answer.json()["accepted"] == 1
    assert [error["field"] for error in answer.json()["errors"]] == ["title", "external_id"]


def test_lists_in_lists_without_end_are_a_bad_request(operator, of):
    answer = of(operator).post(URL, "[" * 100_000, content_type="application/json")
    assert answer.status_code == 400
