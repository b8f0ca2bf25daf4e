"""The sockets of the boards and of the wakes: let in, heard, answered, closed with a code that says why."""

import asyncio
import logging
from typing import Any, ClassVar
from urllib.parse import parse_qs

from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http.cookie import parse_cookie
from django.utils.translation import get_supported_language_variant

from alliances.consumers.gate import Receive, Scope
from alliances.consumers.market import market
from alliances.consumers.words import Since, TooLargeError, parse
from alliances.live.audience import Listener
from alliances.live.background import in_thread
from alliances.live.frames import Close, frame
from alliances.live.hub import hub
from alliances.live.wire import Send
from alliances.orders.batch import MESSAGES_A_SECOND, Batch, in_turn
from alliances.orders.order import Do, MalformedError
from alliances.queries.admission import NO_KEY, Kind, Knock
from config import clock

log = logging.getLogger(__name__)

BURST = 80.0


class Socket(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """What all sockets share. It needs no channel layer: the hub sends."""

    kind: ClassVar[Kind]
    listener: Listener | None = None
    tokens, counted_at = BURST, 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hear the client. As nothing else is heard, there are no tasks in between; nor is the way to a thread,
        which Channels takes for every message: the wire's own threads give their connections back."""
        self.scope, self.base_send = scope, send
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                await getattr(self, get_handler_name(message))(message)
        finally:
            if self.listener is not None:
                hub().leave(self.listener)

    async def connect(self) -> None:
        # only an accepted socket can tell a browser why it is closed
        await self.accept()
        key = self.scope["url_route"]["kwargs"].get("key", NO_KEY)
        try:
            entered = await hub().enter(Knock(self.kind, session_of(self.scope), key), self.base_send)
        except Exception:
            log.exception("could not let a socket in")
            entered = Close.LATER
        if isinstance(entered, Close):
            await self.close(code=entered)
        else:
            self.listener = entered
            self.entered(entered)

    def entered(self, listener: Listener) -> None:
        """The socket hears from here on."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        listener = self.listener
        if listener is None or listener.is_leaving:  # turned away or shown out, but still talking
            return
        if self._floods():
            listener.outbox.close(Close.FLOOD)
            return
        try:
            await self.heard(listener, parse(text_data))
        except MalformedError:
            listener.outbox.close(Close.MALFORMED)
        except TooLargeError:
            listener.outbox.close(Close.TOO_LARGE)

    async def heard(self, listener: Listener, said: Since | Do | Batch) -> None:
        """React to a message of the protocol. Raises MalformedError when it has no place here."""
        raise MalformedError

    async def _pay(self, messages: int) -> None:
        """Count a message as so many more; who has none left is heard again a little later."""
        self.tokens -= messages
        if self.tokens < 1:
            await asyncio.sleep((2 - self.tokens) / MESSAGES_A_SECOND)

    def _floods(self) -> bool:
        """A bucket of BURST messages that refills at MESSAGES_A_SECOND."""
        now = asyncio.get_running_loop().time()
        self.tokens = min(BURST, self.tokens + (now - self.counted_at) * MESSAGES_A_SECOND) - 1
        self.counted_at = now
        return self.tokens < 0


class Wakes(Socket):
    """Tells a desk or the console to fetch again."""

    kind = Kind.WAKES

    def entered(self, listener: Listener) -> None:
        """What changed before this may have been missed; the page knows from when it is."""
        quiet = hub().lately.quiet_seconds(listener.allowed.topics)
        now = clock.instant().timestamp()
        listener.outbox.offer(frame("hello", now=round(now * 1000), quiet=round(quiet * 1000)))


class Stream(Socket):
    """Follows a stream from the version that the client has."""

    has_begun = False

    async def heard(self, listener: Listener, said: Since | Do | Batch) -> None:
        if isinstance(said, Since):
            await self._begin(listener, said)
        else:
            await self._carry_out(listener, Batch((said,), stop=False) if isinstance(said, Do) else said)

    async def _begin(self, listener: Listener, said: Since) -> None:
        if self.has_begun:
            raise MalformedError
        self.has_begun = True
        try:
            await hub().follow(listener, said.epoch, said.version, await market())
            if said.company and self.kind == Kind.ALLIANCE:
                hub().company.come(listener)
        except Exception:
            log.exception("could not bring a socket up to date")
            listener.outbox.close(Close.LATER)

    async def _carry_out(self, listener: Listener, orders: Batch) -> None:
        raise MalformedError


class Invitation(Stream):
    """One invitation, for the firm that holds it; answered on its page."""

    kind = Kind.INVITATION


class Board(Stream):
    """An alliance's board: its events out, its partners' commands in."""

    kind = Kind.ALLIANCE

    async def _carry_out(self, listener: Listener, orders: Batch) -> None:
        key, language = self.scope["url_route"]["kwargs"]["key"], language_of(self.scope)
        for order, answer in in_turn(orders, listener.allowed.actor, key, language):
            if listener.is_leaving:
                return
            listener.outbox.offer(frame("answer", re=order.id, **await in_thread(answer)))
        if len(orders.orders) > 1:
            await self._pay(len(orders.orders) - 1)


def session_of(scope: dict[str, Any]) -> str:
    """The session's key from the handshake's cookie; empty without one."""
    found = [value.decode("latin1") for name, value in scope["headers"] if name == b"cookie"]
    return str(parse_cookie("; ".join(found)).get(settings.SESSION_COOKIE_NAME, ""))


def language_of(scope: dict[str, Any]) -> str:
    """The language of the page that opened the socket (`?lang=`)."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin1")).get("lang", [""])[0]
    try:
        return get_supported_language_variant(asked)
    except LookupError:
        return settings.LANGUAGE_CODE
