"""A firm joins through the pages, as a person without JavaScript would; an operator decides."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from config.rows import Missing, Refused
from firms import actions
from firms.models import Draft, Firm, Member, User
from tests.builders.firms import NOW, Firms, applicant_firm, person, some_uscc

FIRM = {"legal_name": "Yiwu Lanterns Ltd", "country": "CN", "kind": "uscc", "identifier": some_uscc(700_001)}
WORK = {
    "modules": ["manufacturing"],
    "products": "paper lanterns，940531, paper lanterns",
    "site_unlocode": "cn yiw",
    "currency": "CNY",
    "person_name": "Li Wei",
}
FIELD = re.compile(r'<(?:input|select|textarea)\b[^>]*\bname="(\w+)"')
FRAME = {"csrfmiddlewaretoken", "next", "command_id"}


@pytest.fixture
def newcomer(db: None) -> Client:
    client = Client()
    client.force_login(person("newcomer"))
    return client


def page(client: Client, path: str, sent: dict[str, Any] | None = None) -> str:
    answer = client.post(path, sent, follow=True) if sent is not None else client.get(path, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_signing_up_leads_to_joining(db: None) -> None:
    client = Client()
    assert "/accounts/signup/?next=/firms/join/" in page(client, "/firms/join/")
    account = {"email": "Fresh@Example.com", "password1": "a-long-pass-word-7"}
    answer = client.post("/accounts/signup/?next=/firms/join/", account)
    assert (answer.status_code, answer["Location"]) == (302, "/firms/join/")
    assert User.objects.get(email="fresh@example.com").pseudonym
    assert "Your firm" in page(client, "/firms/join/")


def test_the_whole_way_in(newcomer: Client) -> None:
    assert "What you do" in page(newcomer, "/firms/join/firm/", FIRM)
    checked = page(newcomer, "/firms/join/work/", WORK)
    for shown in ("Check your answers", "Yiwu Lanterns Ltd", "China", "CNYIW", "We make things"):
        assert shown in checked
    assert "Waiting for verification" in page(newcomer, "/firms/join/check/", {"command_id": "one"})
    firm = Firm.objects.get(legal_name="Yiwu Lanterns Ltd")
    assert (firm.state, firm.currency, firm.legal_person) == ("applied", "CNY", f"uscc:{some_uscc(700_001)}")
    assert firm.sites.get().unlocode == "CNYIW"
    assert firm.products == ["paper lanterns", "940531"]
    owner = firm.members.get()
    assert (owner.role, owner.user.name) == (Member.Role.OWNER, "Li Wei")
    assert not Draft.objects.exists()


def test_at_most_twelve_fields_lie_before_the_first_value(newcomer: Client) -> None:
    """The account's among them; the page after the last one shows surges."""
    pages = [page(Client(), "/accounts/signup/?next=/firms/join/"), page(newcomer, "/firms/join/firm/")]
    page(newcomer, "/firms/join/firm/", FIRM)
    pages += [page(newcomer, "/firms/join/work/"), page(newcomer, "/firms/join/work/", WORK)]
    fields = [set(FIELD.findall(shown)) - FRAME for shown in pages]
    assert [len(names) for names in fields] == [2, 4, 5, 0]
    joined = page(newcomer, "/firms/join/check/", {"command_id": "one"})
    assert "These surges would have called you" in joined
    assert "paper lanterns, 940531" in joined


def test_the_way_back_loses_nothing(newcomer: Client) -> None:
    """Not even what is not right yet; and another device goes on with it."""
    page(newcomer, "/firms/join/firm/", FIRM)
    back = newcomer.post("/firms/join/work/", {"site_unlocode": "half a", "back": "1"})
    assert back["Location"] == "/firms/join/firm/"
    phone = Client()
    phone.force_login(User.objects.get(draft__isnull=False))
    assert 'value="half a"' in page(phone, "/firms/join/work/")
    assert FIRM["identifier"] in page(phone, "/firms/join/firm/")


def test_sending_the_last_page_twice_joins_once(newcomer: Client) -> None:
    page(newcomer, "/firms/join/firm/", FIRM)
    page(newcomer, "/firms/join/work/", WORK)
    page(newcomer, "/firms/join/check/", {"command_id": "one"})
    page(newcomer, "/firms/join/check/", {"command_id": "one"})
    assert Firm.objects.filter(legal_name="Yiwu Lanterns Ltd").count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"identifier": some_uscc(700_001)[:-1] + "0"}, "check digit"),
        ({"identifier": "123"}, "it must have 18"),
        ({"identifier": "9133020OMA0700001X"}, "cannot stand there: O"),
        ({"country": "DE"}, "Only firms in China"),
        ({"kind": "vat", "country": "DE", "identifier": "FR40303265045"}, "This number is of FR"),
        ({"kind": "vat", "country": "DE", "identifier": "136695976"}, "would begin with DE"),
        ({"kind": "vat", "identifier": "CN1"}, "has no VAT number of the European Union"),
        ({"legal_name": ""}, "This field is required"),
        ({"legal_name": "Yiwu Lanterns\u200b"}, "nobody can see"),
        ({"legal_name": "The platform https://pay.example/"}, "no web address"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    newcomer: Client, changes: dict[str, str], words: str
) -> None:
    shown = page(newcomer, "/firms/join/firm/", {**FIRM, **changes})
    assert words in shown
    assert "data-problems" in shown  # the summary that takes the focus
    kept = page(newcomer, "/firms/join/firm/")
    assert ({**FIRM, **changes})["identifier"] in kept
    assert "data-problems" not in kept  # nothing is held against what was not sent
    assert not Firm.objects.exists()


