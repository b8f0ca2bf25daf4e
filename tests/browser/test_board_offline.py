"""A board without a connection, in a real browser: it is read, worked on, and what was done arrives once, in order."""

import json

import pytest
from playwright.sync_api import expect

from alliances.models import Task
from tests.browser.test_board_live import card
from tests.browser.test_pages_look import complaints
from tests.processes import wait_for


@pytest.fixture
def kept(world, pages):
    """A phone that has opened the board once, so that it is kept there."""

    def opened(user):
        page = pages.open(f"/alliances/{world.alliance.key}/", user, phone=True)
        expect(page.locator("[data-live=live]")).to_be_visible()
        wait_for(lambda: page.evaluate(IS_KEPT))
        return page

    yield opened
    pages.errors.clear()  # a browser complains of every fetch that finds no connection


IS_KEPT = "async () => Boolean(await (await caches.open('pages')).match(location.origin + '/desk/'))"


def test_fifty_edits_after_a_reload_offline_arrive_once_and_in_order(world, kept):
    maker = kept(world.maker)
    card(maker, world, "M6").get_by_role("button", name="Start").tap()
    expect(maker.locator("[data-log] > li").first).to_contain_text("Started")
    maker.context.set_offline(True)
    maker.reload()
    expect(maker.locator("[data-offline]")).to_contain_text("You see what was kept on this device at")
    expect(card(maker, world, "M6").locator("[data-f=state]")).to_have_text("Started")
    units = card(maker, world, "M6").get_by_label("Units done so far")
    for done in range(1, 51):
        units.fill(str(done))
        card(maker, world, "M6").get_by_role("button", name="Save progress").tap()
    expect(maker.locator("[data-link]")).to_contain_text("50 not sent yet")
    maker.screenshot(path="/tmp/board-offline.png")
    maker.reload()  # the phone was restarted meanwhile
    expect(maker.locator("[data-link]")).to_contain_text("50 not sent yet")
    expect(card(maker, world, "M6")).to_contain_text("50 of 1,000 units")
    assert Task.objects.get(pk=world.task("M6").pk).done_units == 0
    maker.context.set_offline(False)
    expect(maker.locator("[data-link]")).to_have_text("Live", timeout=30_000)
    expect(maker.locator("[data-offline]")).to_be_hidden()
    bodies = [json.loads(event.body)["changes"]["tasks"] for event in progressed(world)]
    assert [rows[str(world.task("M6").pk)]["done_units"] for rows in bodies] == list(range(1, 51))


def progressed(world):
    return world.alliance.stream.events.filter(kind="progressed").order_by("version")


def test_a_late_conflict_waits_for_a_decision_over_reloads(world, kept):
    one, two = kept(world.maker), kept(world.firms.maker.owner)
    one.context.set_offline(True)
    card(one, world, "M6").get_by_role("button", name="Start").tap()
    card(one, world, "M6").get_by_label("Units done so far").fill("40")
    card(one, world, "M6").get_by_role("button", name="Save progress").tap()
    card(two, world, "M6").get_by_role("button", name="Start").tap()
    card(two, world, "M6").get_by_label("Units done so far").fill("30")
    card(two, world, "M6").get_by_role("button", name="Save progress").tap()
    expect(card(two, world, "M6")).to_contain_text("30 of 1,000 units")
    expect(two.locator("[data-link]")).to_have_text("Live")
    one.context.set_offline(False)
    waiting = one.locator("[data-refused] li")
    expect(waiting).to_have_count(2)
    one.reload()
    expect(waiting).to_have_count(2)
    expect(waiting.nth(0)).to_contain_text("Start · Produce the pilot lot")
    expect(waiting.nth(0)).to_contain_text("Now: Started · 30 of 1,000 units")
    expect(waiting.nth(1)).to_contain_text("an earlier step was refused")
    assert complaints(one, "en") == {}
    one.screenshot(path="/tmp/board-conflict.png")
    waiting.nth(0).get_by_role("button", name="Let it go").tap()
    waiting.nth(0).get_by_role("button", name="Do it now").tap()
    expect(card(two, world, "M6")).to_contain_text("40 of 1,000 units")
    expect(one.locator("[data-refused]")).to_be_hidden()


def test_an_order_is_taken_back_before_it_is_sent(world, kept):
    maker = kept(world.maker)
    maker.context.set_offline(True)
    card(maker, world, "M6").get_by_role("button", name="Start").tap()
    maker.get_by_role("button", name="Undo").tap()
    expect(card(maker, world, "M6").locator("[data-f=state]")).to_have_text("Ready")
    maker.context.set_offline(False)
    expect(maker.locator("[data-live=live]")).to_be_visible()
    assert not world.alliance.stream.events.exists()


def test_signing_out_takes_everything_along(world, kept):
    maker = kept(world.maker)
    maker.goto("/desk/")
    maker.locator(".menu summary").last.tap()
    maker.get_by_role("button", name="Sign out").tap()
    maker.wait_for_url("**/accounts/login/**")
    assert maker.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('board'))") == []
    maker.wait_for_function(
        "async () => !(await caches.has('pages'))"
    )  # the worker forgets beside the answer


def test_a_page_that_was_not_kept_says_what_can_be_read(world, kept):
    maker = kept(world.maker)
    maker.context.set_offline(True)
    maker.goto("/firm/")
    expect(maker.get_by_role("heading", name="No connection")).to_be_visible()
    maker.get_by_role("link", name="My tasks").tap()
    expect(maker.get_by_role("heading", name="My tasks")).to_be_visible()
