"""Tables that are sorted, filtered and paged in the database; their files; and the views that people keep of them."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from config.csv_file import cell, lines
from config.rows import Missing, Refused
from config.tables import with_changes
from firms import actions
from firms.models import Firm, SavedView, User
from firms.queries import personal, tables
from tests.builders.firms import Firms, small_world

pytestmark = pytest.mark.usefixtures("savepoint")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
MANY = 130


@pytest.fixture(scope="module")
def world(module_transaction: None) -> Firms:
    """The small world, and many firms that wait."""
    made = small_world()
    Firm.objects.bulk_create(
        Firm(
            legal_name=f"=Firm {number:03}",
            country="CN",
            legal_person=f"p{number}",
            trust=number,
            joined_at=timezone.now(),
        )
        for number in range(MANY)
    )
    return made


@pytest.fixture
def browser(world: Firms) -> Client:
    client = Client()
    client.force_login(world.operator)
    return client


def shown(query: str) -> list[str]:
    return [row.legal_name for row in tables.firms(QueryDict(query), "applied").page]


def test_a_page_is_sorted_and_filtered_by_the_database(world: Firms) -> None:
    assert shown("q=firm&sort=-standing")[:2] == ["=Firm 129", "=Firm 128"]
    assert shown("q=firm&sort=name&page=3")[-1] == "=Firm 129"
    assert shown("q=012") == ["=Firm 012"]
    assert shown("q=nobody") == []
    assert len(shown("page=999&q=firm")) == MANY % 50  # the last one


def test_links_keep_the_filter_and_turn_the_order(world: Firms) -> None:
    table = tables.firms(QueryDict("q=firm&sort=name&page=2&state=applied"), "applied")
    name = table.heads[0]
    assert (name.direction, name.url) == ("ascending", "?q=firm&state=applied&sort=-name")
    assert table.next_url == "?q=firm&sort=name&state=applied&page=3"
    assert table.previous_url.endswith("page=1")
    assert table.csv_url == "?q=firm&sort=name&state=applied&format=csv"
    assert table.kept == [("sort", "name"), ("state", "applied")]
    assert tables.firms(QueryDict("sort=password"), "applied").query == "sort=password"  # and sorts nothing
    assert with_changes(QueryDict("a=1&page=4"), page=None, b="2") == "?a=1&b=2"


def test_the_file_has_every_row_of_the_filter_and_no_formula(browser: Client) -> None:
    answer = browser.get("/console/firms/?q=firm&sort=-standing&format=csv")
    assert answer["Content-Disposition"] == 'attachment; filename="firms.csv"'
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:2] == ["Legal name", "Country"]
    assert len(rows) == MANY + 1
    assert rows[1][:2] == ["'=Firm 129", "CN"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("-3", "'-3"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("silk;=1+1; @SUM(A1)", "silk;'=1+1;' @SUM(A1)"),
        ("silk; wool", "silk; wool"),
        ("silk", "silk"),
        (-3, -3),
        (None, ""),
        (NOW.date(), "2026-05-04"),
    ],
)
def test_no_cell_is_taken_for_a_formula(value: object, written: object) -> None:
    assert cell(value) == written


def test_a_long_file_comes_in_pieces() -> None:
    pieces = list(lines([number] for number in range(1000)))
    assert len(pieces) > 4
    assert "".join(pieces).count("\r\n") == 1000


@pytest.mark.parametrize("path", ["alliances", "firms", "spikes", "opportunities", "signals", "proposals"])
def test_every_table_has_a_file_a_filter_and_views(browser: Client, path: str) -> None:
    page = browser.get(f"/console/{path}/?q=zzz").content.decode()
    assert f'action="/views/{path}/save/"' in page
    assert 'name="q"' in page
    answer = browser.get(f"/console/{path}/?format=csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert b"".join(answer.streaming_content).startswith("\ufeff".encode())  # type: ignore[attr-defined]


def test_a_view_is_kept_replaced_deleted_and_brought_back(world: Firms, browser: Client) -> None:
    form = {"name": "Late ones", "query": "q=firm&sort=-standing", "back": "/console/firms/?q=firm"}
    assert browser.post("/views/firms/save/", form)["Location"] == form["back"]
    browser.post("/views/firms/save/", {**form, "query": "?q=other"})
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Late ones", "q=other")
    assert 'href="/console/firms/?q=other"' in browser.get("/console/firms/").content.decode()
    browser.post(f"/views/{view.pk}/drop/")
    page = browser.get("/console/firms/").content.decode()
    assert "Undo: bring Late ones back" in page
    assert 'href="/console/firms/?q=other"' not in page
    browser.post(f"/views/{view.pk}/restore/")
    assert 'href="/console/firms/?q=other"' in browser.get("/console/firms/").content.decode()


def test_views_are_their_persons_own_and_bounded(world: Firms) -> None:
    me, other = world.operator, world.maker.owner
    kept = save(me, "mine")
    for verb in (actions.drop_view, actions.restore_view):
        with pytest.raises(Missing):
            verb(other.actor, kept, now=NOW)
    with pytest.raises(Missing):
        actions.save_view(me.actor, "secrets", "a", "", now=NOW)
    for name, query in (("", ""), ("a" * 61, ""), ("a", "q=" + "b" * 400)):
        with pytest.raises(Refused):
            actions.save_view(me.actor, "firms", name, query, now=NOW)
    actions.drop_view(me.actor, kept, now=NOW)
    save(me, "mine")
    with pytest.raises(Refused) as refused:
        actions.restore_view(me.actor, kept, now=NOW)
    assert refused.value.code == "name_taken"


def test_what_was_deleted_long_ago_is_gone(world: Firms) -> None:
    kept = save(world.operator, "old")
    actions.drop_view(world.operator.actor, kept, now=NOW)
    with pytest.raises(Missing):
        actions.restore_view(world.operator.actor, kept, now=NOW + timedelta(hours=2))
    save(world.operator, "new", NOW + timedelta(hours=2))
    assert not SavedView.objects.filter(pk=kept).exists()


def test_views_go_home_with_their_person_and_are_forgotten_with_them(world: Firms) -> None:
    owner = world.maker.owner
    save(owner, "my tasks")
    assert [one["name"] for one in personal.about(owner.pk)["saved_views"]] == ["my tasks"]
    actions.forget(owner.pk, now=NOW)
    assert not SavedView.objects.filter(user=owner).exists()


def save(user: User, name: str, now: datetime = NOW) -> int:
    return int(actions.save_view(user.actor, "firms", name, "q=a", now=now)["view"])
