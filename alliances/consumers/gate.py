"""What every socket passes before it is heard: the right host, the right origin, a known path."""

from collections.abc import Awaitable, Callable
from typing import Any

from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.http.request import split_domain_port, validate_host

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def gate(inner: Application) -> Application:
    """Refuse sockets that come for another host or from another site's page; `inner` gets the others."""
    same_site: Application = AllowedHostsOriginValidator(inner)

    async def check(scope: Scope, receive: Receive, send: Send) -> None:
        await (same_site if is_our_host(scope) else refuse)(scope, receive, send)

    return check


def is_our_host(scope: Scope) -> bool:
    """Django checks the Host header of requests, but nobody does it for sockets."""
    hosts = [value.decode("latin1") for name, value in scope.get("headers", []) if name == b"host"]
    domain = split_domain_port(hosts[0])[0] if len(hosts) == 1 else ""
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 403 to the handshake."""
    if (await receive())["type"] == "websocket.connect":
        await send({"type": "websocket.close"})
