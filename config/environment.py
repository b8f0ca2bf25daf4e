"""How settings are read from the environment."""

import socket
import sys
from datetime import timedelta
from os import environ
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

KINDS = {"local": False, "production": True}
KIND = environ.get("MURMURATION_ENV", "local")
if KIND not in KINDS:  # "prod" must not quietly mean a local one, with its known secret
    raise ImproperlyConfigured(f"MURMURATION_ENV is {' or '.join(KINDS)}, not {KIND!r} (docs/settings.md).")
PRODUCTION = KINDS[KIND]
IS_CELERY = "celery" in Path(sys.argv[0]).parts[-2:]  # its processes do one thing at a time, and fork

LOCAL_SECRET = "local-only-never-in-production-3f1c9a7b5e2d4860"  # noqa: S105 - of a machine that nobody else reaches


def required(name: str) -> str:
    """Read a setting that production cannot do without; raise ImproperlyConfigured that names it."""
    value = environ.get(name, "")
    if PRODUCTION and not value:
        raise ImproperlyConfigured(f"Set {name}: production does not start without it (docs/settings.md).")
    return value


def flag(name: str, default: bool) -> bool:
    return environ.get(name, str(int(default))).lower() in {"1", "true", "yes", "on"}


def names(name: str, default: str) -> list[str]:
    return [part.strip() for part in environ.get(name, default).split(",") if part.strip()]


def durations(name: str) -> dict[str, timedelta]:
    """Read hours by name, such as "cooling_off=24,objections=72"."""
    parts = (part.partition("=") for part in names(name, ""))
    return {key: timedelta(hours=float(hours)) for key, _sep, hours in parts}


# A peer that was cut off says nothing. Both ends look for it: the client, so that nothing hangs; and the server,
# so that the locks of a machine that is gone do not hold up the others.
TCP = {
    "connect_timeout": "5",
    "keepalives_idle": "3",
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "tcp_user_timeout": "6000",
    "options": "-c tcp_keepalives_idle=3 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=6000 -c idle_in_transaction_session_timeout=60000",
}

KEEPALIVE = {
    getattr(socket, name): value
    for name, value in {
        "TCP_KEEPIDLE": 3,
        "TCP_KEEPINTVL": 1,
        "TCP_KEEPCNT": 3,
        "TCP_USER_TIMEOUT": 6000,
    }.items()
    if hasattr(socket, name)
}


PREPARED = {"server_side_binding": True, "prepare_threshold": 5}
"""What is asked for the sixth time on a connection is neither read nor planned anew (adr/0029)."""


def database(url: str) -> dict[str, object]:
    """Translate a PostgreSQL URL into Django's form; a `host` parameter may name a socket folder."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "config.postgresql",
        "NAME": parts.path.lstrip("/"),
        **(server := _server(parts, query)),
        "OPTIONS": {
            "application_name": "murmuration",
            **(TCP if _is_remote(server) else {}),
            **_options(query),
        },
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # after a restart of the database, the pool's old connections fail nobody
        "TEST": {"MIRROR": None},
    }


def _server(parts: SplitResult, query: dict[str, str]) -> dict[str, str]:
    return {
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": query.get("port") or str(parts.port or ""),
    }


def _is_remote(server: dict[str, str]) -> bool:
    return bool(server["HOST"]) and not server["HOST"].startswith("/")


def _options(query: dict[str, str]) -> dict[str, object]:
    options: dict[str, object] = {k: v for k, v in query.items() if k not in {"host", "port"}}
    options |= PREPARED
    if flag("DATABASE_POOL", not IS_CELERY):
        size = int(environ.get("DATABASE_POOL_SIZE", "24"))
        # the pool waits longer and longer between its tries to connect; a try anew begins with short waits again
        options["pool"] = {"min_size": 1, "max_size": size, "timeout": 10, "reconnect_timeout": 2}
    return options


def redis_options(timeout: float | None) -> dict[str, Any]:
    """How redis-py is to connect: no silent second try, and a peer that was cut off is noticed.

    `timeout` (seconds) is for an answer; None for a subscription, which may hear nothing for hours (redis-py
    would otherwise drop every idle connection after five seconds).
    """
    return {
        "decode_responses": True,
        "retry": None,
        "retry_on_timeout": False,
        "socket_timeout": timeout,
        "socket_connect_timeout": 2.0,
        "socket_keepalive": True,
        "socket_keepalive_options": KEEPALIVE,
    }


def cache(redis_url: str) -> dict[str, object]:
    """Where the limits of log-ins are counted: by all processes together, or by each for itself."""
    if not redis_url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    limits = {"socket_timeout": 2.0, "socket_connect_timeout": 2.0, "retry": None}
    return {"BACKEND": "config.caching.SharedCache", "LOCATION": redis_url, "OPTIONS": limits}
