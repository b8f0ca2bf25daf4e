"""The board's page, as the server draws it: complete without a script."""

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from alliances.models import Task
from config import clock
from tests.builders.firms import NOW
from tests.rooms.alliances.boards import working_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    clock.set_pace(1.0, start_at=NOW)
    return working_world()


def page(world, user, language="en"):
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    answer = client.get(reverse("alliances:board", args=[world.alliance.key]))
    assert answer.status_code == 200
    return answer.content.decode()


def section(html, name):
    found = re.search(rf'data-section="{name}">(.*?)</div>\s*<(?:p|/details)', html, re.DOTALL)
    return found[1] if found else ""


def test_my_tasks_come_first_with_one_tap_to_start(world):
    html = page(world, world.maker)
    mine = section(html, "mine")
    assert "Produce the pilot lot" in mine
    assert f'/tasks/{world.task("M6").pk}/start/"' in mine
    assert "Listing localised" in section(html, "others")


def test_who_waits_for_whom_is_said(world):
    waiting = section(page(world, world.firms.carrier.owner), "waiting")
    assert "Waits for" in waiting
    assert "Ningbo Trousers" in waiting


def test_a_started_task_takes_units_and_can_be_finished_or_handed_back(world):
    client = Client()
    client.force_login(world.maker)
    task = world.task("M6")
    for verb, sent in (("start", {}), ("progress", {"done_units": "400"}), ("hand_back", {})):
        address = reverse("alliances:task", args=[world.alliance.key, task.pk, verb])
        answer = client.post(address, {**sent, "expected_version": Task.objects.get(pk=task.pk).version})
        assert answer.status_code == 302, verb
    assert "400 of 1,000 units" in page(world, world.maker)


def test_only_my_tasks_have_buttons_and_operators_look_on(world):
    assert "data-verb" not in section(page(world, world.maker), "others")
    html = page(world, world.firms.operator)
    assert "data-verb" not in re.sub(r"<template.*?</template>", "", html, flags=re.DOTALL)


def test_the_page_holds_the_state_that_its_script_continues_from(world):
    html = page(world, world.maker)
    state = json.loads(re.search(r'id="board-state"[^>]*>(.*?)</script>', html, re.DOTALL)[1])
    assert state["version"] == 0
    assert set(state["tasks"]) == {str(pk) for pk in world.alliance.tasks.values_list("pk", flat=True)}


def test_what_people_wrote_is_shown_as_text(world):
    client = Client()
    client.force_login(world.maker)
    address = reverse("alliances:post-exception", args=[world.alliance.key])
    client.post(address, {"kind": "delay", "text": "<script>alert(1)</script>"})
    html = page(world, world.firms.seller.owner)
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


def test_it_speaks_chinese(world):
    assert "生产试销批" in page(world, world.maker, "zh-hans")


def test_a_label_leads_to_its_task_for_those_who_may_see_it(world):
    task, client = world.task("M6"), Client()
    client.force_login(world.maker)
    here = reverse("alliances:task-page", args=[world.alliance.key, task.pk])
    assert client.get(reverse("alliances:scan"), {"code": f"T{task.pk}"})["Location"] == here
    assert client.get(reverse("alliances:scan"), {"code": f"https://x.example{here}"})["Location"] == here
    assert f"T{task.pk}" in client.get(here).content.decode()
    outsider = Client()
    outsider.force_login(world.firms.outsider.owner)
    answer = outsider.get(reverse("alliances:scan"), {"code": f"T{task.pk}"})
    assert answer.status_code == 200
    assert "No task of yours has this label." in answer.content.decode()
