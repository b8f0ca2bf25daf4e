"""The main job, end to end, through real doors: HTTP, websockets, and Celery's worker and beat."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import httpx
import pytest
from django.utils import timezone

from alliances.models import Alliance, Event
from config import clock
from config.sample import economics, places, world
from firms.models import AccessToken, CapacityWeek, Member, Reservation, User
from matching import feeds
from tests.platforms import Platform
from tests.stories.people import Board, Person, wait_for

PRODUCT = "seasonal-cards"
RECORDED = date(2017, 1, 1), date(2017, 2, 6)


@pytest.fixture
def market_day(real_database: object, settings, tmp_path: Path) -> datetime:
    """A small world of invented firms, on a Monday morning of the market."""
    settings.DATA_DIR = tmp_path
    today = timezone.now().date()
    monday = today - timedelta(days=today.weekday())
    clock.set_pace(1.0, start_at=datetime.combine(monday, time(8), UTC))
    world.build(clock.now(), trade="paper", market="US")
    return clock.now()


def recorded_orders(now: datetime) -> list[dict[str, object]]:
    """The recorded orders of the product, moved so that the last day was yesterday."""
    shift = (now.date() - timedelta(days=1) - RECORDED[1]).days
    rows = feeds.recorded_days("orders_2017", *RECORDED, shift_days=shift)
    return [row for row in rows if row["product"] == PRODUCT]


def post_signals(platform: Platform, rows: list[dict[str, object]], token: str) -> httpx.Response:
    url, headers = f"{platform.url}/api/signals/", {"Authorization": f"Bearer {token}"}
    return httpx.post(url, json=rows, headers=headers, timeout=60)


def fill_in_economics(operator: Person, opportunity: str) -> None:
    page = next(iter(operator.links(opportunity, r"/opportunities/[^\"]+/economics/US/")))
    lines = economics.lines("490900", "US", timezone.now().date())
    form: dict[str, str] = {}
    for line in lines:
        amount, rate = line["amount_minor"], line["rate_bp"]
        value = f"{int(str(amount)) / 100:.2f}" if rate is None else f"{int(str(rate)) / 100:.2f}%"
        form |= {
            f"{line['kind']}_value": value,
            f"{line['kind']}_source": "market study",
            f"{line['kind']}_on": "2026-01-05",
        }
    operator.send(page, page, **form)


def choose_a_plan(operator: Person, opportunity: str) -> str:
    """Open the risk of the best proposal and approve it; returns the alliance's key."""
    proposals = wait_for(lambda: operator.links(opportunity, r"/proposals/[0-9a-f-]{36}/"), "proposals")
    assert len(proposals) >= 3
    unseen = operator.send(proposals[0], f"{proposals[0]}approve/", back=proposals[0])
    assert not Alliance.objects.exists(), unseen.text[:300]
    risk = f"{proposals[0]}risk/"
    assert "P80" in operator.see(risk) or "80" in operator.see(risk)
    operator.send(risk, f"{proposals[0]}approve/", back=opportunity)
    return str(Alliance.objects.get().key)


def accept_from_the_desk(person: Person) -> None:
    for invitation in person.links("/desk/", r"/invitations/[0-9a-f-]{36}/"):
        shown = re.search(r'name="terms_hash" value="([0-9a-f]{64})"', person.see(invitation))
        assert shown
        person.send(invitation, f"{invitation}accept/", terms_hash=shown[1])


def work_off(boards: dict[str, Board]) -> None:
    """Every firm does what is ready on its own board, until the alliance begins to wind down."""

    def is_done() -> bool:
        for firm, board in boards.items():
            board.listen()
            do_own_tasks(firm, board)
        return Alliance.objects.get().state != "operating"

    wait_for(is_done, "the end of all tasks")


