"""A kill -9 of the whole platform, database included, in the middle of a life: started again, it goes on and ends."""

import os
import re
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.platforms import Platform
from tests.processes import is_running, wait_until_gone
from tests.stories.people import wait_for

LOGIN = re.compile(r"operator\s+(\S+)")
PASSWORD = re.compile(r"password of all sample people: (\S+)")
PATIENCE_SECONDS = 240.0


class Operator:
    """The sample operator at a browser, logging in anew after each start."""

    def __init__(self, platform: Platform) -> None:
        self.http = httpx.Client(base_url=platform.url, follow_redirects=True, timeout=60)
        email, password = LOGIN.findall(platform.log)[-1], PASSWORD.findall(platform.log)[-1]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.http.get("/accounts/login/").text)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
        assert self.http.post("/accounts/login/", data=form).url.path == "/console/"

    def alliances(self, state: str = "") -> list[str]:
        """The keys of the alliances in a state."""
        listed = self._see("/console/alliances/", state=state)
        return re.findall(r'<th scope="row"><a href="/console/alliances/([0-9a-f-]{36})/', listed)

    def story(self, alliance: str) -> list[str]:
        """When each thing happened, first things first."""
        told = self._see(f"/console/alliances/{alliance}/").partition('class="timeline"')[2]
        return sorted(re.findall(r'datetime="([^"]+)"', told))

    def is_sealed(self, alliance: str) -> bool:
        return bool(re.search(r"<code>[0-9a-f]{64}</code>", self._see(f"/console/alliances/{alliance}/")))

    def _see(self, path: str, **query: str) -> str:
        page = self.http.get(path, params=query)
        assert page.status_code == 200, f"{path}: {page.status_code}"
        return page.text


@pytest.fixture
def platform() -> Iterator[Platform]:
    """A platform in haste, with a database of its own in a folder that the database's user can reach."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        platform = Platform(Path(folder), SAMPLE_HASTE="20", MATCHING_SECONDS="0.5")
        yield platform
        platform.stop()


def test_a_killed_platform_goes_on_where_it_was(platform: Platform) -> None:
    platform.start("--sample")
    before = Operator(platform)
    alliance = wait_for(lambda: before.alliances("operating"), "work", seconds=PATIENCE_SECONDS)[0]
    told = before.story(alliance)
    assert told
    kill_tree(platform)

    platform.start("--sample")
    after = Operator(platform)
    assert after.story(alliance)[: len(told)] == told
    wait_for(lambda: alliance in after.alliances("dissolved"), "its end", seconds=PATIENCE_SECONDS)
    assert after.is_sealed(alliance)
    assert len(after.story(alliance)) > len(told)


def kill_tree(platform: Platform) -> None:
    """Kill the platform and everything that it has started, at once; nothing of it can run afterwards."""
    tree = descendants(platform.pid)
    for pid in [platform.pid, *tree]:
        if is_running(pid):
            os.kill(pid, signal.SIGKILL)
    platform.kill()
    for pid in tree:
        wait_until_gone(pid)


def descendants(pid: int) -> list[int]:
    """The processes that this one has started, and those that they have started."""
    children = [
        int(child)
        for listed in Path(f"/proc/{pid}/task").glob("*/children")
        for child in listed.read_text().split()
    ]
    return [found for child in children for found in (child, *descendants(child))]
