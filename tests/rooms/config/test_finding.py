"""Everything by its name, and nothing that is not yours."""

from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone, translation

from alliances.models import Alliance
from config.finding import Hit, find
from config.words import is_said, words_of
from firms.models import User
from tests.builders.alliances import World, forming_world, operating

pytestmark = pytest.mark.usefixtures("savepoint")


@pytest.fixture(scope="module")
def now() -> datetime:
    return timezone.now()


@pytest.fixture(scope="module")
def world(module_transaction: None, now: datetime) -> World:
    return forming_world(now)


@pytest.fixture(scope="module")
def alliance(world: World, now: datetime) -> Alliance:
    return operating(world, now)


def titles(user: User, text: str, kind: str = "") -> list[str]:
    return [hit.title for hit in find(user, text) if kind in ("", hit.kind)]


def test_operators_find_all_kinds(world: World, alliance: Alliance) -> None:
    operator = world.operator_user
    assert alliance.title in titles(operator, alliance.title[:6], "Alliance")
    assert str(alliance.product) in titles(operator, alliance.product.title, "Opportunity")
    assert "Yiwu Trousers" in titles(operator, "yiwu trou", "Firm")
    assert any("specification" in title for title in titles(operator, "freeze spec", "Task"))
    assert titles(operator, "") == titles(operator, "", "Page")
    assert "Promotions" in titles(operator, "promo")


def test_people_of_a_firm_find_their_own_things_only(world: World, alliance: Alliance) -> None:
    maker, outsider = world.firms.maker.worker, world.firms.outsider.worker
    assert titles(maker, alliance.title[:6], "Alliance") == [alliance.title]
    assert titles(maker, "freeze", "Task")
    assert titles(maker, "promotions") == []
    for words in (alliance.title[:6], "freeze", "yiwu", str(alliance.product)):
        assert titles(outsider, words) == []
    assert {hit.kind for hit in find(maker, "o")} <= {"Page", "Alliance", "Firm", "Task", "Invitation"}


def test_a_task_is_found_in_the_readers_language_and_with_its_alliance(
    world: World, alliance: Alliance
) -> None:
    task = alliance.tasks.get(code="M1")
    with translation.override("zh-hans"):
        said = translation.gettext(task.title)
        assert said != task.title
        found = [hit for hit in find(world.operator_user, said[:3]) if task.title not in hit.title]
        assert any(said in hit.title for hit in found)
    assert titles(world.operator_user, f"freeze {alliance.title.split(':')[0]}", "Task")
    assert titles(world.operator_user, "freeze nowhere", "Task") == []


def test_what_is_found_can_be_opened(world: World, alliance: Alliance) -> None:
    for user in (world.operator_user, world.firms.maker.worker):
        browser = Client()
        browser.force_login(user)
        hits = [*find(user, ""), *find(user, alliance.title[:4]), *find(user, "freeze")]
        urls = {hit.url for hit in hits if not hit.url.startswith("/opportunities/")}  # its report is a dummy
        answers = {url: browser.get(url).status_code for url in urls}
        assert set(answers.values()) <= {200, 302}, answers


def test_the_door_answers_people_and_scripts(world: World, alliance: Alliance) -> None:
    browser = Client()
    browser.force_login(world.operator_user)
    told = browser.get("/search/", {"q": "freeze"}, headers={"accept": "application/json"}).json()
    assert set(told["hits"][0]) == set(Hit.__annotations__)
    assert "Freeze specification" in browser.get("/search/", {"q": "freeze"}).content.decode()
    assert "Nothing of this name." in browser.get("/search/", {"q": "qqqq"}).content.decode()


def test_words_are_few_and_small() -> None:
    assert words_of("  Silk SCARF ") == ["silk", "scarf"]
    assert len(words_of("a " * 200)) <= 6
    assert is_said(["silk", "de"], "Silk scarf", "DE")
    assert not is_said(["silk", "us"], "Silk scarf", "DE")
