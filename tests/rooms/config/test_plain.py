"""What cannot be kept is answered as a bad request, and what must not be in production is refused there."""

import os
import subprocess
import sys

import pytest
from django.test import Client

from firms.models import Draft
from tests.builders.firms import person, small_world
from tests.platforms import PROJECT


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/firms/join/firm/", {"legal_name": "a\0b"}),
        ("/firms/join/work/", {"modules": ["\0"]}),
        ("/firms/join/firm/", {"\0": "a"}),
        ("/desk/?back=%00", {}),
    ],
)
def test_null_characters_are_a_bad_request(path: str, sent: dict[str, object]) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(small_world().maker.owner)
    assert client.post(path, sent).status_code == 400


@pytest.mark.parametrize(
    ("kind", "said"),
    [("production", "not in production"), ("Production", "MURMURATION_ENV is local or production")],
)
def test_no_sample_people_can_be_made_in_production(kind: str, said: str) -> None:
    surroundings = {"MURMURATION_ENV": kind, "SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "example.com"}
    done = subprocess.run(
        [sys.executable, "-m", "config.embedded.command_line", "sample_world"],
        cwd=PROJECT,
        env={**os.environ, **surroundings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert said in done.stderr


@pytest.mark.django_db
def test_what_is_kept_of_a_wrong_answer_is_short(client: Client) -> None:
    newcomer = person("newcomer")
    client.force_login(newcomer)
    client.post("/firms/join/work/", {"modules": ["x" * 5_000] * 900, "currency": "y" * 5_000})
    assert len(str(Draft.objects.get(user=newcomer).answers)) < 10_000
