"""The frame and the design of every page, as a person meets it: phone, both languages, light and dark."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

from tests.browsers import Pages
from tests.builders.firms import small_world

LOOK = (Path(__file__).parent / "look.js").read_text()
OPEN_PAGES = ("/", "/style/", "/accounts/login/", "/accounts/signup/", "/firms/join/", "/nothing/here/")
MEMBER_PAGES = (
    "/desk/",
    "/firm/",
    "/firm/me/",
    "/accounts/email/",
    "/accounts/2fa/",
    "/accounts/password/change/",
)
CONSOLE_PAGES = tuple(
    f"/console/{name}" for name in ("", "signals/", "spikes/", "opportunities/", "alliances/", "firms/")
)
READERS = (("en", "en-GB", "light"), ("zh-hans", "zh-CN", "dark"))
PART = """<!doctype html><html lang="en" data-zone="UTC"><body data-began="5000"><div data-offline="away" hidden></div>
<div id="part" data-refresh="/fresh/" data-topic="desk"><p>{count}</p><button value="go">Go</button>
<input id="note"></div><script type="module" src="/static/js/wakes.js"></script></body></html>"""


def complaints(page: Page, language: str) -> dict[str, Any]:
    """What is wrong with the page, by what was looked at; empty when nothing is."""
    seen = page.evaluate(LOOK)
    wrong = {name: seen[name] for name in ("overflow", "small", "faint", "moving", "skipped") if seen[name]}
    if seen["language"] != language:
        wrong["language"] = seen["language"]
    if language != "en" and seen["foreign"]:
        wrong["foreign"] = seen["foreign"]
    if seen["headings"] != 1:
        wrong["headings"] = seen["headings"]
    if [host for host in seen["hosts"] if not host.startswith("127.0.0.1")]:
        wrong["hosts"] = seen["hosts"]
    if "user-scalable" in seen["zoom"] or "maximum-scale" in seen["zoom"]:
        wrong["zoom"] = seen["zoom"]
    return wrong


def test_every_page_can_be_read_and_touched(pages: Pages) -> None:
    world = small_world()
    found: dict[str, Any] = {}
    for language, locale, scheme in READERS:
        for user, paths in (
            (None, OPEN_PAGES),
            (world.maker.owner, MEMBER_PAGES),
            (world.operator, CONSOLE_PAGES),
        ):
            page = pages.open(
                "/style/", user, phone=True, locale=locale, color_scheme=scheme, reduced_motion="reduce"
            )
            for path in paths:
                page.goto(path)
                if wrong := complaints(page, language):
                    found[f"{path} {language} {scheme}"] = wrong
    pages.errors[:] = [error for error in pages.errors if "/nothing/here/" not in error]  # its 404 is wanted
    assert found == {}


def test_pages_behave_in_the_readers_hands(pages: Pages) -> None:
    nothing_overflows_the_smallest_phone(pages)
    a_keyboard_finds_its_way(pages)
    a_wrong_form_takes_the_focus_to_what_is_wrong(pages)
    language_and_time_zone_follow_the_reader(pages)
    fresh_parts_leave_what_is_being_written(pages)


def nothing_overflows_the_smallest_phone(pages: Pages) -> None:
    page = pages.open("/", viewport={"width": 320, "height": 640})
    for path in ("/", "/style/", "/accounts/login/", "/accounts/signup/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


def a_keyboard_finds_its_way(pages: Pages) -> None:
    page = pages.open("/accounts/login/")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("e => e === document.activeElement && e.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = page.evaluate(
        "[!!document.activeElement.closest('main'), getComputedStyle(document.activeElement).outlineStyle]"
    )
    assert inside == [True, "solid"]


def a_wrong_form_takes_the_focus_to_what_is_wrong(pages: Pages) -> None:
    page = pages.open("/accounts/login/")
    page.click("form.form button[type=submit]")
    page.wait_for_selector("[data-problems]")
    assert page.evaluate("document.activeElement.hasAttribute('data-problems')")
    page.click("[data-problems] a >> nth=0")
    assert page.evaluate("document.activeElement.id") == "id_login"


def language_and_time_zone_follow_the_reader(pages: Pages) -> None:
    page = pages.open("/style/", locale="en-GB", timezone_id="Asia/Shanghai")
    page.click("button[name=language]")
    page.wait_for_selector("html[lang=zh-hans]")
    assert page.url.endswith("/style/")
    assert page.get_attribute("html", "data-zone") == "Asia/Shanghai"


def fresh_parts_leave_what_is_being_written(pages: Pages) -> None:
    page = pages.open("/style/")
    sockets: list[WebSocketRoute] = []
    counts = iter(range(100))

    def keep(socket: WebSocketRoute) -> None:
        sockets.append(socket)

    page.route_web_socket("**/ws/wakes/", keep)
    page.route(
        "**/fresh/",
        lambda route: route.fulfill(body=PART.format(count=next(counts)), content_type="text/html"),
    )
    page.goto("/fresh/")
    page.wait_for_function("document.readyState === 'complete'")
    page.focus("#part button")
    sockets[0].send('{"t": "hello", "now": 6000, "quiet": 4000}')  # nothing was woken since the page was made
    page.wait_for_timeout(300)
    assert page.inner_text("#part p") == "0"
    sockets[0].send('{"t": "hello", "now": 6000, "quiet": 800}')  # a wake came before the socket was open
    page.wait_for_selector("#part p >> text=1")
    assert page.evaluate("document.activeElement.value") == "go"
    page.fill("#note", "half a sen")
    with page.expect_response("**/fresh/"):
        sockets[0].send('{"t": "wake", "topic": "desk"}')
    assert page.input_value("#note") == "half a sen"
    assert page.inner_text("#part p") == "1"
    page.fill("#note", "")
    page.focus("#part button")
    page.wait_for_function("Number(document.querySelector('#part p').textContent) > 1")
    sockets[0].close(code=1012)
    for _ in range(100):
        if len(sockets) == 2:
            break
        page.wait_for_timeout(50)
    assert len(sockets) == 2  # it came back by itself
