"""Every address of the platform as everybody: who gets in, and that what is not yours is as if it were not there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from alliances import actions
from alliances.models import TemplateProposal
from firms import actions as firms_actions
from firms.models import Competency, Observation, User
from firms.reputation import Outcome
from matching.models import Spike
from tests.builders.alliances import (
    DAY,
    change_proposed,
    forming_world,
    invitation,
    operating,
    seat,
    settling,
    task,
)
from tests.builders.firms import file_deeds
from tests.builders.matching import market_world

pytestmark = pytest.mark.django_db
WHO = ("anonymous", "outsider", "worker", "owner", "operator")  # worker and owner are a partner's
GETS = {  # "in" is the page for logging in
    "public": "200 200 200 200 200",
    "visitor": "200 302 302 302 302",
    "moved": "302 302 302 302 302",
    "leaves": "in in in in in",
    "nothing": "404 404 404 404 404",
    "person": "in 200 200 200 200",
    "done": "in 302 302 302 302",
    "person-405": "in 405 405 405 405",
    "missing": "in 404 404 404 404",
    "ours": "in 404 200 200 404",
    "ours-done": "in 404 302 302 404",
    "owner-404": "in 404 302 404 404",  # a worker may not, whether it is there or not
    "author-done": "in 404 302 404 404",
    "seen": "in 404 200 200 200",
    "seen-done": "in 404 302 302 302",
    "operator": "in 404 404 404 200",
    "operator-done": "in 404 404 404 302",
    "api": "401 200 200 200 200",
    "api-seen": "401 404 200 200 200",
    "api-ours": "401 404 400 400 404",
    "api-orders": "401 404 400 400 400",
    "api-405": "401 405 405 405 405",
    "feed": "401 403 403 403 400",
    "feed-405": "401 403 403 403 405",
    "-": "405 405 405 405 405",
}
TABLE = [
    line.split()
    for line in (Path(__file__).parent / "access_table.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
OWN = re.compile(r'(csrfmiddlewaretoken" value="|nonce="|data-began=")[^"]*')  # what no two answers share


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """The names of all addresses."""
    for found in resolver.url_patterns:
        if isinstance(found, URLPattern):
            yield f"{space}{found.name}"
        else:
            yield from names(found, f"{space}{found.namespace}:" if found.namespace else space)


class Everybody:
    """People with a browser each, and what fills an address: a maker's things, and alliances in three states."""

    def __init__(self) -> None:
        now = timezone.now()
        market = market_world(now)
        proposal = market.best()
        forming, working, ending = (forming_world(now, market.firms) for _ in range(3))
        alliance, settled = operating(working, now), settling(ending, now - 2 * DAY)
        maker = market.firms.maker
        actions.object_(maker.owner.actor, str(settled.key), text="why", now=now)
        actions.dispute_work(maker.owner.actor, str(alliance.key), text="why", now=now)
        actions.sequence(now)
        file_deeds(maker, (Outcome.LATE, 1), now=now)
        observed = Observation.objects.filter(firm=maker.firm).latest("pk")
        appealed = firms_actions.appeal(maker.owner.actor, maker.key, observed.pk, text="why", now=now)
        first, hand = task(alliance, "M1"), maker.worker.actor
        upload = actions.Upload("a.pdf", b"%PDF-1.4\n%%EOF\n")
        handed_in = actions.post_evidence(hand, first.pk, upload=upload, now=now)
        said = actions.comment(hand, first.pk, text="look", now=now)
        sheet = firms_actions.send_sheet(
            maker.owner.actor, maker.key, "capacity", name="a.csv", content=b"line", now=now
        )
        people = (None, market.firms.outsider.owner, maker.worker, maker.owner, market.firms.operator)
        self.browsers = [_browser(user) for user in people]
        self.ids: dict[str, Any] = {
            "firm": maker.key,
            "site": maker.firm.sites.get().pk,
            "member": maker.firm.members.get(user=maker.worker).pk,
            "line": maker.firm.lines.earliest("pk").pk,
            "page": "competencies",
            "observation": observed.pk,
            "appeal": appealed["appeal"],
            "offer": Competency.objects.get(firm=maker.firm).pk,
            "step": "firm",
            "kind": "capacity",
            "form": "csv",
            "sheet": sheet["sheet"],
            "spike": Spike.objects.get().pk,
            "opportunity": str(proposal.opportunity.key),
            "proposal": str(proposal.key),
            "invitation": str(invitation(forming.approve(now), "maker").key),
            "alliance": str(alliance.key),
            "seat": seat(alliance, "seller").pk,
            "change": str(change_proposed(alliance, now).key),
            "task": first.pk,
            "evidence": handed_in["evidence"],
            "comment": said["comment"],
            "ended": str(settled.key),
            "template": TemplateProposal.objects.create(route="A", changes=[], made_at=now).pk,
            "settled": str(settled.key),
            "objection": settled.settlement.objections.get().pk,
            "dispute": alliance.disputes.get().pk,
            "number": 987_654,
            "table": "alliances",
        }

    def address(self, name: str, args: str, **other: Any) -> str:
        wanted = [] if args == "-" else args.split(",")
        return reverse(name, args=[other.get(arg, self.ids.get(arg, arg)) for arg in wanted])

    def all_get(self, method: str, address: str) -> str:
        return " ".join(_status(_ask(browser, method, address)) for browser in self.browsers)

    def not_mine(self, args: str) -> dict[str, Any]:
        """Ids that nobody has, for the first thing that an address names."""
        first = args.split(",", maxsplit=1)[0]
        return {first: str(uuid4()) if _is_key(self.ids.get(first)) else 987_654}