def test_the_check_page_waits_for_all_answers(newcomer: Client) -> None:
    page(newcomer, "/firms/join/work/", {**WORK, "site_unlocode": "NINGBO"})
    assert newcomer.get("/firms/join/check/")["Location"] == "/firms/join/firm/"
    page(newcomer, "/firms/join/firm/", FIRM)
    assert newcomer.post("/firms/join/check/", {})["Location"] == "/firms/join/work/"
    assert newcomer.get("/firms/join/nothing/").status_code == 404


def test_a_number_joins_once(newcomer: Client, world: Firms) -> None:
    taken = world.maker.firm.identifiers.get().value
    page(newcomer, "/firms/join/firm/", {**FIRM, "identifier": taken})
    page(newcomer, "/firms/join/work/", WORK)
    assert "has already joined" in page(newcomer, "/firms/join/check/", {})


def test_one_person_does_not_bury_the_others_applications(db: None) -> None:
    owner = person("owner")
    for number in range(5):
        applicant_firm(f"Firm {number}", owner=owner)
    with pytest.raises(Refused, match="too_many"):
        applicant_firm("One more", owner=owner)


def test_an_operator_verifies_and_only_an_operator(world: Firms, of: Callable[[User], Client]) -> None:
    firm = applicant_firm("Hopeful Ltd")
    console = of(world.operator)
    assert "Hopeful Ltd" in page(console, "/console/firms/")
    assert firm.identifiers.get().value in page(console, f"/console/firms/{firm.key}/")
    for stranger in (world.maker.owner, world.outsider.worker):
        for path in ("", f"{firm.key}/", f"{firm.key}/verify/"):
            assert of(stranger).get(f"/console/firms/{path}").status_code in {404, 405}
        assert of(stranger).post(f"/console/firms/{firm.key}/verify/").status_code == 404
    assert "can be called now" in page(console, f"/console/firms/{firm.key}/verify/", {})
    firm.refresh_from_db()
    assert (firm.state, firm.reviewed_by) == ("verified", world.operator)
    assert "already decided" in page(console, f"/console/firms/{firm.key}/verify/", {})


def test_a_refusal_has_a_reason_that_the_firm_reads(world: Firms, of: Callable[[User], Client]) -> None:
    firm = applicant_firm("Doubtful Ltd")
    address = f"/console/firms/{firm.key}/refuse/"
    assert "This field is required" in page(of(world.operator), address, {"reason": " "})
    page(of(world.operator), address, {"reason": "The register does not know this name."})
    owner = firm.members.get().user
    assert "The register does not know this name." in page(of(owner), "/firm/")


def test_suspending_ends_being_called(world: Firms, of: Callable[[User], Client]) -> None:
    page(of(world.operator), f"/console/firms/{world.maker.key}/suspend/", {"reason": "Under review."})
    assert not Firm.objects.callable().filter(pk=world.maker.id).exists()
    with pytest.raises(Refused, match="not_verified"):
        actions.suspend(world.operator.actor, world.maker.key, "again", now=NOW)


def test_nobody_verifies_their_own_firm(world: Firms) -> None:
    mine = applicant_firm("My Own Ltd", owner=world.operator)
    with pytest.raises(Refused, match="own_firm"):
        actions.verify(world.operator.actor, mine.key, now=NOW)
    with pytest.raises(Missing):
        actions.verify(world.maker.owner.actor, mine.key, now=NOW)


def test_who_stands_behind_two_firms_can_be_said(world: Firms, of: Callable[[User], Client]) -> None:
    firm = applicant_firm("Sister Ltd")
    shared = world.maker.firm.legal_person
    page(of(world.operator), f"/console/firms/{firm.key}/verify/", {"legal_person": shared})
    firm.refresh_from_db()
    assert firm.legal_person == shared
    assert "Ningbo Trousers" in page(of(world.operator), f"/console/firms/{firm.key}/")


def test_a_name_is_one_line_whoever_sends_it(newcomer: Client) -> None:
    page(newcomer, "/firms/join/firm/", {**FIRM, "legal_name": "Yiwu\u00a0Lanterns\n\nLtd"})
    shown = page(newcomer, "/firms/join/work/", {**WORK, "person_name": "www.pay.example"})
    assert "no web address" in shown
    page(newcomer, "/firms/join/work/", WORK)
    page(newcomer, "/firms/join/check/", {"command_id": "one"})
    assert Firm.objects.get().legal_name == "Yiwu Lanterns Ltd"
    with pytest.raises(Refused, match="invalid"):
        applicant_firm("\u202eelpmas")


def test_an_operator_sees_that_a_name_may_be_taken_for_another(
    world: Firms, of: Callable[[User], Client]
) -> None:
    firm, other = applicant_firm("Ningbo Tr\u043eusers"), applicant_firm("Quite Other")
    console = of(world.operator)
    shown = page(console, f"/console/firms/{firm.key}/")
    assert "may be taken for that of another firm" in shown
    assert f"/console/firms/{world.maker.key}/" in shown
    assert "may be taken for" not in page(console, f"/console/firms/{other.key}/")
    assert "may be taken for" not in page(of(firm.members.get().user), "/firm/")
