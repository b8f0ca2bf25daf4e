"""An alliance is called by its product's name in the reader's language; what is signed has one title for all."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from alliances import actions
from config import clock
from firms.models import User
from matching.models import Product
from tests.builders.alliances import World, forming_world, invitation, operating
from tests.builders.firms import NOW

pytestmark = pytest.mark.django_db
ENGLISH, CHINESE = "Wide trousers", "阔腿裤"
LANGUAGES = [("en", ENGLISH, CHINESE), ("zh-hans", CHINESE, ENGLISH)]


@pytest.fixture
def world() -> World:
    clock.set_pace(1.0, start_at=NOW)
    world = forming_world()
    Product.objects.filter(pk=world.proposal.opportunity.product_id).update(title_zh=CHINESE)
    return world


def page(path: str, user: User, language: str) -> str:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200, path
    return b"".join(answer).decode()


@pytest.mark.parametrize(("language", "shown", "other"), LANGUAGES)
def test_an_invitation_has_the_readers(world: World, language: str, shown: str, other: str) -> None:
    firm, asked = world.firms.maker.owner, invitation(world.approve(), "maker")
    for path in (reverse("alliances:desk"), reverse("alliances:invitation", args=[asked.key])):
        _shows(page(path, firm, language), shown, other)


@pytest.mark.parametrize(("language", "shown", "other"), LANGUAGES)
def test_every_page_has_the_readers(world: World, language: str, shown: str, other: str) -> None:
    alliance, firm, operator = operating(world), world.firms.maker.owner, world.firms.operator
    for name, user in (("board", firm), ("agreement", firm), ("detail", operator)):
        _shows(page(reverse(f"alliances:{name}", args=[alliance.key]), user, language), shown, other)
    for path in (reverse("alliances:list"), f"{reverse('alliances:list')}?format=csv"):
        _shows(page(path, operator, language), shown, other)
    for path in (reverse("alliances:desk"), reverse("alliances:notices")):
        _shows(page(path, firm, language), shown, other)
    assert shown in page(f"{reverse('search')}?q={CHINESE}", firm, language)


def _shows(html: str, shown: str, other: str) -> None:
    """Outside of what is signed, and of what the board's script continues from."""
    seen = re.sub(r"<(pre|script)\b.*?</\1>", "", html, flags=re.DOTALL)
    assert shown in seen
    assert other not in seen


def test_a_mail_has_the_readers(world: World) -> None:
    owner = world.firms.maker.owner
    User.objects.filter(pk=owner.pk).update(language="zh-hans")
    world.approve()
    actions.deliver(NOW, instant=NOW)
    said = {one.to[0]: one.subject + one.body for one in mail.outbox}
    assert CHINESE in said.pop(owner.email)
    assert all(ENGLISH in text and CHINESE not in text for text in said.values())


def test_what_is_signed_has_one_title(world: World) -> None:
    alliance = world.approve()
    assert ENGLISH in alliance.common.text
    assert CHINESE not in alliance.common.text
