"""A board's client, as small as it can be: it says since, keeps the state, and counts versions."""

import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator

from alliances.models import Alliance
from config.asgi import application
from firms.models import User
from tests.rooms.alliances.boards import cookie_of

SECONDS = 5.0
ORIGIN = (b"origin", b"http://testserver")
HOST = (b"host", b"testserver")


class Closed(Exception):
    """The server closed the socket, with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Opened:
    """A socket without a server: the ASGI application itself."""

    def __init__(self, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        path, _, query = path.partition("?")
        scope = {"type": "websocket", "path": path, "query_string": query.encode(), "headers": headers}
        self.line = ApplicationCommunicator(application, {**scope, "subprotocols": []})

    async def connect(self) -> bool:
        """Whether the server accepts it."""
        await self.line.send_input({"type": "websocket.connect"})
        return bool((await self.take())["type"] == "websocket.accept")

    async def disconnect(self) -> None:
        await self.line.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.line.wait(SECONDS)

    async def send(self, **message: Any) -> None:
        await self.line.send_input({"type": "websocket.receive", **message})

    async def take(self) -> dict[str, Any]:
        return dict(await self.line.receive_output(SECONDS))

    async def text(self) -> str:
        return str((await self.take())["text"])

    async def json(self) -> dict[str, Any]:
        return dict(json.loads(await self.text()))

    async def is_quiet(self, seconds: float = 0.05) -> bool:
        return bool(await self.line.receive_nothing(seconds))

    async def calm(self) -> None:
        """Take what comes until nothing comes."""
        while not await self.is_quiet():
            await self.take()


class BoardClient:
    """Follows a board as the page does."""

    def __init__(self, socket: Opened) -> None:
        self.socket = socket
        self.epoch: str | None = None
        self.version = 0
        self.state: dict[str, Any] = {}
        self.versions: list[int] = []
        self.answers: list[dict[str, Any]] = []
        self.lines = deque[str]()

    async def say(self, **words: Any) -> None:
        await self.socket.send(text=json.dumps(words))

    async def since(self, epoch: str | None = None, version: int = 0) -> dict[str, Any]:
        """Say what this client has; returns the hello."""
        self.version = version
        await self.say(t="since", epoch=epoch, version=version)
        return await self.hear()

    async def do(self, verb: str, task: int | None = None, *, id: str = "", **more: Any) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        name = id or str(uuid4())
        await self.say(t="do", id=name, verb=verb, task=task, data=more.pop("data", {}), **more)
        while True:
            frame = await self.hear()
            if frame["t"] == "answer" and frame["re"] == name:
                return frame

    async def until(self, version: int) -> None:
        """Wait until the state is at least that new."""
        while self.version < version:
            await self.hear()

    async def hear(self) -> dict[str, Any]:
        """Take one frame, and apply what it brings. Raises Closed."""
        if not self.lines:
            message = await self.socket.take()
            if message["type"] == "websocket.close":
                raise Closed(message["code"])
            self.lines.extend(message["text"].split("\n"))
        frame = json.loads(self.lines.popleft())
        if frame["t"] == "hello":
            self.epoch = frame["epoch"]
        elif frame["t"] == "snapshot":
            self.state, self.version = frame["state"], frame["version"]
        elif frame["t"] == "event" and frame["version"] > self.version:
            assert frame["version"] == self.version + 1, "a gap"
            self.version = frame["version"]
            self.versions.append(frame["version"])
            apply(self.state, frame["changes"])
        return frame

    async def closed(self) -> int:
        """Wait for the end; returns its code."""
        try:
            while True:
                await self.hear()
        except Closed as closed:
            return closed.code


def apply(state: dict[str, Any], changes: dict[str, Any]) -> None:
    """Stale state + event: rows replace rows."""
    for name, rows in changes.items():
        if name in {"tasks", "seats", "stock", "disputes"}:
            state[name] = {**state.get(name, {}), **rows}
        else:
            state[name] = rows


def path_of(alliance: Alliance) -> str:
    return f"/ws/alliances/{alliance.key}/"


@asynccontextmanager
async def socket(
    path: str, user: User | None = None, *, headers: list[tuple[bytes, bytes]] | None = None
) -> AsyncIterator[tuple[Opened, bool]]:
    """Open a socket as a browser of this person would; yields it, and whether it was accepted."""
    sent = [HOST, ORIGIN] if headers is None else headers
    if user:
        sent = [*sent, await sync_to_async(cookie_of)(user)]
    opened = Opened(path, sent)
    accepted = await opened.connect()
    try:
        yield opened, accepted
    finally:
        await opened.disconnect()


@asynccontextmanager
async def board(alliance: Alliance, user: User) -> AsyncIterator[BoardClient]:
    """Follow an alliance's board from nothing; yields the client once it has the snapshot."""
    async with socket(path_of(alliance), user) as (opened, accepted):
        assert accepted
        client = BoardClient(opened)
        await client.since()
        await client.hear()
        yield client
