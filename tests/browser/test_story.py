"""The life of an alliance in real browsers: two phones, one of them in Chinese, and the operator's desktop."""

from dataclasses import dataclass

import pytest
from django.utils import translation
from playwright.sync_api import Expect, Locator, Page

from alliances.actions import confirm
from alliances.models import Alliance, Event
from config import clock
from config.templatetags.states import LABELS
from tests.browsers import Pages
from tests.builders.alliances import DAY, HOUR, World, actor_of, fresh, invitation, work_off
from tests.builders.alliances import accept as accept_by_hand
from tests.builders.firms import NOW
from tests.builders.stories import undecided_world
from tests.stories.people import wait_for

PATIENCE_MS = 60_000  # the machine may be busy; nothing here is about speed
UNSEEN = "Open the risk report first: nobody approves a plan without having seen its risk."
CHINESE = "zh-hans"
expect = Expect()
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Screen:
    """Somebody's open page, and the language that it is in."""

    page: Page
    language: str = "en"

    def says(self, text: str) -> str:
        """A text of the platform as this person reads it."""
        with translation.override(self.language):
            return translation.gettext(text)

    def state(self, name: str) -> str:
        """A state of a task or an alliance as this person reads it."""
        with translation.override(self.language):
            return str(LABELS[name])

    def button(self, text: str, within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("button", name=self.says(text), exact=True).first

    def shows(self, where: str, text: str) -> None:
        """Wait until the text stands there, without a reload."""
        expect(self.page.locator(where).first).to_contain_text(self.says(text))

    def card(self, task: int) -> Locator:
        return self.page.locator(f"#task-{task}")

    def is_live(self) -> None:
        expect(self.page.locator("[data-live=live]")).to_be_visible()


@dataclass(frozen=True)
class Scene:
    """The world and everybody's screens; `alliance` exists from the approval on."""

    world: World
    maker: Screen
    carrier: Screen
    operator: Screen

    @property
    def screens(self) -> list[Screen]:
        return [self.maker, self.carrier, self.operator]

    @property
    def alliance(self) -> Alliance:
        return Alliance.objects.get(proposal=self.world.proposal)

    def task(self, code: str) -> int:
        return int(self.alliance.tasks.get(code=code).pk)

    def all_show(self, code: str, state: str) -> None:
        """Every open board shows a task in a state."""
        for screen in self.screens:
            card = screen.card(self.task(code))
            expect(card.locator("[data-f=state]")).to_have_text(screen.state(state))


@pytest.fixture
def scene(live_platform: object, pages: Pages) -> Scene:
    """The phones lie open on the desks, and the operator looks at the proposal."""
    clock.set_pace(1.0, start_at=NOW)
    world = undecided_world(clock.now())
    firms = world.firms
    return Scene(
        world,
        Screen(pages.open("/desk/", firms.maker.owner, phone=True)),
        Screen(pages.open("/desk/", firms.carrier.manager, phone=True, locale="zh-CN"), CHINESE),
        Screen(pages.open(f"/proposals/{world.proposal.key}/", firms.operator)),
    )


def test_an_alliance_lives_and_ends_on_three_screens(scene: Scene, pages: Pages) -> None:
    approve_after_the_risk(scene)
    for phone in (scene.maker, scene.carrier):
        accept_in_two_taps(phone)
    accept_by_hand(invitation(scene.alliance, "seller"), clock.now())
    open_the_boards(scene)
    a_task_is_done_on_a_phone(scene)
    stock_and_damage_are_reported(scene)
    a_task_is_finished_offline(scene, pages)
    work_off(scene.alliance, clock.now())
    settle_on_a_phone(scene)
    assert pages.errors == []
    see_the_end(scene)
    pages.errors.clear()  # the browser calls each 404 of a reload an error


def approve_after_the_risk(scene: Scene) -> None:
    """Nobody approves a plan without having seen its risk; the desks then show the invitations."""
    page = scene.operator.page
    expect(scene.operator.button("Approve")).to_be_disabled()
    scene.operator.shows("#decide", UNSEEN)
    page.evaluate("document.querySelector('form.approve').requestSubmit()")  # past the button: refused too
    scene.operator.shows(".messages", UNSEEN)
    page.go_back()
    page.get_by_role("link", name="Risk report").click()
    expect(page.locator("#quantiles")).to_contain_text("P80")
    for phone in (scene.maker, scene.carrier):
        phone.shows("#desk", "Nothing waits for you")
    page.locator(".crumbs a").last.click()
    expect(page.locator("#proposal")).to_be_visible()
    press_while_it_refreshes(page, scene.operator.button("Approve"))
    expect(page.get_by_text("Approved. The firms of the plan are invited now.")).to_be_visible()


def press_while_it_refreshes(page: Page, button: Locator) -> None:
    """News of the part of the page come while a finger is on its button: the press counts all the same."""
    button.hover()
    page.mouse.down()
    with page.expect_response(page.url):
        page.evaluate(
            "document.querySelector('form.approve').append('old');"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
    page.wait_for_timeout(300)  # so long it would take to exchange the part
    page.mouse.up()


def accept_in_two_taps(phone: Screen) -> None:
    phone.page.locator("[data-invitation]").tap(timeout=PATIENCE_MS)
    phone.button("Accept and sign").tap()
    phone.shows(
        "main",
        "You have accepted. Your capacity is held; as soon as all partners have accepted, the work begins.",
    )


def open_the_boards(scene: Scene) -> None:
    """The way to the board appears by itself as soon as all have signed."""
    for phone in (scene.maker, scene.carrier):
        phone.page.get_by_role("link", name=phone.says("To the board")).tap(timeout=PATIENCE_MS)
    scene.operator.page.get_by_role("link", name=scene.alliance.title).click()
    scene.operator.page.get_by_role("link", name="To the board").click(timeout=PATIENCE_MS)
    for screen in scene.screens:
        screen.is_live()
    wait_for(
        lambda: scene.alliance.state == "operating", "the launch, which the clock takes after the commitment"
    )
    scene.all_show("M1", "ready")


def a_task_is_done_on_a_phone(scene: Scene) -> None:
    maker, first = scene.maker, scene.task("M1")
    maker.button("Start", maker.card(first)).tap()
    scene.all_show("M1", "started")
    maker.button("Finish", maker.card(first)).tap()
    scene.all_show("M1", "finished")
    scene.all_show("M2", "ready")


def stock_and_damage_are_reported(scene: Scene) -> None:
    """What the carrier counts and finds stands on the other screens, and the damage is somebody's task."""
    page, carrier = scene.carrier.page, scene.carrier
    page.locator("#report-stock summary").tap()
    page.locator("#report-stock [name=place]").fill("Hamburg")
    page.locator("#report-stock [name=units]").fill("120")
    page.locator("#report-stock button").tap()
    for screen in scene.screens:
        expect(screen.page.locator("[data-rows=stock]")).to_contain_text("Hamburg")
        expect(screen.page.locator("[data-rows=stock]")).to_contain_text("120")
    page.locator("#report-wrong summary").tap()
    page.locator("#report-wrong [name=kind]").select_option("damage")
    page.locator("#report-wrong [name=text]").fill("Rain in the hold")
    page.locator("#report-wrong button").tap()
    scene.maker.shows("[data-section=mine]", "Assess the damage, replace or write off")
    carrier.shows("[data-section=others]", "Assess the damage, replace or write off")
    scene.operator.shows("[data-log] > li", "Rain in the hold")


def a_task_is_finished_offline(scene: Scene, pages: Pages) -> None:
    """It waits on the phone, visibly, and is carried out once when the line is back."""
    maker, task = scene.maker, scene.task("M2")
    maker.button("Start", maker.card(task)).tap()
    scene.all_show("M2", "started")
    told = Event.objects.filter(stream=scene.alliance.stream)
    since = told.filter(version__gt=told.count())
    maker.page.context.set_offline(True)
    maker.button("Finish", maker.card(task)).tap()
    expect(maker.page.locator("[data-link]")).to_contain_text("1 not sent yet")
    expect(scene.carrier.card(task).locator("[data-f=state]")).to_have_text(scene.carrier.state("started"))
    assert scene.alliance.tasks.get(pk=task).state == "started"
    maker.page.context.set_offline(False)
    scene.all_show("M2", "finished")
    expect(maker.page.locator("[data-link]")).to_have_text("Live")
    assert list(since.values_list("kind", flat=True)) == ["finished"]
    pages.errors[:] = [error for error in pages.errors if "ERR_INTERNET_DISCONNECTED" not in error]


def settle_on_a_phone(scene: Scene) -> None:
    """A day later the shares are shown; the maker confirms its own, comes back to the board, the others agree."""
    for screen in scene.screens:
        expect(screen.page.locator("[data-f=alliance-state]")).to_have_text(screen.state("winding_down"))
    clock.set_pace(1.0, start_at=clock.now() + DAY + HOUR)
    for screen in scene.screens:
        expect(screen.page.locator("[data-settlement]")).to_be_visible()
    maker = scene.maker
    maker.page.locator("[data-settlement] a").tap()
    maker.button("Confirm my share").tap()
    maker.shows("main", "You have confirmed your share.")
    maker.page.get_by_role("link", name=scene.alliance.title).first.tap()
    maker.is_live()


def see_the_end(scene: Scene) -> None:
    """The last confirmation dissolves the alliance: every board says so, and for its partners it is gone."""
    alliance = scene.alliance
    waiting = alliance.settlement.shares.filter(confirmed_at=None).values_list("firm_id", flat=True)
    for firm in list(waiting):
        confirm(actor_of(firm), str(alliance.key), now=clock.now())
    assert fresh(alliance).state == "dissolved"
    for screen in scene.screens:
        screen.shows("[data-ended]", "This alliance has ended, and your access with it. The record stays.")
    for phone in (scene.maker, scene.carrier):
        answer = phone.page.reload()
        assert answer
        assert answer.status == 404
