"""The way back in a browser: what it kept of a page is whole, and becomes fresh by itself."""

from playwright.sync_api import Page, WebSocketRoute

from config import clock
from matching.models import Proposal
from tests.browser.test_story import expect
from tests.browsers import Pages
from tests.builders.alliances import World
from tests.builders.firms import NOW
from tests.builders.stories import undecided_world


def test_a_page_that_one_comes_back_to_is_whole_and_fresh(live_platform: object, pages: Pages) -> None:
    clock.set_pace(1.0, start_at=NOW)
    world = undecided_world(clock.now())
    page = pages.open("/console/proposals/", world.firms.operator)
    what_changed_meanwhile_stands_there(page, world)
    what_was_refreshed_is_whole(page, f"/proposals/{world.proposal.key}/")


def what_changed_meanwhile_stands_there(page: Page, world: World) -> None:
    """Also when no wake comes."""
    page.route_web_socket("**/ws/wakes/", without_wakes)
    page.reload()
    expect(page.locator(f'#proposals a[href*="{world.proposal.key}"]')).to_be_visible()
    page.goto("/keys/")
    Proposal.objects.filter(pk=world.proposal.pk).update(state=Proposal.State.REJECTED)
    page.go_back()
    expect(page.locator("#proposals")).to_contain_text("No proposal here")


def without_wakes(socket: WebSocketRoute) -> None:
    server = socket.connect_to_server()
    server.on_message(lambda frame: None if '"wake"' in str(frame) else socket.send(frame))


def what_was_refreshed_is_whole(page: Page, address: str) -> None:
    """The palette is not part of an answer to a refresh, and must not be missing after Back."""
    page.goto(address)
    with page.expect_response(page.url):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.goto("/keys/")
    page.go_back()
    expect(page.locator("dialog#palette")).to_be_attached()
    page.keyboard.press("Control+k")
    expect(page.locator("dialog#palette")).to_be_visible()
