"""The board's main story, on a phone and on a desktop, in Chinese and in English; a partner looks on.

Nothing here is found by its English name: what a button does is written on it (`data-verb`).
"""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from alliances.models import Task
from tests.browser.test_portal_story import EVERYBODY, Reader
from tests.browsers import Pages
from tests.builders.firms import User
from tests.rooms.alliances.boards import World


@dataclass(frozen=True)
class Board:
    """One person's board, open and live."""

    page: Page
    reader: Reader
    world: World

    @classmethod
    def open(cls, pages: Pages, reader: Reader, world: World, user: User) -> "Board":
        page = reader.open(pages, f"/alliances/{world.alliance.key}/", user)
        expect(page.locator("[data-live=live]")).to_be_visible()
        return cls(page, reader, world)

    def card(self, code: str) -> Locator:
        return self.page.locator(f"#task-{self.world.task(code).pk}")

    def do(self, code: str, verb: str) -> None:
        self.reader.press(self.card(code).locator(f"[data-verb={verb}]:not([data-all])").first)

    def shows(self, code: str, state: str) -> None:
        word = self.reader.word(state, of="state")
        expect(self.card(code).locator("[data-f=state]")).to_have_text(word)


@pytest.mark.parametrize("reader", EVERYBODY, ids=lambda one: f"{one.language} phone={one.is_phone}")
def test_a_task_from_its_start_to_the_next_ones_hands(world: World, pages: Pages, reader: Reader) -> None:
    mine = Board.open(pages, reader, world, world.maker)
    carrier = Board.open(pages, reader, world, world.firms.carrier.worker)
    mine.do("M6", "start")
    reader.press(mine.page.locator(".toast button").first)
    mine.shows("M6", "Ready")
    mine.do("M6", "start")
    for board in (mine, carrier):
        board.shows("M6", "Started")
    mine.page.context.set_offline(True)
    mine.card("M6").locator("[name=done_units]").fill("1000")
    mine.do("M6", "progress")
    mine.do("M6", "finish")
    mine.shows("M6", "Finished")
    assert Task.objects.get(pk=world.task("M6").pk).done_units == 0
    mine.page.context.set_offline(False)
    carrier.shows("M6", "Finished")
    carrier.shows("L4", "Ready")
    kinds = list(world.alliance.stream.events.values_list("kind", flat=True))
    assert kinds == ["started", "handed_back", "started", "progressed", "finished"]
    assert reader.complaints(carrier.page) == {}
