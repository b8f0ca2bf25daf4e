"""People at their browsers and programs at their sockets, as far as a story needs them."""

import json
import re
import time
from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
from django.contrib.auth.models import AbstractBaseUser
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.platforms import Platform, session_of

WAIT_SECONDS = 60.0


def wait_for(what: Callable[[], Any], why: str, *, seconds: float = WAIT_SECONDS) -> Any:
    """The first true answer; fails with `why` when none came in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.2)
    raise AssertionError(f"waited in vain: {why}")


class Person:
    """Somebody who is logged in, and goes by links and forms only."""

    def __init__(self, platform: Platform, user: AbstractBaseUser) -> None:
        self.user, self.platform = user, platform
        self.session = session_of(user)
        self.http = httpx.Client(
            base_url=platform.url, cookies={"sessionid": self.session}, follow_redirects=True, timeout=60
        )

    def see(self, path: str, status: int = 200) -> str:
        answer = self.http.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}\n{answer.text[:500]}"
        return answer.text

    def send(self, page: str, path: str, **data: Any) -> httpx.Response:
        """Send a form that stands on `page`."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.see(page))
        assert token, f"no form on {page}"
        answer = self.http.post(
            path, data={"csrfmiddlewaretoken": token[1], **data}, headers={"Referer": self.platform.url}
        )
        assert answer.status_code == 200, f"{path}: {answer.status_code}\n{answer.text[:500]}"
        return answer

    def links(self, page: str, pattern: str) -> list[str]:
        """Distinct addresses on a page that match, in their order."""
        return list(dict.fromkeys(re.findall(rf'(?:href|action)="({pattern})"', self.see(page))))


class Board:
    """An open board: its state, kept true by the events that arrive."""

    def __init__(self, platform: Platform, person: Person, alliance: str) -> None:
        self.state: dict[str, Any] = {}
        self.version, self.close_code = 0, 0
        self.lines = deque[str]()
        self.socket = connect(
            f"{platform.websocket_url}/ws/alliances/{alliance}/",
            origin=platform.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": f"sessionid={person.session}"},
            legacy=True,
        )
        self._tell({"t": "since", "epoch": None, "version": 0})
        wait_for(lambda: self.listen() and self.state, "a snapshot")

    @property
    def tasks(self) -> dict[str, dict[str, Any]]:
        return dict(self.state["tasks"])

    def do(self, verb: str, task: dict[str, Any] | None = None, **data: Any) -> dict[str, Any]:
        """Send a command and return its answer; what happens meanwhile is applied."""
        order = {"t": "do", "id": str(uuid4()), "verb": verb, "data": data}
        if task:
            order |= {"task": task["id"], "expected_version": task["version"]}
        self._tell(order)
        while (frame := self._hear(20.0)) is not None:
            if frame.get("re") == order["id"]:
                return frame
        raise AssertionError(f"no answer to {verb}")

    def listen(self) -> bool:
        """Apply what has arrived."""
        while self._hear(0.02) is not None:
            pass
        return True

    def _tell(self, frame: dict[str, Any]) -> None:
        self.socket.send(json.dumps(frame))

    def _hear(self, seconds: float) -> dict[str, Any] | None:
        try:
            if not self.lines:
                self.lines.extend(str(self.socket.recv(timeout=seconds)).split("\n"))
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            self.close_code = closed.rcvd.code if closed.rcvd else 1006
            return None
        frame: dict[str, Any] = json.loads(self.lines.popleft())
        if frame["t"] == "snapshot":
            self.state, self.version = frame["state"], frame["version"]
        elif frame["t"] == "event" and frame["version"] > self.version:
            assert frame["version"] == self.version + 1, "a version is missing"
            self._apply(frame)
        return frame

    def _apply(self, frame: dict[str, Any]) -> None:
        self.version = frame["version"]
        for name, value in frame["changes"].items():
            if name in {"alliance", "settlement", "forecast"}:
                self.state[name] = value
            else:
                self.state[name] = {**self.state.get(name, {}), **value}
