"""Every page of an alliance's life can be read and touched: phone, both languages, light and dark."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils import timezone

from alliances import actions
from alliances.models import Alliance
from tests.browser.test_pages_look import READERS, complaints
from tests.browsers import Pages
from tests.builders.alliances import (
    DAY,
    HOUR,
    change_proposed,
    forming_world,
    invitation,
    operating,
    shown_shares,
    task,
)

AT_WORK = ("board", "agreement", "disputes", "record")
AT_ITS_END = (*AT_WORK, "settlement")


def test_they_can_be_read_and_touched_on_a_phone(
    real_database: object, request: pytest.FixtureRequest
) -> None:
    now = timezone.now()
    working, settling = at_work(now), disputed(now)
    world, asked = forming_world(now), forming_world(now)
    offered = invitation(asked.approve(now), "maker")
    looks = [
        (owner(working), [*of(working, AT_WORK), task_page(working), "/notices/"]),
        (owner(settling), [*of(settling, AT_ITS_END), "/me/data/"]),
        (asked.firms.maker.owner, [reverse("alliances:invitation", args=[offered.key])]),
        (
            world.operator_user,
            [
                *of(working, ("board", "agreement", "detail")),
                *of(settling, ("settlement", "disputes", "detail")),
                reverse("alliances:detail", args=[offered.seat.alliance.key]),
                "/console/alliances/",
                "/console/erase/",
            ],
        ),
    ]
    pages: Pages = request.getfixturevalue("pages")  # only now: the platform's clock acts on what it finds
    found: dict[str, Any] = {}
    for language, locale, scheme in READERS:
        for user, paths in looks:
            page = pages.open(
                "/style/", user, phone=True, locale=locale, color_scheme=scheme, reduced_motion="reduce"
            )
            for path in paths:
                answer = page.goto(path)
                assert answer and answer.ok, path
                if wrong := complaints(page, language):
                    found[f"{path} {language} {scheme}"] = wrong
    assert found == {}


def at_work(now: datetime) -> Alliance:
    """With a comment and a note on its first task, and a change that waits for the operators."""
    world = forming_world(now)
    alliance = operating(world, now)
    first, worker = task(alliance, "M1"), world.firms.maker.worker.actor
    actions.start(worker, first.pk, now=now)
    actions.comment(worker, first.pk, text="Which thread?", tell=[], now=now)
    actions.post_evidence(worker, first.pk, text="measured twice", now=now)
    actions.post_exception(worker, str(alliance.key), kind="damage", text="wet rolls", now=now)
    change_proposed(alliance, now)
    return alliance


def disputed(now: datetime) -> Alliance:
    """With one objection that was answered and taken to a ruling."""
    world = forming_world(now - 2 * DAY)
    alliance = shown_shares(world, now - 30 * HOUR)
    maker = world.firms.maker.owner.actor
    actions.object_(maker, str(alliance.key), text="too few", now=now)
    found = alliance.settlement.objections.get()
    actions.answer_objection(world.operator, found.pk, answer="as counted", now=now)
    actions.dispute(maker, found.pk, text="counted wrongly", now=now)
    return alliance


def owner(alliance: Alliance) -> AbstractBaseUser:
    return alliance.seats.get(slot="maker").firm.members.get(role="owner").user


def of(alliance: Alliance, names: tuple[str, ...]) -> list[str]:
    return [reverse(f"alliances:{name}", args=[alliance.key]) for name in names]


def task_page(alliance: Alliance) -> str:
    return reverse("alliances:task-page", args=[alliance.key, task(alliance, "M1").pk])
