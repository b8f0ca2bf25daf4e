"""What every socket passes before it is heard: the right host, the right origin, a known path."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
WEB = ("http", "https")


def gate(inner: Application) -> Application:
    """Refuse sockets that come for another host or from another site's page; `inner` gets the others."""

    async def check(scope: Scope, receive: Receive, send: Send) -> None:
        await (inner if is_our_host(scope) and is_our_page(scope) else refuse)(scope, receive, send)

    return check


def is_our_host(scope: Scope) -> bool:
    """Django checks the Host header of requests, but nobody does it for sockets."""
    domain = split_domain_port(only(b"host", scope))[0]
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def is_our_page(scope: Scope) -> bool:
    """Whether the page that opens it was served here, as Django asks of forms: other ports are other sites (RFC 6454).

    The scheme may differ: a proxy takes it off.
    """
    origin = only(b"origin", scope).lower()
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    scheme, _, authority = origin.partition("://")
    return scheme in WEB and authority == only(b"host", scope).lower()


def only(name: bytes, scope: Scope) -> str:
    """A header that comes once; nothing if it is missing or comes more often."""
    values = [value.decode("latin1") for key, value in scope.get("headers", []) if key == name]
    return values[0] if len(values) == 1 else ""


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 403 to the handshake."""
    if (await receive())["type"] == "websocket.connect":
        await send({"type": "websocket.close"})
