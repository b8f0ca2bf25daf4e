"""The firm's own pages: what it sees of itself, its capacity, and who else sees any of it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from config import clock
from firms import actions
from firms.actions import Wanted
from firms.models import Firm, User
from firms.reputation import Outcome
from firms.weeks import mondays
from tests.builders.firms import NOW, FirmOf, Firms, applicant_firm, file_deeds, publish

Opened = Callable[[User], Client]
PAGES = [
    "",
    "change/",
    "sites/",
    "members/",
    "capacity/",
    "competencies/",
    "lanes/",
    "reach/",
    "services/",
    "reputation/",
]
FORMS = ["competencies/add/", "lanes/add/", "reach/add/", "services/add/"]


def page(client: Client, path: str, sent: dict[str, Any] | None = None) -> str:
    answer = client.post(path, sent, follow=True) if sent is not None else client.get(path, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_sees_the_pages_of_a_firm(world: Firms, of: Opened) -> None:
    members = [of(user) for user in (world.maker.owner, world.maker.manager, world.maker.worker)]
    strangers = [of(user) for user in (world.outsider.owner, world.operator)]
    for path in PAGES + FORMS:
        address = f"/firm/{world.maker.key}/{path}"
        assert Client().get(address)["Location"].startswith("/accounts/login/")
        assert [client.get(address).status_code for client in members] == [200] * 3, path
        for client in strangers:
            assert client.get(address).status_code == 404, path
            assert client.post(address, {}).status_code in {404, 405}, path


def test_pages_that_do_not_exist(world: Firms, of: Opened) -> None:
    client = of(world.maker.owner)
    for path in ("nothing/", "nothing/add/", "lanes/1/change/", "capacity/1/", "members/1/end/"):
        assert client.get(f"/firm/{world.maker.key}/{path}").status_code == 404
    assert client.post(f"/firm/{world.maker.key}/sites/1/remove/").status_code == 404


def test_a_firm_is_told_what_to_do_next(world: Firms, of: Opened) -> None:
    firm = applicant_firm("Fresh Ltd", modules=["manufacturing", "marketing"])
    shown = page(of(firm.members.get().user), "/firm/")
    assert "Say what you can make" in shown
    assert "Say whom you reach" in shown
    assert "Say which lanes" not in shown
    publish(world.outsider, "Empty line", 0)
    assert "Publish how much you can do" in page(of(world.outsider.owner), "/firm/")


def test_standing_is_shown_with_its_tally(world: Firms, of: Opened) -> None:
    deeds = [(Outcome.KEPT, 20), (Outcome.LATE, 4), (Outcome.BROKEN, 1)]
    with transaction.atomic():
        file_deeds(world.maker, *deeds)
    shown = page(of(world.maker.worker), "/firm/")
    assert "756 of 1000" in shown  # 28 / 37
    assert "<dd>20</dd>" in shown


def test_details_are_changed_by_those_who_may(world: Firms, of: Opened) -> None:
    address = f"/firm/{world.maker.key}/change/"
    sent = {"currency": "CNY", "time_zone": "Asia/Shanghai", "engagement_cost": "350.50"}
    assert "Only owners and managers" in page(of(world.maker.worker), address, sent)
    assert "has 2 decimal places" in page(
        of(world.maker.owner), address, {**sent, "engagement_cost": "1.234"}
    )
    page(of(world.maker.owner), address, sent)
    row = Firm.objects.get(pk=world.maker.id)
    assert (row.currency, row.time_zone, row.engagement_cost_minor) == ("CNY", "Asia/Shanghai", 35_050)


class TestCapacityPages:
    @pytest.fixture
    def firm(self, world: Firms) -> FirmOf:
        self.line = publish(world.outsider, "Loom", 80, clock.now())
        self.weeks = mondays(clock.now().date(), 12)
        wanted = Wanted(self.line.pk, self.weeks[0], self.weeks[0], 30)
        with transaction.atomic():
            actions.hold("a/maker-1", [wanted], now=NOW)
        return world.outsider

    def address(self, firm: FirmOf) -> str:
        return f"/firm/{firm.key}/capacity/{self.line.pk}/"

    def test_the_table_shows_what_is_free(self, firm: FirmOf, of: Opened) -> None:
        shown = page(of(firm.worker), f"/firm/{firm.key}/capacity/")
        assert ">30</td>" in shown
        assert ">50</td>" in shown

    def test_publishing_fills_empty_weeks_and_keeps_the_rest(self, firm: FirmOf, of: Opened) -> None:
        sent = {"every_week": "100", self.weeks[0].isoformat(): "90", self.weeks[1].isoformat(): "0"}
        page(of(firm.manager), self.address(firm), sent)
        rows = dict(self.line.weeks.values_list("week_on", "published_units"))
        assert [rows[week_on] for week_on in self.weeks] == [90, 0, *[100] * 10]
        page(of(firm.manager), self.address(firm), {self.weeks[2].isoformat(): "5"})
        assert self.line.weeks.get(week_on=self.weeks[3]).published_units == 100

    def test_less_than_promised_is_refused_in_words(self, firm: FirmOf, of: Opened) -> None:
        shown = page(of(firm.owner), self.address(firm), {self.weeks[0].isoformat(): "29"})
        assert "30 units are already promised" in shown
        assert "data-problems" in shown
        assert self.line.weeks.get(week_on=self.weeks[0]).published_units == 80

    def test_a_number_that_is_none_is_refused(self, firm: FirmOf, of: Opened) -> None:
        shown = page(of(firm.owner), self.address(firm), {self.weeks[0].isoformat(): "many"})
        assert "Enter a whole number" in shown

    def test_workers_and_strangers_do_not_publish(self, firm: FirmOf, of: Opened, world: Firms) -> None:
        sent = {self.weeks[0].isoformat(): "70"}
        assert "Only owners and managers" in page(of(firm.worker), self.address(firm), sent)
        assert of(world.maker.owner).post(self.address(firm), sent).status_code == 404

    def test_a_line_is_named(self, firm: FirmOf, of: Opened) -> None:
        shown = page(of(firm.owner), f"/firm/{firm.key}/capacity/", {"name": " Second   loom "})
        assert "Second loom" in shown
        assert "This field is required" in page(of(firm.owner), f"/firm/{firm.key}/capacity/", {"name": ""})


def test_a_script_gets_json(world: Firms, of: Opened) -> None:
    site = world.maker.firm.sites.get()
    headers = {"Accept": "application/json"}
    address = f"/firm/{world.maker.key}/sites/{site.pk}/remove/"
    answer = of(world.maker.owner).post(address, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "site_in_use")
    extra = actions.add_site(world.maker.owner.actor, world.maker.key, "More", unlocode="CNSHA", now=NOW)
    address = f"/firm/{world.maker.key}/sites/{extra['site']}/remove/"
    assert of(world.maker.owner).post(address, headers=headers).json()["ok"] is True
