"""A firm says what it can do, in amounts as people write them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.rows import Actor, Missing, Refused
from firms import actions
from firms.actions.rights import firm_to_change
from firms.models import Competency, Firm, Lane, Reach, Service, User
from tests.builders.firms import NOW, Firms, add_competency, add_site, person

COMPETENCY = {
    "hs6": "611020",
    "process": "knit",
    "material": "wool",
    "certificates": "OEKO-TEX",
    "line": "Sewing line",
    "currency": "USD",
    "unit_cost": "7.25",
    "fixed_cost": "120",
    "moq_units": "50",
    "lead_time_days": "9",
    "stock_units": "0",
    "tier1_from": "500",
    "tier1_cost": "6.9",
}
LANE = {
    "origin": "cnngb",
    "market": "FR",
    "mode": "sea",
    "supervision_mode": "9810",
    "line": "Containers",
    "currency": "CNY",
    "unit_cost": "3.5",
    "fixed_cost": "900",
    "min_units": "100",
    "transit_p50_days": "30",
    "transit_p90_days": "41",
}
REACH = {
    "market": "FR",
    "language": "fr",
    "channel": "live",
    "reach_people": "200000",
    "currency": "EUR",
    "fee": "800",
}
SERVICE = {"role": "warehouse", "place": "fr", "currency": "EUR", "fee": "150", "per_unit": "0.20"}
Opened = Callable[[User], Client]


def page(client: Client, path: str, sent: dict[str, Any] | None = None) -> str:
    answer = client.post(path, sent, follow=True) if sent is not None else client.get(path, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def competency(world: Firms, **changes: Any) -> dict[str, Any]:
    return {**COMPETENCY, "site": world.maker.firm.sites.get().pk, **changes}


def test_a_competency_is_added_changed_and_withdrawn(world: Firms, of: Opened) -> None:
    client, home = of(world.maker.manager), f"/firm/{world.maker.key}/competencies/"
    shown = page(client, home + "add/", competency(world))
    assert "$7.25" in shown
    assert "$6.90" in shown
    row = Competency.objects.get(hs6="611020")
    assert (row.unit_cost_minor, row.fixed_cost_minor, row.line.name) == (725, 12_000, "Sewing line")
    assert list(row.tiers.values_list("from_units", "unit_cost_minor")) == [(500, 690)]
    assert 'value="7.25"' in page(client, f"{home}{row.pk}/change/")
    sent = competency(world, unit_cost="8", currency="JPY", fixed_cost="0", tier1_from="", tier1_cost="")
    page(client, f"{home}{row.pk}/change/", sent)
    row.refresh_from_db()
    assert (row.unit_cost_minor, row.currency, row.tiers.count()) == (
        8,
        "JPY",
        0,
    )  # a yen has no smaller part
    assert "611020" not in page(client, f"{home}{row.pk}/withdraw/", {})
    assert client.get(f"{home}{row.pk}/change/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hs6": "6110"}, "six digits"),
        ({"unit_cost": "7.255"}, "has 2 decimal places"),
        ({"unit_cost": "-1"}, "greater than or equal to 0"),
        ({"moq_units": "0"}, "greater than or equal to 1"),
        ({"site": "999999"}, "Select a valid choice"),
        ({"tier1_cost": ""}, "Give both the units and the cost"),
        ({"tier2_from": "500", "tier2_cost": "5"}, "already exists"),
        ({"line": " "}, "This field is required"),
        ({"currency": "XXX"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    world: Firms, of: Opened, changes: dict[str, str], words: str
) -> None:
    before = Competency.objects.count()
    sent = competency(world, **changes)
    shown = page(of(world.maker.owner), f"/firm/{world.maker.key}/competencies/add/", sent)
    assert words in shown
    assert "data-problems" in shown
    assert Competency.objects.count() == before


@pytest.mark.parametrize(
    ("kind", "sent", "changed", "model", "minor"),
    [
        ("lanes", LANE, {"unit_cost": "4"}, Lane, {"unit_cost_minor": 400, "fixed_cost_minor": 90_000}),
        ("reach", REACH, {"fee": "900"}, Reach, {"fee_minor": 90_000}),
        ("services", SERVICE, {"fee": "160"}, Service, {"fee_minor": 16_000, "per_unit_minor": 20}),
    ],
)
def test_lanes_reach_and_services(
    world: Firms, of: Opened, kind: str, sent: dict[str, str], changed: dict[str, str], model: Any, minor: Any
) -> None:
    client, home = of(world.outsider.owner), f"/firm/{world.outsider.key}/{kind}/"
    assert "Nothing here yet" in page(client, home)
    page(client, home + "add/", sent)
    row = model.objects.get(firm=world.outsider.firm)
    page(client, f"{home}{row.pk}/change/", {**sent, **changed})
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in minor} == minor
    assert "Nothing here yet" in page(client, f"{home}{row.pk}/withdraw/", {})


@pytest.mark.parametrize(
    ("kind", "sent", "words"),
    [
        ("lanes", {**LANE, "origin": "NINGBO"}, "UN/LOCODE"),
        ("lanes", {**LANE, "origin": "XXNGB"}, "must be a country"),
        ("lanes", {**LANE, "transit_p90_days": "12"}, "cannot arrive sooner"),
        ("services", {**SERVICE, "place": "XX"}, "must be a country"),
        ("reach", {**REACH, "reach_people": "0"}, "greater than or equal to 1"),
    ],
)
def test_other_offers_that_are_wrong(
    world: Firms, of: Opened, kind: str, sent: dict[str, str], words: str
) -> None:
    assert words in page(of(world.outsider.owner), f"/firm/{world.outsider.key}/{kind}/add/", sent)


def test_a_firm_without_a_site_names_one_first(world: Firms, of: Opened) -> None:
    world.outsider.firm.sites.all().delete()
    client = of(world.outsider.owner)
    assert "No site yet" in page(client, f"/firm/{world.outsider.key}/competencies/add/")
    site = {"name": "Works", "unlocode": "cn hgh", "latitude": "30.27", "longitude": "120.15"}
    assert "CNHGH" in page(client, f"/firm/{world.outsider.key}/sites/", site)
    assert "already exists" in page(client, f"/firm/{world.outsider.key}/sites/", site)
    row = world.outsider.firm.sites.get()
    gone = page(client, f"/firm/{world.outsider.key}/sites/{row.pk}/remove/", {})
    assert "No site yet" in gone


def test_a_site_in_use_stays(world: Firms, of: Opened) -> None:
    site = world.maker.firm.sites.get()
    shown = page(of(world.maker.owner), f"/firm/{world.maker.key}/sites/{site.pk}/remove/", {})
    assert "cannot be removed" in shown


def test_workers_read_but_do_not_change(world: Firms, of: Opened) -> None:
    row = Competency.objects.get(firm=world.maker.firm)
    client, home = of(world.maker.worker), f"/firm/{world.maker.key}/competencies/"
    assert "add/" not in page(client, home)
    for path in ("add/", f"{row.pk}/change/", f"{row.pk}/withdraw/"):
        assert "Only owners and managers" in page(client, home + path, competency(world))
    assert "Withdraw 620342 cut and sew" in page(
        of(world.maker.owner), f"{home}{row.pk}/withdraw/"
    )  # asks once
    row.refresh_from_db()
    assert row.withdrawn_at is None


def test_what_belongs_to_others_does_not_exist(world: Firms, of: Opened) -> None:
    row = Competency.objects.get(firm=world.maker.firm)
    client = of(world.outsider.owner)
    for key in (world.maker.key, world.outsider.key):
        for verb in ("change", "withdraw"):
            assert client.post(f"/firm/{key}/competencies/{row.pk}/{verb}/", {}).status_code == 404
    with pytest.raises(Missing):
        actions.withdraw_competency(world.outsider.owner.actor, row.pk, now=NOW)
    with pytest.raises(Missing):
        actions.change_competency(person("nobody").actor, row.pk, {"process": "theft"}, now=NOW)


def test_what_is_withdrawn_while_a_change_waits_stays_withdrawn(
    world: Firms, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Competency.objects.get(firm=world.maker.firm)

    def overtaken(actor: Actor, key: Any) -> Firm:
        Competency.objects.filter(pk=row.pk).update(withdrawn_at=NOW)
        return firm_to_change(actor, key)

    monkeypatch.setattr("firms.actions.offers.firm_to_change", overtaken)
    with pytest.raises(Missing):
        actions.change_competency(world.maker.owner.actor, row.pk, {"process": "late"}, now=NOW)


def test_a_list_of_offers_costs_a_fixed_number_of_queries(world: Firms, of: Opened) -> None:
    client, home = of(world.maker.owner), f"/firm/{world.maker.key}/competencies/"
    page(client, home)
    with CaptureQueriesContext(connection) as few:
        page(client, home)
    for number in range(3):
        add_competency(world.maker, process=f"process {number}")
    with CaptureQueriesContext(connection) as many:
        page(client, home)
    assert len(many) == len(few)


def test_a_competency_cannot_use_anothers_site_or_change_hands(world: Firms) -> None:
    foreign = add_site(world.outsider, "Far", "CNSHA")
    with pytest.raises(Refused, match="own sites"):
        add_competency(world.maker, site=foreign)
    row = Competency.objects.get(firm=world.maker.firm)
    with pytest.raises(Refused, match="cannot be changed"):
        actions.change_competency(world.maker.owner.actor, row.pk, {"firm_id": 1}, now=NOW)


def test_the_database_knows_whose_line_and_site_it_is(world: Firms) -> None:
    theirs = Lane.objects.get(firm=world.carrier.firm).line_id
    far = add_site(world.outsider, "Far", "CNSHA")
    for change in ({"line_id": theirs}, {"site_id": far}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Competency.objects.filter(firm=world.maker.firm).update(**change)
