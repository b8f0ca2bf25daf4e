"""The firm portal in real browsers: joining, a spreadsheet, the calendar of weeks, and a seat taken in two taps.

One platform for all of it: a phone in Chinese and a desktop in English, each page looked at in light and dark.
"""

from datetime import datetime
from typing import Any

from playwright.sync_api import Browser, Expect, Page

from config import clock
from firms import actions
from firms.models import CapacityWeek, Firm, Line, Sheet, User
from firms.weeks import mondays
from tests.browser.test_pages_look import READERS, complaints
from tests.browsers import PHONE, Pages
from tests.builders.alliances import forming_world, invitation
from tests.builders.firms import FirmOf, Firms, small_world, some_lei, some_uscc
from tests.platforms import Platform

expect = Expect()
expect.set_options(timeout=30_000)
PASSWORD = "a-long-pass-word-7"
ACCOUNT = {"email": "wei@example.com", "password1": PASSWORD}
FIRM = {"legal_name": "Yiwu Lanterns", "identifier": some_uscc(700_021)}
OWN = (
    "",
    "change",
    "capacity",
    "competencies",
    "competencies/table",
    "competencies/add",
    "sites",
    "reputation",
)
OWN += ("sheets/sites", "members", "keys")
WRONG = b"line,week_from,units\nA,B,C\n"
WORK = {"site_unlocode": "CNYIW", "person_name": "Li Wei", "products": "trousers"}


def test_the_portal_from_joining_to_a_seat(pages: Pages, browser: Browser, live_platform: Platform) -> None:
    now = clock.now()
    world = forming_world(now, small_world(now))
    offer = invitation(world.approve(now), "maker")
    maker = world.firms.maker
    join_on_a_phone(pages)
    join_without_javascript(browser, live_platform)
    send_a_spreadsheet(pages, maker)
    paint_with_a_mouse_and_keys(pages, maker, now)
    paint_on_a_phone(pages, maker, now)
    every_page_is_fit_for_people(pages, world.firms, f"/invitations/{offer.key}/")
    accept_in_two_taps(pages, maker)


def fill(page: Page, answers: dict[str, str]) -> None:
    for name, value in answers.items():
        page.fill(f"[name={name}]", value)


def send(page: Page) -> None:
    page.locator("main form.form button.button:not(.quiet)").first.click()


def join_on_a_phone(pages: Pages) -> None:
    """From nothing to the first value, in Chinese; a wrong number takes the focus, the way back loses nothing."""
    page = pages.open("/firms/join/", phone=True, locale="zh-CN", color_scheme="dark")
    page.locator("main .actions a.button").first.tap()
    fill(page, ACCOUNT)
    send(page)
    page.wait_for_url("**/firms/join/")
    page.locator("main .actions a.button").first.tap()
    fill(page, FIRM | {"identifier": "9133"})
    page.select_option("[name=country]", "CN")
    send(page)
    page.wait_for_selector("[data-problems]")
    assert page.evaluate("document.activeElement.hasAttribute('data-problems')")
    page.fill("[name=identifier]", FIRM["identifier"])
    send(page)
    fill(page, WORK)
    page.locator("button[name=back]").tap()
    page.wait_for_url("**/join/firm/")
    assert page.input_value("[name=legal_name]") == FIRM["legal_name"]
    send(page)
    assert page.input_value("[name=site_unlocode]") == WORK["site_unlocode"]
    page.check("[name=modules][value=manufacturing]")
    send(page)
    page.wait_for_url("**/join/check/")
    assert complaints(page, "zh-hans") == {}
    page.locator("main form button.button").tap()
    page.wait_for_url("**/called/?joined=1")
    assert Firm.objects.get(legal_name=FIRM["legal_name"]).members.get().user == User.objects.get(
        email=ACCOUNT["email"]
    )


