"""Versions of the task templates: an alliance keeps the one with which it was launched."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from alliances.models import Task, TaskTemplate
from alliances.playbook import first_template, template_body
from alliances.queries import board, templates
from matching.blueprint import Route
from tests.builders.alliances import NOW, forming_world, fresh, operating, task

pytestmark = pytest.mark.django_db


def newer(*, approved: bool = True, version: int = 2, **days: float) -> TaskTemplate:
    """A next version of route B in which M1 takes other days."""
    body: dict[str, Any] = template_body(first_template(Route.B))
    body["M1"] |= days
    return TaskTemplate.objects.create(
        route="B", version=version, body=body, made_at=NOW, approved_at=NOW if approved else None
    )


def planned_days(found: Task) -> float:
    return (found.planned_finish_at - found.planned_start_at).total_seconds() / 86_400


def test_every_route_begins_with_the_blueprint() -> None:
    for route in Route:
        assert templates.current(route.value) == first_template(route)


def test_a_launch_takes_the_newest_approved_version_and_names_it() -> None:
    newer(low=1.0, likely=2.0, high=3.0)
    newer(approved=False, version=3, low=5.0, likely=6.0, high=7.0)
    alliance = operating(forming_world())
    assert alliance.template == board.alliance_row(alliance)["template"] == "B/2"
    assert planned_days(task(alliance, "M1")) == 2


def test_a_later_version_changes_no_living_alliance() -> None:
    alliance = operating(forming_world())
    newer(low=1.0, likely=2.0, high=3.0)
    assert fresh(alliance).template == "B/1"
    assert templates.of(fresh(alliance)) == first_template(Route.B)
    assert planned_days(task(alliance, "M1")) == 0.5


def test_a_version_is_approved_once_and_never_changed() -> None:
    row = newer(approved=False)
    row.approved_at = NOW
    row.save()
    with pytest.raises(IntegrityError, match="make a new version"), transaction.atomic():
        TaskTemplate.objects.filter(pk=row.pk).update(body={})
    with pytest.raises(IntegrityError, match="make a new version"), transaction.atomic():
        TaskTemplate.objects.filter(pk=row.pk).update(approved_at=None)
    with pytest.raises(IntegrityError, match="make a new version"), transaction.atomic():
        TaskTemplate.objects.filter(pk=row.pk).delete()
