"""Boards in real browsers: two phones and a desktop see every change of each other."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation
from playwright.sync_api import expect

from alliances.models import StockReport, Stream, Task
from config.templatetags.ui import span
from config.wake import wake
from tests.browser.test_pages_look import complaints
from tests.builders.firms import NOW
from tests.rooms.alliances.boards import dissolve, end_grant

SPANS_SECONDS = [
    61,
    89,
    95,
    -3_599,
    5_500,
    90_000,
    -130_000,
    600_000,
    1_000_000,
    1_200_000,
    -4_000_000,
    90_000_000,
]
IN_WORDS = """async (spans) => {
  const { until } = await import("/static/js/board-cards.js");
  return spans.map((far) => until(new Date(far * 1000), new Date(0)));
}"""


@pytest.fixture
def board(world, pages):
    """Opens the board for a person, and waits until it is live."""

    def opened(user, **options):
        page = pages.open(f"/alliances/{world.alliance.key}/", user, **options)
        expect(page.locator("[data-live=live]")).to_be_visible()
        return page

    return opened


def card(page, world, code):
    return page.locator(f"#task-{world.task(code).pk}")


def test_every_board_shows_every_change(world, board):
    maker, carrier = board(world.maker, phone=True), board(world.firms.carrier.worker, phone=True)
    operator = board(world.firms.operator)
    card(maker, world, "M6").get_by_role("button", name="Start").tap()
    for page in (maker, carrier, operator):
        expect(card(page, world, "M6").locator("[data-f=state]")).to_have_text("Started")
    card(maker, world, "M6").get_by_label("Units done so far").fill("1000")
    card(maker, world, "M6").get_by_role("button", name="Save progress").tap()
    for page in (maker, carrier, operator):
        expect(card(page, world, "M6")).to_contain_text("1,000 of 1,000 units")
    card(maker, world, "M6").get_by_role("button", name="Finish", exact=True).tap()
    mine = carrier.locator("[data-section=mine]")
    expect(mine).to_contain_text("Line-haul by air")
    mine.get_by_role("button", name="Start").tap()
    for page in (maker, carrier, operator):
        expect(page.locator("[data-section=others], [data-section=mine]").first).to_be_attached()
        expect(card(page, world, "L4").locator("[data-f=state]")).to_have_text("Started")
        expect(page.locator("[data-log] > li").first).to_contain_text("Line-haul by air")


def test_an_undo_takes_a_start_back(world, board):
    maker = board(world.maker, phone=True)
    card(maker, world, "M6").get_by_role("button", name="Start").tap()
    maker.get_by_role("button", name="Undo").tap()
    expect(card(maker, world, "M6").locator("[data-f=state]")).to_have_text("Ready")
    expect(card(maker, world, "M6")).not_to_have_attribute("aria-busy", "true")
    assert Task.objects.get(pk=world.task("M6").pk).started_at is None


def test_what_is_done_offline_is_sent_once_when_the_line_is_back(world, board):
    maker, seller = board(world.maker, phone=True), board(world.firms.seller.owner)
    maker.context.set_offline(True)
    card(maker, world, "M6").get_by_role("button", name="Start").tap()
    expect(card(maker, world, "M6").locator("[data-f=state]")).to_have_text("Started")
    card(maker, world, "M6").get_by_label("Units done so far").fill("250")
    card(maker, world, "M6").get_by_role("button", name="Save progress").tap()
    expect(maker.locator("[data-link]")).to_contain_text("2 not sent yet")
    assert Task.objects.get(pk=world.task("M6").pk).state == "ready"
    maker.context.set_offline(False)
    expect(card(seller, world, "M6")).to_contain_text("250 of 1,000 units")
    expect(maker.locator("[data-link]")).to_have_text("Live")
    kinds = list(world.alliance.stream.events.values_list("kind", flat=True))
    assert kinds == ["started", "progressed"]


def test_a_finish_with_less_asks_why(world, board):
    maker = board(world.maker)
    card(maker, world, "M6").get_by_role("button", name="Start").click()
    card(maker, world, "M6").get_by_label("Units done so far").fill("900")
    card(maker, world, "M6").get_by_role("button", name="Finish", exact=True).click()
    why = card(maker, world, "M6").get_by_label("Why fewer units than planned")
    expect(why).to_be_focused()
    why.fill("A machine broke")
    card(maker, world, "M6").get_by_role("button", name="Finish", exact=True).click()
    expect(card(maker, world, "M6").locator("[data-f=state]")).to_have_text("Finished")
    expect(maker.locator("[data-log] > li").first).to_contain_text("A machine broke")
    assert Task.objects.get(pk=world.task("M6").pk).shortfall == "A machine broke"


def test_stock_and_exceptions_reach_the_maker_live(world, board):
    carrier, maker = board(world.firms.carrier.worker), board(world.maker, phone=True)
    carrier.get_by_text("Report stock").first.click()
    carrier.get_by_label("Place").fill("Hamburg")
    carrier.get_by_label("Units counted").fill("1200")
    carrier.get_by_role("button", name="Report stock").click()
    expect(maker.locator("[data-rows=stock]")).to_contain_text("Hamburg")
    expect(maker.locator("[data-rows=stock]")).to_contain_text("1,200")
    carrier.get_by_text("Report it").first.click()
    carrier.get_by_label("What is wrong").select_option("damage")
    carrier.get_by_label("Task it is about").select_option(label="Line-haul by air")
    carrier.get_by_role("textbox", name="What happened").fill("Rain in the hold")
    carrier.get_by_role("button", name="Report it").click()
    expect(maker.locator("[data-section=mine]")).to_contain_text("Assess the damage")
    expect(card(maker, world, "L4")).to_contain_text("Assess the damage")
    expect(maker.locator("[data-log] > li").first).to_contain_text("Rain in the hold")
    opened = Task.objects.get(exception_kind="damage")
    answer = maker.locator(f"#task-{opened.pk}")
    expect(card(maker, world, "M6").get_by_label("It was not so")).to_have_count(0)
    answer.get_by_role("button", name="Start").tap()
    answer.get_by_label("It was not so").check()
    answer.get_by_role("button", name="Finish").tap()
    expect(carrier.locator(f"#task-{opened.pk} [data-f=state]")).to_have_text("Finished")
    assert Task.objects.get(exception_kind="damage").is_unfounded


@pytest.mark.parametrize("language, scheme", [("en", "light"), ("zh-hans", "dark")])
def test_it_can_be_read_and_touched_on_a_small_phone(world, board, language, scheme):
    screen = {"width": 320, "height": 640}
    page = board(
        world.maker,
        phone=True,
        viewport=screen,
        locale=language,
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    card(page, world, "M6").locator("[data-verb=start]").tap()
    expect(card(page, world, "M6").locator("[data-verb=finish]:not([data-all])")).to_be_visible()
    expect(card(page, world, "M6")).not_to_have_attribute("aria-busy", "true")
    for summary in page.locator("summary:visible").all()[1:]:
        summary.tap()
    assert complaints(page, language) == {}
    assert page.evaluate(IN_WORDS, SPANS_SECONDS) == in_words(language)


def in_words(language):
    """How far these moments are, as the server writes it."""
    with translation.override(language):
        return [span(timedelta(seconds=far), is_directed=True) for far in SPANS_SECONDS]


def test_a_board_that_has_missed_too_much_is_drawn_anew(world, board):
    page = board(world.maker)
    seller = world.firms.seller.firm
    StockReport.objects.create(alliance=world.alliance, firm=seller, place="Rotterdam", units=70, at=NOW)
    world.task("K2").seat.tasks.filter(code="K2").update(state="started", version=2)
    Stream.objects.filter(pk=world.alliance.stream_id).update(epoch=uuid4())  # as after a restored backup
    wake(f"stream:{world.alliance.stream_id}")
    expect(page.locator("[data-rows=stock]")).to_contain_text("Rotterdam")
    expect(card(page, world, "K2").locator("[data-f=state]")).to_have_text("Started")
    card(page, world, "M6").get_by_role("button", name="Start").click()
    expect(page.locator("[data-log] > li").first).to_contain_text("Started: Produce the pilot lot")


def test_a_late_conflict_is_shown_with_what_is_there_now(world, board):
    one, two = board(world.maker), board(world.firms.maker.owner)
    one.context.set_offline(True)
    card(one, world, "M6").get_by_role("button", name="Start").click()
    card(two, world, "M6").get_by_role("button", name="Start").click()
    expect(card(two, world, "M6").locator("[data-f=state]")).to_have_text("Started")
    card(two, world, "M6").get_by_role("button", name="Hand back").click()
    expect(card(two, world, "M6").locator("[data-f=state]")).to_have_text("Ready")
    one.context.set_offline(False)
    expect(one.locator("[data-refused] li")).to_contain_text("changed this task")
    expect(one.locator("[data-refused] li")).to_contain_text("Now: Ready")
    expect(card(one, world, "M6").locator("[data-f=state]")).to_have_text("Ready")


def test_the_end_is_said_and_nothing_can_be_sent_any_more(world, board):
    leaver, partner = board(world.maker, phone=True), board(world.firms.seller.owner)
    end_grant(world, world.firms.maker)
    expect(leaver.get_by_text("Your access to this board has ended.")).to_be_visible()
    expect(partner.locator("[data-live=live]")).to_be_visible()
    dissolve(world)
    expect(partner.get_by_text("This alliance has ended")).to_be_visible()
    expect(partner.get_by_role("button", name="Start")).to_have_count(0)


def test_keyboard_alone_is_enough(world, board):
    page = board(world.maker)
    start = card(page, world, "M6").get_by_role("button", name="Start")
    start.focus()
    page.keyboard.press("Enter")
    expect(card(page, world, "M6")).to_be_focused()
    for _ in range(3):  # over the links to the task's page, and to what waits for it
        page.keyboard.press("Tab")
    expect(card(page, world, "M6").get_by_label("Units done so far")).to_be_focused()
    page.keyboard.type("120")
    page.keyboard.press("Enter")
    expect(card(page, world, "M6")).to_contain_text("120 of 1,000 units")


def test_who_is_there_is_seen_and_who_leaves_is_not(world, board):
    maker, carrier = board(world.maker, phone=True), board(world.firms.carrier.worker)
    name = world.maker.shown_name
    expect(carrier.locator("[data-here]")).to_contain_text(world.maker.name or "A partner")
    expect(maker.locator("[data-here]")).to_be_visible()
    assert name
    maker.close()
    expect(carrier.locator("[data-here]")).to_be_hidden()


def test_one_tap_finishes_a_count_and_undo_brings_it_back(world, board):
    maker = board(world.maker, phone=True)
    card(maker, world, "M6").get_by_role("button", name="Start").tap()
    card(maker, world, "M6").get_by_label("Units done so far").fill("300")
    card(maker, world, "M6").get_by_role("button", name="Save progress").tap()
    expect(card(maker, world, "M6")).to_contain_text("300 of 1,000 units")
    card(maker, world, "M6").get_by_role("button", name="Finish all 1,000").tap()
    expect(card(maker, world, "M6").locator("[data-f=state]")).to_have_text("Finished")
    maker.locator(".toast", has_text="Finished").get_by_role("button", name="Undo").tap()
    expect(card(maker, world, "M6").locator("[data-f=state]")).to_have_text("Started")
    expect(card(maker, world, "M6")).to_contain_text("300 of 1,000 units")


def finger(page, line, *steps):
    """One finger: each step is an event with a place, or a pause in seconds."""
    for step in steps:
        if isinstance(step, float):
            page.wait_for_timeout(step * 1000)
        else:
            kind, *place = step
            points = [{"x": place[0], "y": place[1]}] if place else []
            line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_held_card_is_dragged_and_a_swipe_moves_nothing(world, board):
    maker = board(world.maker, phone=True)
    line = maker.context.new_cdp_session(maker)
    place = card(maker, world, "M6").locator(".meta").first.bounding_box()
    x, y = place["x"] + 20, place["y"] + 8
    finger(
        maker,
        line,
        ("touchStart", x, y),
        ("touchMove", x, y - 60),
        ("touchMove", x, y - 160),
        0.5,
        ("touchEnd",),
    )
    expect(maker.locator("[data-drops]")).to_be_hidden()
    expect(card(maker, world, "M6").locator("[data-f=state]")).to_have_text("Ready")
    maker.evaluate("scrollTo(0, 0)")
    finger(maker, line, ("touchStart", x, y), 0.6, ("touchMove", x, y + 40), ("touchMove", 195, 800))
    expect(maker.locator(".drop[data-over]")).to_have_text("Start")
    finger(maker, line, ("touchEnd",))
    expect(card(maker, world, "M6").locator("[data-f=state]")).to_have_text("Started")
