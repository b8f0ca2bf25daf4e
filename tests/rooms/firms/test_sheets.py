"""Spreadsheets of a firm: sent, read by the clock, looked at, and taken in as a whole or not at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils.translation import override

from config import clock
from config.rows import Missing, Refused
from firms import actions
from firms.actions import Wanted, taking_in
from firms.models import CapacityWeek, Competency, Sheet, User
from firms.queries.sheets import heading
from firms.sheets import FORMS
from firms.weeks import mondays
from tests.builders.firms import NOW, FirmOf, Firms, add_competency

Opened = Callable[[User], Client]
WEEKS = mondays(NOW.date(), 3)


def send(firm: FirmOf, kind: str, text: str, **changes: Any) -> Sheet:
    sent = {"name": "rows.csv", "content": text.encode(), **changes}
    made = actions.send_sheet(firm.owner.actor, firm.key, kind, **sent, now=NOW)
    return Sheet.objects.get(key=made["sheet"])


def work(sheet: Sheet, after: timedelta = timedelta()) -> Sheet:
    actions.work_on_sheets(NOW, instant=NOW + after)
    sheet.refresh_from_db()
    return sheet


def weeks_of(line: str, units: int, count: int = 3) -> str:
    return "line,week_from,units\n" + "".join(f"{line},{week},{units}\n" for week in WEEKS[:count])


def take_in(firm: FirmOf, sheet: Sheet) -> Sheet:
    actions.take_in_sheet(firm.owner.actor, sheet.key, now=NOW)
    return work(sheet)


def test_what_is_read_changes_nothing_until_it_is_taken_in(world: Firms) -> None:
    sheet = work(send(world.maker, "capacity", weeks_of("Sewing line", 1_500) + f"New line,{WEEKS[0]},7\n"))
    assert (sheet.state, sheet.read_rows, sheet.new_rows, sheet.changed_rows) == ("read", 4, 1, 3)
    assert not CapacityWeek.objects.filter(published_units=1_500).exists()
    assert take_in(world.maker, sheet).state == "taken_in"
    assert CapacityWeek.objects.filter(published_units=1_500, line__firm=world.maker.firm).count() == 3
    assert world.maker.firm.lines.get(name="New line").weeks.get().published_units == 7
    assert not sheet.parts.exists()
    assert sheet.content is None


def test_a_firm_sends_so_many_files_a_day_and_keeps_so_many_rows(
    world: Firms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firms.actions.sheets.MOST_IN_A_DAY", 2)
    monkeypatch.setattr("firms.actions.entries.MOST_KEPT", world.maker.firm.sites.count() + 1)
    text = "name,unlocode\nNorth,CNNGB\nSouth,CNSHA\n"
    for _file in "12":
        sheet = work(send(world.maker, "sites", text))
        assert (take_in(world.maker, sheet).state, sheet.fault) == ("read", "too_many_kept")
        actions.discard_sheet(world.maker.owner.actor, sheet.key, now=NOW)
    with pytest.raises(Refused, match="too_many"):
        send(world.maker, "sites", text)


def test_what_breaks_its_reader_is_not_read_again_and_again(world: Firms) -> None:
    sheet = send(world.maker, "capacity", weeks_of("Sewing line", 5))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(taking_in, "Parser", lambda *_args: 1 / 0)
        assert (work(sheet).state, sheet.fault) == ("unreadable", "failed")
    assert work(send(world.maker, "capacity", weeks_of("Sewing line", 6))).state == "read"


def test_taking_in_twice_is_once(world: Firms) -> None:
    sheet = work(send(world.maker, "capacity", weeks_of("Sewing line", 1_500)))
    for _ in range(2):
        actions.take_in_sheet(world.maker.owner.actor, sheet.key, now=NOW)
    assert work(sheet).state == "taken_in"
    published = CapacityWeek.objects.filter(published_units=1_500).values_list("published_at", flat=True)
    assert take_in(world.maker, sheet).ended_at == NOW
    assert list(published) == [NOW] * 3


def test_one_wrong_row_keeps_all_out(world: Firms, of: Opened) -> None:
    sheet = work(send(world.maker, "capacity", weeks_of("Sewing line", 1_500) + "Sewing line,2026-03-03,5\n"))
    assert (sheet.state, sheet.wrong_rows) == ("read", 1)
    with pytest.raises(Refused, match="wrong_rows"):
        actions.take_in_sheet(world.maker.owner.actor, sheet.key, now=NOW)
    address = f"/firm/{world.maker.key}/sheet/{sheet.key}/"
    shown = of(world.maker.owner).get(address).content.decode()
    for text in ("Weeks begin on Mondays.", "The Monday of that week is 2026-03-02.", "Week from"):
        assert text in shown
    answer = of(world.maker.owner).get(address + "wrong-rows/")
    listed = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert listed.splitlines()[1].startswith("5,Week from,Weeks begin on Mondays.")


def test_what_changed_meanwhile_puts_it_back_whole(world: Firms, of: Opened) -> None:
    text = f"line,week_from,units\nFresh line,{WEEKS[0]},9\nSewing line,{WEEKS[0]},100\n"
    sheet = work(send(world.maker, "capacity", text))
    assert (sheet.new_rows, sheet.changed_rows) == (1, 1)
    line = world.maker.firm.lines.get(name="Sewing line")
    with transaction.atomic():
        actions.hold("alliance/maker-1", [Wanted(line.pk, WEEKS[0], WEEKS[0], 300)], now=NOW)
    assert take_in(world.maker, sheet).state == "read"
    assert sheet.fault == "below_used"
    assert not world.maker.firm.lines.filter(name="Fresh line").exists()
    shown = of(world.maker.owner).get(f"/firm/{world.maker.key}/sheet/{sheet.key}/").content.decode()
    assert "More is promised meanwhile" in shown
    assert "300" in shown


def test_a_reader_that_died_is_followed_by_another(world: Firms, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts that were kept stay; the lease has to pass before somebody else reads on."""
    monkeypatch.setattr(taking_in, "PART", 1)
    sheet = send(world.maker, "capacity", weeks_of("Sewing line", 1_500) + f"Sewing line,{WEEKS[0]},7\n")
    keep = taking_in._keep

    def dying(sheet: Sheet, number: int, *args: Any) -> bool:
        if number == 2:
            raise MemoryError
        return keep(sheet, number, *args)

    monkeypatch.setattr(taking_in, "_keep", dying)
    with pytest.raises(MemoryError):
        work(sheet)
    monkeypatch.setattr(taking_in, "_keep", keep)
    assert (work(sheet).state, sheet.read_rows) == ("reading", 2)
    assert (work(sheet, taking_in.LEASE).state, sheet.read_rows) == ("read", 4)
    assert sheet.wrong_rows == 1  # the last row repeats the first, which was read before
    assert sheet.parts.count() == 4


