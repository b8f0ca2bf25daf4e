"""The console's main story on a desk and a phone, in both languages: from a surge to an approved alliance in three
actions, by keyboard too; the palette; tables of thousands of rows with views and files."""

from typing import Any

import pytest
from django.utils import timezone

from alliances.models import Alliance
from config import clock
from firms.models import Firm, User
from matching.models import Spike
from tests.browser.test_story import CHINESE, Screen, expect
from tests.browsers import Pages
from tests.builders.firms import NOW
from tests.builders.stories import surging_world

DESK = {"viewport": {"width": 1440, "height": 900}}
MANY = 3_000
ROWS_IN_SIGHT = """() => [...document.querySelectorAll("tbody tr")].filter((row) =>
{ const box = row.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }).length"""


@pytest.fixture
def stages(real_database: object) -> list[tuple[Alliance | None, Spike, str]]:
    """Four surges with a proposal each, and thousands of firms, before the platform's clock acts on them."""
    clock.set_pace(1.0, start_at=NOW)
    first, spike = surging_world(clock.now())
    made = [(first, spike)] + [surging_world(clock.now(), first.firms) for _ in range(3)]
    Firm.objects.bulk_create(
        Firm(
            legal_name=f"Firm {number:04}", country="CN", legal_person=f"p{number}", joined_at=timezone.now()
        )
        for number in range(MANY)
    )
    return made  # type: ignore[return-value]


def test_the_console_on_a_desk_and_a_phone_in_both_languages(
    stages: list[Any], request: pytest.FixtureRequest
) -> None:
    pages: Pages = request.getfixturevalue("pages")
    operator = stages[0][0].firms.operator
    devices = [(phone, language) for phone in (False, True) for language in ("en", CHINESE)]
    for (world, spike), (phone, language) in zip(stages, devices, strict=True):
        page = pages.open("/console/spikes/", operator, phone=phone, **options(phone, language))
        screen = Screen(page, language)
        (approve_by_touch if phone else approve_by_keyboard)(screen, spike)
        look_at_the_alliance(screen, Alliance.objects.get(proposal=world.proposal))
        find_by_name(screen, "Yiwu Trousers", phone=phone)
        if not phone:
            keep_a_view_and_undo_its_deletion(screen)
    thousands_of_rows(pages, operator)


def options(phone: bool, language: str) -> dict[str, Any]:
    locale = {"locale": "zh-CN" if language == CHINESE else "en-GB", "reduced_motion": "reduce"}
    return locale if phone else {**locale, **DESK}


def approve_by_keyboard(screen: Screen, spike: Spike) -> None:
    """Three pages: the surge, the risk of its best proposal, the approval. A key more only moves the focus."""
    page = screen.page
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text(screen.says("Next and previous row"))
    page.keyboard.press("Escape")
    for _ in range(9):
        page.keyboard.press("j")
        if page.evaluate("document.activeElement.closest('[data-row]').id") == f"spike-{spike.pk}":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#answers")
    page.wait_for_load_state()  # keys are heard from then on
    page.keyboard.press("1")
    page.wait_for_selector("#quantiles")
    page.wait_for_load_state()
    page.keyboard.press("y")
    outline = (
        "[document.activeElement.textContent.trim(), getComputedStyle(document.activeElement).outlineStyle]"
    )
    assert page.evaluate(outline) == [screen.says("Approve"), "solid"]
    page.keyboard.press("Enter")
    approved(screen)


def approve_by_touch(screen: Screen, spike: Spike) -> None:
    page = screen.page
    page.locator(f"#spike-{spike.pk} a").first.tap()
    page.wait_for_selector("#answers")
    page.locator("#answers .button").first.tap()
    page.wait_for_selector("#quantiles")
    screen.button("Approve").tap()
    approved(screen)


def approved(screen: Screen) -> None:
    screen.shows(".messages", "Approved. The firms of the plan are invited now.")


def look_at_the_alliance(screen: Screen, alliance: Alliance) -> None:
    """Its states, what it waits for, and its story in words."""
    page = screen.page
    page.goto(f"/console/alliances/{alliance.key}/")
    expect(page.locator("#stages [aria-current=step]")).to_contain_text(screen.state("inviting"))
    screen.shows("#hitches", "What it waits for, and why")
    screen.shows(".timeline", "Approved by an operator")


def find_by_name(screen: Screen, name: str, *, phone: bool) -> None:
    """The palette opens at once, finds while one types, and leads there."""
    page = screen.page
    if phone:
        page.locator("[data-palette]").tap()
    else:
        page.keyboard.press("Control+k")
    box = page.locator("#palette [role=combobox]")
    box.fill(name)
    expect(page.locator("#palette [role=option]").first).to_contain_text(name)
    assert page.get_attribute("#palette-words", "aria-activedescendant") == "palette-0"
    box.press("Enter")
    expect(page.locator("h1")).to_contain_text(name)


def keep_a_view_and_undo_its_deletion(screen: Screen) -> None:
    page = screen.page
    page.goto("/console/firms/?state=applied&q=firm+00&sort=-name")
    page.locator(".views summary").click()
    page.fill("#view-name", "Mine")
    screen.button("Keep this view").click()
    page.locator(".views summary").click()
    expect(page.locator(".views a")).to_have_text("Mine")
    page.locator(".views li button").click()
    page.locator("#undo-view button").click()
    screen.shows(".messages", "The view is back.")
    with page.expect_download() as download:
        page.locator("a[download]").click()
    text = download.value.path().read_text("utf-8-sig")
    fitting = sum("00" in f"{number:04}" for number in range(MANY))
    assert text.count("\n") == fitting + 1  # under the headings
    page.locator(".views summary").click()
    page.locator(".views li button").click()  # the next person's story begins as this one did


def thousands_of_rows(pages: Pages, operator: User) -> None:
    """Of thousands, the browser gets fifty, and 25 are in sight on a desk."""
    page = pages.open("/console/firms/?state=applied", operator, **DESK)
    assert page.evaluate(ROWS_IN_SIGHT) >= 25
    assert page.locator("tbody tr").count() == 50
    page.locator("thead a").first.click()
    page.wait_for_selector("[aria-sort=ascending]")
    page.keyboard.press("n")
    page.wait_for_url("**page=2**")
    expect(page.locator("#total")).to_contain_text("3,000")
