"""The platform's web server on a real port, in the event loop of a test or a benchmark."""

import asyncio
import base64
import os
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from config.embedded.platform import Server, listen, web

TEXT = 0x81


@asynccontextmanager
async def server() -> AsyncIterator[int]:
    """Serve while the block runs; yields the port."""
    listener = listen("127.0.0.1", 0)
    ready = asyncio.Event()
    config = web()
    config.lifespan = "off"  # nothing is to happen beside what a test does
    running = Server(config, ready.set)
    task = asyncio.create_task(running.serve(sockets=[listener]))
    await ready.wait()
    try:
        yield listener.getsockname()[1]
    finally:
        running.should_exit = running.force_exit = True
        await task


def handshake(port: int, path: str, cookie: bytes) -> bytes:
    """What a browser sends to open a socket."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: http://127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Cookie: {cookie.decode()}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def masked(text: str) -> bytes:
    """A text frame as clients send it, below 64 KiB."""
    payload, mask = text.encode(), os.urandom(4)
    size = len(payload)
    head = bytes([TEXT, 0x80 | size]) if size < 126 else bytes([TEXT, 0xFE]) + struct.pack("!H", size)
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """One frame of the server: its first byte and its payload."""
    first, size = await reader.readexactly(2)
    if size >= 126:
        size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8))
    return first, await reader.readexactly(size)


class Caller:
    """A client on a real line that reads only when told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.lines = deque[str]()

    @classmethod
    async def call(cls, port: int, path: str, cookie: bytes, receive_buffer: int = 0) -> "Caller":
        """Open a socket; a small buffer makes a client that stalls early."""
        line = socket.socket()
        if receive_buffer:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=line, limit=2**12)
        writer.write(handshake(port, path, cookie))
        answer = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in answer.split(b"\r\n")[0], answer
        return cls(reader, writer)

    def say(self, text: str) -> None:
        self.writer.write(masked(text))

    async def hear(self) -> str:
        """The next line of a message, or the code of the close as text."""
        while not self.lines:
            first, payload = await read_frame(self.reader)
            if first == TEXT:
                self.lines.extend(payload.decode().split("\n"))
            if first == 0x88:
                return str(int.from_bytes(payload[:2]))
        return self.lines.popleft()

    async def ends(self) -> None:
        """Read until there is no more."""
        while await self.reader.read(2**16):
            pass

    def hang_up(self) -> None:
        self.writer.transport.abort()
