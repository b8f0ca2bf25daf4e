"""A kill -9 of the whole platform, database included, in the middle of a life: started again, it goes on and ends."""

import re
from pathlib import Path

import httpx

from tests.platforms import Platform
from tests.stories.people import wait_for

LOGIN = re.compile(r"operator\s+(\S+)")
PASSWORD = re.compile(r"password of all sample people: (\S+)")


class Operator:
    """The sample operator at a browser, logging in anew after each start."""

    def __init__(self, platform: Platform) -> None:
        self.http = httpx.Client(base_url=platform.url, follow_redirects=True, timeout=60)
        email, password = LOGIN.findall(platform.log)[-1], PASSWORD.findall(platform.log)[-1]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.http.get("/accounts/login/").text)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
        assert self.http.post("/accounts/login/", data=form).url.path == "/console/"

    def alliances(self, state: str) -> int:
        page = self.http.get("/console/alliances/", params={"state": state})
        assert page.status_code == 200
        return len(set(re.findall(r"/console/alliances/([0-9a-f-]{36})/", page.text)))


def test_a_killed_platform_goes_on_where_it_was(tmp_path: Path) -> None:
    platform = Platform(tmp_path)
    try:
        platform.start("--sample")
        before = Operator(platform)
        wait_for(lambda: before.alliances("operating"), "an alliance at work")
        platform.kill()
        platform.start("--sample")
        operator = Operator(platform)
        assert operator.alliances("operating") + operator.alliances("winding_down") >= 1
        wait_for(lambda: operator.alliances("dissolved"), "its end")
    finally:
        platform.kill()