@pytest.mark.parametrize("kind", ["competencies", "capacity", "sites"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_downloaded_says_nothing_new(world: Firms, of: Opened, kind: str, form: str) -> None:
    """The round trip, with a text that a spreadsheet would compute."""
    clock.set_pace(1.0, start_at=NOW)
    add_competency(world.maker, process="=1+1", unit_cost_minor=12_345_678)
    actions.add_site(
        world.maker.owner.actor, world.maker.key, "West", unlocode="CNSHA", latitude=-31.2, now=NOW
    )
    owner = of(world.maker.owner)
    content = owner.get(f"/firm/{world.maker.key}/sheets/{kind}/download/{form}/").content
    file = SimpleUploadedFile(f"mine.{form}", content)
    sent = owner.post(f"/firm/{world.maker.key}/sheets/{kind}/", {"file": file}, follow=True)
    assert "Being read" in sent.content.decode()
    sheet = work(Sheet.objects.get())
    assert (sheet.state, sheet.fault) == ("read", "")
    assert (sheet.new_rows, sheet.changed_rows, sheet.wrong_rows) == (0, 0, 0)
    assert sheet.same_rows == sheet.read_rows > 1
    shown = owner.get(f"/firm/{world.maker.key}/sheet/{sheet.key}/").content.decode()
    assert "there is nothing to take in" in shown


def test_competencies_are_added_and_changed_with_their_prices(world: Firms, of: Opened) -> None:
    old = Competency.objects.get(firm=world.maker.firm)
    text = (
        "id,site,line,hs6,process,material,currency,unit_cost,lead_time_days,tier1_from,tier1_cost\n"
        f"{old.pk},Main site,Sewing line,620342,cut and sew,linen,USD,7.50,9,,\n"
        ",Main site,Second line,620343,cut,wool,USD,8,10,100,7.25\n"
    )
    sheet = work(send(world.maker, "competencies", text))
    preview = of(world.maker.owner).get(f"/firm/{world.maker.key}/sheet/{sheet.key}/").content.decode()
    assert "7.50" in preview  # as it was written, before anything is changed
    assert take_in(world.maker, sheet)
    assert (sheet.state, sheet.new_rows, sheet.changed_rows) == ("taken_in", 1, 1)
    old.refresh_from_db()
    assert (old.material, old.unit_cost_minor, old.tiers.count()) == ("linen", 750, 0)
    fresh = Competency.objects.get(firm=world.maker.firm, hs6="620343")
    assert (fresh.line.name, fresh.moq_units, fresh.tiers.get().unit_cost_minor) == ("Second line", 1, 725)


def test_a_row_id_of_another_firm_is_not_known(world: Firms) -> None:
    other = add_competency(world.carrier)
    text = "id,site,line,hs6,process,material,currency,unit_cost,lead_time_days\n"
    text += f"{other},Main site,A,620342,a,b,USD,1,1\n"
    assert work(send(world.maker, "competencies", text)).wrong_rows == 1


def test_files_that_cannot_be_read_say_so(world: Firms, of: Opened) -> None:
    sheet = work(send(world.maker, "capacity", "price\n5\n"))
    assert (sheet.state, sheet.fault) == ("unreadable", "lacks_columns")
    shown = of(world.maker.owner).get(f"/firm/{world.maker.key}/sheet/{sheet.key}/").content.decode()
    assert "Columns are missing: Line, Week from, Units." in shown


def test_headings_may_be_chinese(world: Firms) -> None:
    with override("zh-hans"):
        titles = heading(FORMS["capacity"])
    text = weeks_of("Sewing line", 5).replace("line,week_from,units", ",".join(titles), 1)
    assert work(send(world.maker, "capacity", text)).changed_rows == 3


def test_who_may_and_what_is_not_ones_own(world: Firms, of: Opened) -> None:
    sheet = work(send(world.maker, "capacity", weeks_of("Sewing line", 5)))
    with pytest.raises(Refused, match="not_allowed"):
        actions.take_in_sheet(world.maker.worker.actor, sheet.key, now=NOW)
    for stranger in (world.outsider.owner, world.operator):
        with pytest.raises(Missing):
            actions.take_in_sheet(stranger.actor, sheet.key, now=NOW)
    address = f"/firm/{world.outsider.key}/sheet/{sheet.key}/"
    assert of(world.outsider.owner).get(address).status_code == 404
    assert of(world.maker.owner).get(f"/firm/{world.maker.key}/sheets/lanes/").status_code == 404


def test_a_sheet_is_discarded_by_hand_or_by_time(world: Firms) -> None:
    first, second = (work(send(world.maker, "capacity", weeks_of("Sewing line", 5))) for _ in range(2))
    actions.discard_sheet(world.maker.owner.actor, first.key, now=NOW)
    first.refresh_from_db()
    assert (first.state, first.parts.count()) == ("discarded", 0)
    with pytest.raises(Refused, match="not_read"):
        actions.take_in_sheet(world.maker.owner.actor, first.key, now=NOW)
    actions.work_on_sheets(NOW + taking_in.KEPT, instant=NOW)
    second.refresh_from_db()
    assert second.state == "discarded"


def test_not_too_many_wait_and_none_is_too_large(world: Firms) -> None:
    for _ in range(5):
        send(world.maker, "capacity", "a")
    with pytest.raises(Refused, match="too_many"):
        send(world.maker, "capacity", "a")
    with pytest.raises(Refused, match="invalid"):
        send(world.outsider, "capacity", "a" * (16 * 1024 * 1024 + 1))
