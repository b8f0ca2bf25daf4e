"""The pages that belong to no room, and what every page has around its content."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from config import clock
from config.context import places
from tests.builders.firms import person, small_world

pytestmark = pytest.mark.django_db


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def main_of(page: bytes) -> str:
    found = re.search(r"<main.*</main>", page.decode(), re.DOTALL)
    assert found
    return found[0]


def test_a_visitor_sees_what_this_is(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Answer together" in main_of(answer.content)
    assert b'href="/accounts/signup/"' in answer.content


def test_people_start_where_their_work_is() -> None:
    world = small_world()
    assert signed_in(world.operator).get("/").headers["Location"] == "/console/"
    assert signed_in(world.maker.worker).get("/").headers["Location"] == "/desk/"
    assert signed_in(person("newcomer")).get("/").headers["Location"] == "/firms/join/"


def test_navigation_is_that_of_the_role() -> None:
    world = small_world()
    shown = {
        name: re.findall(
            r'<nav class="nav".*?</nav>', signed_in(user).get("/style/").content.decode(), re.DOTALL
        )
        for name, user in {"operator": world.operator, "worker": world.maker.worker}.items()
    }
    assert '"/console/spikes/"' in shown["operator"][0]
    assert '"/desk/"' in shown["worker"][0]
    assert "/console/" not in shown["worker"][0]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/console/", "matching:overview"),
        ("/console/spikes/7/", "matching:spikes"),
        ("/proposals/x/risk/", "matching:opportunities"),
        ("/alliances/x/", "alliances:list"),
        ("/accounts/email/", None),
    ],
)
def test_the_place_that_holds_the_page_is_marked(path: str, place: str | None) -> None:
    shown = places(person("operator", is_operator=True), [], path)
    assert [one.view for one in shown if one.is_current] == ([place] if place else [])


def test_the_style_guide_shows_every_part(client: Client) -> None:
    page = client.get("/style/").content.decode()
    for part in (
        "button danger",
        "problems",
        "badge",
        "timeline",
        "compare",
        "empty",
        "task",
        "stats",
        "tabs",
    ):
        assert f'class="{part}' in page


def test_health(client: Client) -> None:
    assert json.loads(client.get("/health/live/").content) == {"status": "live"}
    assert client.get("/health/ready/").status_code == 200


def test_the_language_switch_keeps_the_page(client: Client) -> None:
    page = client.get("/style/?part=2").content.decode()
    assert '<html lang="en"' in page
    assert 'name="next" value="/style/?part=2"' in page
    answer = client.post("/language/setlang/", {"language": "zh-hans", "next": "/style/?part=2"})
    assert answer.headers["Location"] == "/style/?part=2"
    page = client.get("/style/?part=2").content.decode()
    assert '<html lang="zh-hans"' in page
    assert "跳到正文" in page


def test_a_missing_page_says_so_in_our_own_words(client: Client) -> None:
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert "not yours to see" in main_of(answer.content)


def test_without_a_market_clock_there_is_no_banner(client: Client) -> None:
    assert b"data-market" not in client.get("/style/").content


def test_the_market_clock_is_shown(client: Client) -> None:
    clock.set_pace(1440, start_at=datetime(2010, 12, 3, 12, tzinfo=UTC))
    page = client.get("/style/").content.decode()
    assert 'data-speed="1440.0"' in page
    assert "3 Dec 2010" in page


@pytest.mark.parametrize("path", ["login", "signup", "password/reset"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_of_the_account_are_ours(client: Client, path: str, language: str) -> None:
    client.cookies["django_language"] = language
    page = client.get(f"/accounts/{path}/").content.decode()
    assert 'class="bar"' in page
    assert '<form class="form" method="post" novalidate' in page


def test_a_wrong_password_is_said_in_a_summary(client: Client) -> None:
    page = client.post("/accounts/login/", {"login": "nobody@example.com", "password": "wrong-password"})
    assert b"data-problems" in page.content


@pytest.mark.parametrize("path", ["email/", "password/change/", "2fa/"])
def test_account_settings_have_their_tabs(path: str) -> None:
    page = signed_in(person("someone")).get(f"/accounts/{path}", follow=True).content.decode()
    assert 'aria-current="page"' in page
    assert 'class="tabs"' in page


def test_no_page_carries_inline_code() -> None:
    world = small_world()
    for path in ("/", "/style/", "/accounts/login/", "/accounts/2fa/"):
        page = signed_in(world.operator).get(path, follow=True).content.decode()
        assert not re.search(r'\s(style|on\w+)="', page), path
        for script in re.findall(r"<script\b([^>]*)>", page):
            assert "src=" in script or "application/json" in script, path


@pytest.mark.parametrize("silent", ["HTTP_X_KEEPING", "HTTP_X_REFRESH"])
def test_what_is_said_once_waits_for_a_page_that_somebody_sees(silent: str) -> None:
    client = signed_in(small_world().operator)
    client.post("/accounts/logout/")
    said = b'class="messages"'
    assert said not in client.get("/", **{silent: "1"}).content
    assert said in client.get("/").content
    assert said not in client.get("/").content
