"""The firm portal in real browsers: joining, a spreadsheet, the calendar of weeks, and a seat taken in two taps.

One platform for all of it. Everything is done on a phone and on a desktop, each in Chinese and in English; each page
is looked at in both sizes and languages, dark and light.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import Browser, Expect, Locator, Page

from alliances.models import Invitation
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
WORK = {"site_unlocode": "CNYIW", "person_name": "Li Wei", "products": "trousers"}
DESK = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class Reader:
    """Somebody with a device and a language."""

    language: str
    locale: str
    scheme: str
    is_phone: bool

    def open(self, pages: Pages, path: str, user: User | None = None) -> Page:
        size = {} if self.is_phone else {"viewport": DESK}
        more = {"locale": self.locale, "color_scheme": self.scheme, "reduced_motion": "reduce", **size}
        return pages.open(path, user, phone=self.is_phone, **more)

    def press(self, where: Locator) -> None:
        if self.is_phone:
            where.tap()
        else:
            where.click()

    def complaints(self, page: Page) -> dict[str, Any]:
        """What is wrong with the page; a mouse needs no targets for fingers."""
        wrong = complaints(page, self.language)
        return wrong if self.is_phone else {what: how for what, how in wrong.items() if what != "small"}

    def word(self, text: str, of: str | None = None) -> str:
        """A text of the platform as this reader sees it; `of` is its context in the catalogue."""
        with override(self.language):
            return pgettext(of, text) if of else gettext(text)


ENGLISH, CHINESE = READERS
EVERYBODY = [Reader(*who, is_phone=phone) for phone in (True, False) for who in (CHINESE, ENGLISH)]
ON_PHONES = [reader for reader in EVERYBODY if reader.is_phone]
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


def test_the_portal_from_joining_to_a_seat(pages: Pages, browser: Browser, live_platform: Platform) -> None:
    now = clock.now()
    firms = small_world(now)
    maker, line = firms.maker, firms.maker.firm.lines.get(name="Sewing line")
    offers = [invitation(forming_world(now, firms).approve(now), "maker") for _ in EVERYBODY]
    join_without_javascript(browser, live_platform)
    for number, reader in enumerate(EVERYBODY, 1):
        join(pages, reader, f"Yiwu Lanterns {number}", 700_030 + number)
        send_a_spreadsheet(pages, reader, maker, 1_000 + number)
        paint = paint_on_a_phone if reader.is_phone else paint_with_a_mouse_and_keys
        paint(
            reader.open(pages, f"/firm/{maker.key}/capacity/{line.pk}/", maker.owner), line, 70 + number, now
        )
    every_page_is_fit_for_people(pages, firms, f"/invitations/{offers[0].key}/")
    for reader in EVERYBODY:
        accept_in_two_taps(pages, reader, maker)
    assert {Invitation.objects.get(pk=one.pk).state for one in offers} == {"accepted"}


def fill(page: Page, answers: dict[str, str]) -> None:
    for name, value in answers.items():
        page.fill(f"[name={name}]", value)


def send(page: Page) -> None:
    page.locator("main form.form button.button:not(.quiet)").first.click()


def join(pages: Pages, reader: Reader, name: str, number: int) -> None:
    """From nothing to the first value; a wrong number takes the focus, the way back loses nothing."""
    email = f"wei-{number}@example.com"
    page = reader.open(pages, "/firms/join/")
    reader.press(page.locator("main .actions a.button").first)
    fill(page, {"email": email, "password1": PASSWORD})
    send(page)
    page.wait_for_url("**/firms/join/")
    reader.press(page.locator("main .actions a.button").first)
    fill(page, {"legal_name": name, "identifier": "9133"})
    page.select_option("[name=country]", "CN")
    send(page)
    page.wait_for_selector("[data-problems]")
    assert page.evaluate("document.activeElement.hasAttribute('data-problems')")
    page.fill("[name=identifier]", some_uscc(number))
    send(page)
    fill(page, WORK)
    reader.press(page.locator("button[name=back]"))
    page.wait_for_url("**/join/firm/")
    assert page.input_value("[name=legal_name]") == name
    send(page)
    assert page.input_value("[name=site_unlocode]") == WORK["site_unlocode"]
    page.check("[name=modules][value=manufacturing]")
    send(page)
    page.wait_for_url("**/join/check/")
    assert reader.complaints(page) == {}
    reader.press(page.locator("main form button.button"))
    page.wait_for_url("**/called/?joined=1")
    expect(page.locator("h1")).to_have_text(reader.word("These surges would have called you"))
    assert Firm.objects.get(legal_name=name).members.get().user == User.objects.get(email=email)


def join_without_javascript(browser: Browser, platform: Platform) -> None:
    context = browser.new_context(base_url=platform.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/accounts/signup/?next=/firms/join/")
    fill(page, {"email": "plain@example.com", "password1": PASSWORD})
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


def send_a_spreadsheet(pages: Pages, reader: Reader, maker: FirmOf, number: int) -> None:
    """Sent, read while one looks on, taken in."""
    page = reader.open(pages, f"/firm/{maker.key}/sheets/capacity/", maker.owner)
    weeks = CapacityWeek.objects.filter(line__firm=maker.firm, line__name="Sewing line").order_by("week_on")
    rows = "".join(f"{week.line.name},{week.week_on},{number}\n" for week in weeks[:2])
    content = f"line,week_from,units\n{rows}".encode()
    page.set_input_files("[name=file]", {"name": "rows.csv", "mimeType": "text/csv", "buffer": content})
    send(page)
    reader.press(page.locator("form[action$='/take-in/'] button"))
    expect(page.locator("#sheet .badge").first).to_have_text(reader.word("Taken in"))
    assert CapacityWeek.objects.filter(published_units=number).count() == 2


def units(line: Line, first: int, last: int, now: datetime) -> list[int | None]:
    found = dict(line.weeks.values_list("week_on", "published_units"))
    return [found.get(week) for week in mondays(now.date(), 26)[first : last + 1]]


def paint_with_a_mouse_and_keys(page: Page, line: Line, number: int, now: datetime) -> None:
    weeks, before = page.locator(".week"), units(line, 14, 17, now)
    page.fill("[name=units]", str(number))
    weeks.nth(14).hover()
    page.mouse.down()
    weeks.nth(15).hover()
    weeks.nth(17).hover()
    page.mouse.up()
    expect(weeks.nth(17).locator(".strong")).to_have_text(str(number))
    assert units(line, 14, 17, now) == [number] * 4
    page.locator(".toast button").click()
    expect(weeks.nth(17).locator(".strong")).to_have_text("–")
    assert units(line, 14, 17, now) == before
    weeks.nth(18).locator("input").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(weeks.nth(20).locator(".strong")).to_have_text(str(number))
    assert units(line, 18, 21, now) == [number] * 3 + [None]


def paint_on_a_phone(page: Page, line: Line, number: int, now: datetime) -> None:
    """A tap chooses, the button sets: nothing is painted while one scrolls."""
    page.locator(".week").nth(22).tap()
    page.fill("[name=units]", str(number))
    page.locator(".brush button").tap()
    expect(page.locator(".week").nth(22).locator(".strong")).to_have_text(str(number))
    assert units(line, 22, 23, now) == [number, None]


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
    """Overflow (also at 320 pixels), touch targets, contrast, language: phone and desktop, Chinese and English."""
    found: dict[str, Any] = {}
    paths = portal_pages(firms, offer)
    for reader in ON_PHONES:
        page = reader.open(pages, "/style/", firms.maker.owner)
        for path in paths:
            page.goto(path)
            wrong = reader.complaints(page)
            page.set_viewport_size({"width": 320, "height": 640})
            if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
                wrong["overflow at 320"] = True
            page.set_viewport_size(DESK)
            if at_a_desk := reader.complaints(page):
                wrong["at a desk"] = at_a_desk
            page.set_viewport_size(PHONE["viewport"])
            if wrong:
                found[f"{path} {reader.language} {reader.scheme}"] = wrong
    assert found == {}


def accept_in_two_taps(pages: Pages, reader: Reader, maker: FirmOf) -> None:
    """What decides is on the first screen, and so is the button."""
    page = reader.open(pages, "/desk/", maker.owner)
    reader.press(page.locator("[data-invitation]").first)
    page.wait_for_url("**/invitations/**")
    facts, button = (page.locator(where).bounding_box() for where in (".decision", "#accept"))
    assert facts
    assert button
    assert facts["y"] >= 0
    assert max(box["y"] + box["height"] for box in (facts, button)) <= page.evaluate("innerHeight")
    if reader.is_phone:
        assert facts["y"] + facts["height"] <= button["y"]
    reader.press(page.locator("#accept"))
    expect(page.locator("#invitation .badge").first).to_have_text(reader.word("Accepted", of="state"))
