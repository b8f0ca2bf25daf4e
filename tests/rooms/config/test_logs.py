"""Lines of the log: JSON with the ids of request and alliance, and without what tells of a person."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from structlog import contextvars

from config import logs
from config.observed import Observed


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a handler set up as in production writes."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    made = logging.config.DictConfigurator(logs.configuration("INFO", as_json=True))
    handler.setFormatter(made.configure_formatter(dict(logs.JSON)))
    logger = logging.getLogger("tests.logs")
    logger.addHandler(handler)
    logger.setLevel("INFO")
    yield out
    logger.removeHandler(handler)


@pytest.fixture(autouse=True)
def nothing_bound() -> Iterator[None]:
    """Tests that call verbs directly bind what a door would have forgotten again."""
    with logs.apart():
        contextvars.clear_contextvars()
        yield


log = logging.getLogger("tests.logs")


def lines(out: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_says_when_where_how_grave_and_what_about(written: io.StringIO) -> None:
    with logs.apart(request="r-1"):
        logs.about(alliance="a-7")
        log.warning("seat %s: %s", "maker", "gone")
    log.info("after")
    first, last = lines(written)
    assert (first["event"], first["level"], first["logger"]) == ("seat maker: gone", "warning", "tests.logs")
    assert (first["request"], first["alliance"]) == ("r-1", "a-7")
    assert first["at"].endswith("Z")
    assert not {"request", "alliance"} & set(last)


def test_what_was_bound_outside_holds_again_after_the_block() -> None:
    with logs.apart(job="sweep"):
        with logs.apart(alliance="a-7"):
            assert (logs.bound("job"), logs.bound("alliance")) == ("sweep", "a-7")
        assert (logs.bound("job"), logs.bound("alliance")) == ("sweep", "")
    assert logs.bound("job") == ""


def test_a_failure_brings_its_trace_without_the_values_of_the_row(written: io.StringIO) -> None:
    try:
        raise ValueError("refused\nDETAIL: Failing row contains (7, Ana Example).\nfor ana@example.com")
    except ValueError:
        log.exception("could not write to %s", "ana@example.com")
    (line,) = lines(written)
    assert "Traceback" in line["exception"]
    assert "Ana" not in str(line)
    assert "ana@" not in str(line)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("mail to a.b+c@firm.example.cn failed", "mail to …@… failed"),
        ("/stop/eyJ1IjoxLCJncm91cCI6Imludml0YXRpb25zIn0:1tX:9mZ/", "/stop/…/"),
        ("alliance 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "alliance 3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
    ],
)
def test_addresses_and_signed_links_are_blotted_out_and_ids_stay(text: str, cleaned: str) -> None:
    assert logs.clean(text) == cleaned


def test_a_request_has_an_id_and_keeps_a_proxys(client: Client) -> None:
    assert len(client.get("/health/live/").headers["X-Request-ID"]) == 32
    given = client.get("/health/live/", headers={"X-Request-ID": "proxy-0001"})
    assert given.headers["X-Request-ID"] == "proxy-0001"
    odd = client.get("/health/live/", headers={"X-Request-ID": 'a"}\n{"x'})
    assert len(odd.headers["X-Request-ID"]) == 32


def test_the_id_is_bound_while_the_request_is_answered() -> None:
    seen: list[str] = []

    def answer(request: object) -> object:
        seen.append(logs.bound("request"))
        return HttpResponse()

    Observed(answer)(RequestFactory().get("/", headers={"X-Request-ID": "proxy-0002"}))  # type: ignore[arg-type]
    assert seen == ["proxy-0002"]
    assert logs.bound("request") == ""
