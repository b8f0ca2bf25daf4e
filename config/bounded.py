"""No request is larger than what the largest of our doors takes, whoever sends it.

Django writes down what comes before anything asks who it is. A proxy bounds it in production; nothing stands before
`up --lan`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from django.conf import settings

from firms.sheets import MOST_BYTES

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
AROUND = 1024 * 1024  # the rest of a form around its file


def bounded(inner: Application) -> Application:
    """Answer 413 to what says that it is larger; cut off what turns out to be."""
    most = max(MOST_BYTES, settings.EVIDENCE_MAX_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) + AROUND

    async def pass_on(scope: Scope, receive: Receive, send: Send) -> None:
        if said_length(scope["headers"]) > most:
            await send({"type": "http.response.start", "status": 413, "headers": [(b"connection", b"close")]})
            await send({"type": "http.response.body"})
            return
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            return message if came <= most else {"type": "http.disconnect"}

        await inner(scope, counted, send)

    return pass_on


def said_length(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """How long a request says that it is; nothing where it does not, or not in a number."""
    said = next((value for name, value in headers if name == b"content-length"), b"")
    return int(said[:20]) if said.isdigit() else 0