def join_without_javascript(browser: Browser, platform: Platform) -> None:
    context = browser.new_context(base_url=platform.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/signup/?next=/firms/join/")
    fill(page, ACCOUNT | {"email": "plain@example.com"})
    send(page)
    page.locator("main .actions a.button").first.click()
    fill(page, {"legal_name": "Plain Works", "identifier": some_lei(700_022)})
    page.select_option("[name=country]", "DE")
    page.select_option("[name=kind]", "lei")
    send(page)
    fill(page, WORK | {"site_unlocode": "DEHAM"})
    page.check("[name=modules][value=logistics]")
    send(page)
    page.locator("main form button.button").click()
    expect(page.locator("h1")).to_have_text("These surges would have called you")
    context.close()


def send_a_spreadsheet(pages: Pages, maker: FirmOf) -> None:
    """Sent, read while one looks on, taken in."""
    page = pages.open(f"/firm/{maker.key}/sheets/capacity/", maker.owner)
    weeks = CapacityWeek.objects.filter(line__firm=maker.firm, line__name="Sewing line").order_by("week_on")[
        :2
    ]
    rows = "".join(f"{week.line.name},{week.week_on},{4_321}\n" for week in weeks)
    page.set_input_files(
        "[name=file]",
        {"name": "rows.csv", "mimeType": "text/csv", "buffer": f"line,week_from,units\n{rows}".encode()},
    )
    send(page)
    page.locator("form[action$='/take-in/'] button").click()
    expect(page.locator("#sheet .badge").first).to_have_text("Taken in")
    assert CapacityWeek.objects.filter(published_units=4_321).count() == 2


def units(line: Line, first: int, last: int, now: datetime) -> list[int | None]:
    found = dict(line.weeks.values_list("week_on", "published_units"))
    return [found.get(week) for week in mondays(now.date(), 26)[first : last + 1]]


def paint_with_a_mouse_and_keys(pages: Pages, maker: FirmOf, now: datetime) -> None:
    line = maker.firm.lines.get(name="Sewing line")
    page = pages.open(f"/firm/{maker.key}/capacity/{line.pk}/", maker.owner)
    weeks, before = page.locator(".week"), units(line, 14, 17, now)
    page.fill("[name=units]", "70")
    weeks.nth(14).hover()
    page.mouse.down()
    weeks.nth(15).hover()
    weeks.nth(17).hover()
    page.mouse.up()
    expect(weeks.nth(17).locator(".strong")).to_have_text("70")
    assert units(line, 14, 17, now) == [70] * 4
    page.locator(".toast button").click()
    expect(weeks.nth(17).locator(".strong")).to_have_text("–")
    assert units(line, 14, 17, now) == before
    weeks.nth(18).locator("input").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(weeks.nth(20).locator(".strong")).to_have_text("70")
    assert units(line, 18, 21, now) == [70, 70, 70, None]


def paint_on_a_phone(pages: Pages, maker: FirmOf, now: datetime) -> None:
    """A tap chooses, the button sets: nothing is painted while one scrolls."""
    line = maker.firm.lines.get(name="Sewing line")
    page = pages.open(f"/firm/{maker.key}/capacity/{line.pk}/", maker.owner, phone=True, locale="zh-CN")
    page.locator(".week").nth(22).tap()
    page.fill("[name=units]", "55")
    page.locator(".brush button").tap()
    expect(page.locator(".week").nth(22).locator(".strong")).to_have_text("55")
    assert units(line, 22, 23, now) == [55, None]


def portal_pages(firms: Firms, offer: str) -> list[str]:
    firm = f"/firm/{firms.maker.key}/"
    line, row = firms.maker.firm.lines.first(), firms.maker.firm.competency_offers.first()
    sheet = Sheet.objects.filter(firm=firms.maker.firm).latest("pk")
    wrong = actions.send_sheet(
        firms.maker.owner.actor,
        firms.maker.key,
        "capacity",
        name="wrong.csv",
        content=WRONG,
        now=clock.now(),
    )
    assert line and row
    own = [path if path == "" else f"{path}/" for path in OWN]
    own += [f"capacity/{line.pk}/", f"competencies/{row.pk}/withdraw/"]
    own += [f"sheet/{sheet.key}/", f"sheet/{wrong['sheet']}/"]
    return [
        *(firm + path for path in own),
        f"/firms/{firms.maker.key}/called/",
        f"/firms/{firms.maker.key}/why-not/",
        offer,
        "/desk/",
    ]


def every_page_is_fit_for_people(pages: Pages, firms: Firms, offer: str) -> None:
    """Overflow (also at 320 pixels), touch targets, contrast, language: on a phone in Chinese and English."""
    found: dict[str, Any] = {}
    paths = portal_pages(firms, offer)
    for language, locale, scheme in READERS:
        page = pages.open(
            "/style/",
            firms.maker.owner,
            phone=True,
            locale=locale,
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        for path in paths:
            page.goto(path)
            wrong = complaints(page, language)
            page.set_viewport_size({"width": 320, "height": 640})
            if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
                wrong["overflow at 320"] = True
            page.set_viewport_size(PHONE["viewport"])
            if wrong:
                found[f"{path} {language} {scheme}"] = wrong
    assert found == {}


def accept_in_two_taps(pages: Pages, maker: FirmOf) -> None:
    """What decides is on the first screen of a phone, and so is the button."""
    page = pages.open("/desk/", maker.owner, phone=True)
    page.locator("[data-invitation]").tap()
    facts, button = (page.locator(where).bounding_box() for where in (".decision", "#accept"))
    assert facts
    assert button
    assert facts["y"] >= 0
    assert facts["y"] + facts["height"] <= button["y"]
    assert button["y"] + button["height"] <= PHONE["viewport"]["height"]
    page.locator("#accept").tap()
    expect(page.locator("#invitation .badge").first).to_have_text("Accepted")
