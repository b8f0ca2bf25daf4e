"""The way in for requests and sockets: what an ASGI server runs, with the reconciler beside it."""

import os
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

# only now can models be imported
from alliances.routing import sockets  # noqa: E402
from config import reconciler  # noqa: E402
from config.bounded import bounded  # noqa: E402
from config.celery import app  # noqa: E402
from config.garbage import spare_what_is_loaded  # noqa: E402


async def lifespan(
    _scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """Look for overdue work from the server's start to its end."""
    await receive()
    import_module(settings.ROOT_URLCONF)  # all pages, before the first request
    spare_what_is_loaded()
    reconciler.start(app.conf.beat_schedule, reconciler.WEBS_PATIENCE)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    reconciler.stop()
    await send({"type": "lifespan.shutdown.complete"})


application = ProtocolTypeRouter(
    {"http": bounded(django_application), "websocket": sockets, "lifespan": lifespan}
)