def do_own_tasks(firm: str, board: Board) -> None:
    mine = [
        t
        for t in board.tasks.values()
        if t["firm"] == firm and t["state"] in {"ready", "started"} and not t["is_milestone"]
    ]
    for found in mine:
        task = board.do("start", found)["result"]["task"] if found["state"] == "ready" else found
        if task["needs_evidence"]:
            assert board.do("post_evidence", task, text="looked at and in order")["ok"]
        said = {"done_units": task["target_units"]} if task["target_units"] else {}
        if task["reports_revenue"]:
            said["revenue_minor"] = (task["target_units"] or 1) * 899
        answer = board.do("finish", task, **said)
        assert answer["ok"], answer


@pytest.fixture
def partners(market_day: datetime, live_platform: Platform) -> Iterator[dict[str, Person]]:
    """The owner of every firm, by the firm's key."""
    owners = Member.objects.filter(role="owner").select_related("firm", "user")
    yield {str(member.firm.key): Person(live_platform, member.user) for member in owners}


def test_from_orders_to_a_sealed_record(market_day, live_platform, partners):
    operator = Person(live_platform, User.objects.get(email=world.OPERATOR))
    token = AccessToken.objects.issue(operator.user, "market feed")
    rows = recorded_orders(market_day)

    assert post_signals(live_platform, rows, token).json()["accepted"] == len(rows)
    assert post_signals(live_platform, rows, token).json()["unchanged"] == len(rows)
    assert post_signals(live_platform, rows, "mur_wrong").status_code == 401

    wait_for(lambda: "Seasonal cards" in operator.see("/console/spikes/"), "a spike")
    opportunity = wait_for(
        lambda: operator.links("/console/opportunities/", r"/opportunities/[0-9a-f-]{36}/"), "an opportunity"
    )[0]
    fill_in_economics(operator, opportunity)
    alliance = choose_a_plan(operator, opportunity)

    for person in partners.values():
        accept_from_the_desk(person)
    wait_for(lambda: Alliance.objects.get().state == "operating", "the launch")
    seated = {str(key) for key in Alliance.objects.get().grants.values_list("firm__key", flat=True)}
    outsider = next(person for key, person in partners.items() if key not in seated)
    outsider.see(f"/alliances/{alliance}/", status=404)

    boards = {key: Board(live_platform, partners[key], alliance) for key in seated}
    report_from_the_warehouse(boards)
    work_off(boards)

    clock.set_pace(1.0, start_at=clock.now() + timedelta(hours=25))  # the cooling-off
    wait_for(lambda: Alliance.objects.get().state == "settling", "the settlement")
    for key in seated:
        partners[key].send(f"/alliances/{alliance}/settlement/", f"/alliances/{alliance}/confirm/")
    assert_nothing_is_left(partners[next(iter(seated))], alliance, boards)


def report_from_the_warehouse(boards: dict[str, Board]) -> None:
    """What one partner counts and reports, every other sees on its board."""
    first, *others = boards.values()
    assert first.do("post_stock", place="Ontario, CA", units=120)["ok"]
    assert first.do("post_exception", kind="damage", text="Two cartons are wet.")["ok"]
    for board in others:
        wait_for(
            lambda board=board: (
                board.listen() and [row for row in board.state["stock"].values() if row["units"] == 120]
            ),
            "stock",
        )
        wait_for(
            lambda board=board: board.listen() and [t for t in board.tasks.values() if t["exception_kind"]],
            "an exception",
        )


def assert_nothing_is_left(person: Person, alliance: str, boards: dict[str, Board]) -> None:
    ended = wait_for(lambda: Alliance.objects.filter(state="dissolved").first(), "the dissolution")
    for board in boards.values():
        wait_for(lambda board=board: board.listen() and board.close_code, "closed sockets")
        assert board.close_code == 4410
    person.see(f"/alliances/{alliance}/", status=404)
    assert not ended.grants.filter(ended_at=None).exists()
    assert not Reservation.objects.live().exists()
    assert not CapacityWeek.objects.exclude(used_units=0).exists()
    assert sum(ended.settlement.shares.values_list("amount_minor", flat=True)) == 0
    versions = list(
        Event.objects.filter(stream=ended.stream).order_by("version").values_list("version", flat=True)
    )
    assert versions == list(range(1, len(versions) + 1))
    assert len(ended.root_hash) == 64
    assert places.MARK in person.see("/desk/")
