"""Weeks are painted with one value in one command, and get back what they had; cells are saved together."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from config import clock
from config.rows import Refused
from firms import actions
from firms.actions import Wanted
from firms.models import Competency, Line, User
from firms.weeks import level, mondays
from tests.builders.firms import NOW, Firms, add_competency

Opened = Callable[[User], Client]
WEEKS = mondays(NOW.date(), 15)


@pytest.fixture
def line(world: Firms) -> Line:
    clock.set_pace(1.0, start_at=NOW)
    return Line.objects.get(firm=world.maker.firm)


def units(line: Line) -> list[int | None]:
    found = dict(line.weeks.values_list("week_on", "published_units"))
    return [found.get(week) for week in WEEKS[10:15]]


def paint(
    world: Firms, line: Line, first: int, last: int, value: int, command_id: str = "one"
) -> dict[str, Any]:
    weeks = WEEKS[first : last + 1]
    owner = world.maker.owner.actor
    return actions.paint_capacity(
        owner, world.maker.key, line.pk, weeks, value, now=NOW, command_id=command_id
    )


def unpaint(world: Firms, line: Line, painted: str = "one") -> None:
    actions.unpaint_capacity(world.maker.owner.actor, world.maker.key, line.pk, painted, now=NOW)


def test_a_range_is_painted_once_and_given_back(world: Firms, line: Line) -> None:
    before = units(line)
    assert before == [1_000, 1_000, None, None, None]
    for _ in range(2):
        done = paint(world, line, 11, 13, 250)
    assert units(line) == [1_000, 250, 250, 250, None]
    assert list(done["before"].values()) == [1_000, None, None]
    unpaint(world, line)
    assert units(line) == before


def test_nothing_is_painted_below_what_is_promised_nor_given_back(world: Firms, line: Line) -> None:
    paint(world, line, 12, 12, 800)
    with transaction.atomic():
        actions.hold("alliance/maker-1", [Wanted(line.pk, WEEKS[12], WEEKS[12], 300)], now=NOW)
    with pytest.raises(Refused, match="below_used"):
        paint(world, line, 10, 13, 200, "two")
    assert units(line) == [1_000, 1_000, 800, None, None]
    with pytest.raises(Refused, match="below_used"):
        unpaint(world, line)
    with pytest.raises(Refused, match="not_painted"):
        unpaint(world, line, "never")


def test_a_week_that_was_once_promised_keeps_its_row(world: Firms, line: Line) -> None:
    paint(world, line, 12, 12, 800)
    with transaction.atomic():
        actions.hold("alliance/maker-1", [Wanted(line.pk, WEEKS[12], WEEKS[12], 300)], now=NOW)
        actions.release("alliance", now=NOW)
    unpaint(world, line)
    assert units(line)[2] == 0


def test_it_works_by_pages_alone(world: Firms, line: Line, of: Opened) -> None:
    owner, address = of(world.maker.owner), f"/firm/{world.maker.key}/capacity/{line.pk}/"
    sent = {"weeks": [week.isoformat() for week in WEEKS[12:14]], "units": "70", "command_id": str(uuid4())}
    shown = owner.post(address + "paint/", sent, follow=True).content.decode()
    assert units(line) == [1_000, 1_000, 70, 70, None]
    assert "Undo the last change" in shown
    owner.post(address + "paint/undo/", {"painted": sent["command_id"]})
    assert units(line) == [1_000, 1_000, None, None, None]
    wrong = owner.post(address + "paint/", {"units": "5"})
    assert "Choose the weeks first." in wrong.content.decode()
    told = owner.post(address + "paint/", {"units": "5"}, headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["text"]) == (409, "Choose the weeks first.")


def test_how_full_a_week_looks() -> None:
    assert [level(units, 1_000) for units in (0, 1, 250, 251, 1_000)] == [0, 1, 1, 2, 4]
    assert level(5, 0) == 0


def cells(row: Competency, **changes: str) -> dict[str, str]:
    present = {
        "unit_cost": "6.00",
        "fixed_cost": "0",
        "moq_units": "1",
        "lead_time_days": "7",
        "stock_units": "200",
    }
    return {f"{row.pk}-{name}": value for name, value in (present | changes).items()}


def test_a_table_of_competencies_is_saved_as_a_whole(world: Firms, of: Opened) -> None:
    first = Competency.objects.get(firm=world.maker.firm)
    second = Competency.objects.get(pk=add_competency(world.maker, process="knit"))
    owner, address = of(world.maker.owner), f"/firm/{world.maker.key}/competencies/table/"
    assert "knit" in owner.get(address).content.decode()
    wrong = owner.post(address, cells(first, unit_cost="7.25") | cells(second, moq_units="0"))
    assert f'id="id_{second.pk}-moq_units_error"' in wrong.content.decode()
    first.refresh_from_db()
    assert first.unit_cost_minor == 600
    owner.post(address, cells(first, unit_cost="7.25") | cells(second, stock_units="9"))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.unit_cost_minor, second.unit_cost_minor, second.stock_units) == (725, 600, 9)


def test_only_some_cells_of_ones_own_rows_change(world: Firms) -> None:
    row, actor = Competency.objects.get(firm=world.maker.firm), world.maker.owner.actor
    with pytest.raises(Refused, match="invalid"):
        actions.change_competencies(actor, world.maker.key, {row.pk: {"firm_id": world.outsider.id}}, now=NOW)
    with pytest.raises(Refused, match="gone"):
        actions.change_competencies(
            world.outsider.owner.actor, world.outsider.key, {row.pk: {"moq_units": 2}}, now=NOW
        )