def _browser(user: User | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def _ask(browser: Client, method: str, address: str) -> HttpResponseBase:
    """Ask, and leave everything as it was."""
    mark = transaction.savepoint()
    before = browser.cookies.copy()
    answer = getattr(browser, method)(address)
    transaction.savepoint_rollback(mark)
    browser.cookies = before
    return answer


def _status(answer: HttpResponseBase) -> str:
    leads_in = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    return "in" if leads_in else str(answer.status_code)


def _is_key(value: object) -> bool:
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False


def _without_own(answer: HttpResponseBase, address: str) -> str:
    shown = answer.content.decode()  # type: ignore[attr-defined]
    return OWN.sub(r"\1", shown).replace(address, "")


def test_every_address_has_a_row() -> None:
    rows = [row[0] for row in TABLE]
    assert sorted(rows) == sorted(set(names(get_resolver())))


def test_everybody_gets_what_the_table_says() -> None:
    everybody = Everybody()
    seen, expected = {}, {}
    for name, args, get, post in TABLE:
        for method, wanted in (("get", get), ("post", post)):
            expected[f"{method} {name}"] = GETS[wanted]
            seen[f"{method} {name}"] = everybody.all_get(method, everybody.address(name, args))
    wrong = {row: (seen[row], expected[row]) for row in seen if seen[row] != expected[row]}
    assert not wrong, f"{WHO}: found, expected"


def test_what_is_not_yours_answers_exactly_like_what_is_not_there() -> None:
    everybody = Everybody()
    outsider, compared = everybody.browsers[1], 0
    for name, args, get, post in TABLE:
        for method, wanted in (("get", get), ("post", post)):
            if args == "-" or GETS[wanted].split()[1] != "404":
                continue
            foreign = everybody.address(name, args)
            missing = everybody.address(name, args, **everybody.not_mine(args))
            answers = [_ask(outsider, method, address) for address in (foreign, missing)]
            bodies = [_without_own(answers[0], foreign), _without_own(answers[1], missing)]
            heads = [{**answer.headers, "Content-Security-Policy": ""} for answer in answers]
            lengths = [head.pop("Content-Length") for head in heads]
            assert heads[0].pop("X-Request-ID") != heads[1].pop("X-Request-ID")
            assert answers[0].status_code == answers[1].status_code == 404, name
            assert (bodies[0], heads[0]) == (bodies[1], heads[1]), (name, lengths)
            compared += 1
    assert compared > 40
