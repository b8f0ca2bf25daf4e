"""How frames leave for one socket: by ASGI's `send`, or straight into the transport of the server that we know.

This is the only place that knows the server's insides. Where it does not find them, everything works by `send`.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from alliances.live.frames import Close, Frame

Send = Callable[[dict[str, Any]], Awaitable[None]]

SEND_BUFFER_BYTES = 128 * 1024  # in the system, for one socket; by itself it would grow to megabytes
LINGER_SECONDS = 12.0  # the server itself gives a client ten seconds to answer a close


class Wire:
    """The portable way: every ASGI server has it."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def write(self, frame: Frame) -> bool:
        """Write now, if the socket takes it now; this way cannot know."""
        return False

    async def send(self, frame: Frame) -> None:
        """Write as soon as the socket takes it. Raises OSError or RuntimeError when it is gone."""
        await self._send({"type": "websocket.send", "text": frame.text})

    async def close(self, code: Close) -> None:
        """Say why, and end the socket. Raises OSError or RuntimeError when it is gone."""
        await self._send({"type": "websocket.close", "code": int(code)})

    def abort(self) -> None:
        """End a connection whose client takes nothing, not even the end; here that is left to the server."""


class DirectWire(Wire):
    """Writes frames as they were encoded for all sockets. What waits, waits in the outbox, not in the transport."""

    def __init__(self, send: Send, protocol: WebSocketsSansIOProtocol) -> None:
        super().__init__(send)
        self._protocol, self._transport = protocol, protocol.transport
        # with any byte left over `writable` is unset, so there is one queue with one limit on both ways
        self._transport.set_write_buffer_limits(high=0)
        if line := self._transport.get_extra_info("socket"):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        _forget_handshake(protocol)

    def write(self, frame: Frame) -> bool:
        """Write now, if nothing waits and nobody has ended the socket."""
        protocol, transport = self._protocol, self._transport
        if not protocol.writable.is_set() or protocol.close_sent or transport.is_closing():
            return False
        transport.write(frame.encoded)
        return True

    async def close(self, code: Close) -> None:
        """Say why, and see to it that the connection ends also when the client does not listen."""
        await super().close(code)
        asyncio.get_running_loop().call_later(LINGER_SECONDS, self._transport.abort)

    def abort(self) -> None:
        """End the connection with what waits in it: an orderly end would wait for the client to read."""
        self._transport.abort()


def _forget_handshake(protocol: WebSocketsSansIOProtocol) -> None:
    """The server keeps all headers three times as long as a socket lives, which is a sixth of its memory."""
    cast(list[object], protocol.scope["headers"]).clear()
    protocol.request.headers.clear()
    protocol.response.headers.clear()


def wire_of(send: Send) -> Wire:
    """The fastest way out that is safe for the server behind `send`; the socket has been accepted."""
    server = getattr(send, "__self__", None)
    if isinstance(server, WebSocketsSansIOProtocol) and not server.conn.extensions:
        return DirectWire(send, server)
    return Wire(send)
