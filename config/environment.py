"""How settings are read from the environment."""

from datetime import timedelta
from os import environ
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

KINDS = {"local": False, "production": True}
KIND = environ.get("MURMURATION_ENV", "local")
if KIND not in KINDS:  # "prod" must not quietly mean a local one, with its known secret
    raise ImproperlyConfigured(f"MURMURATION_ENV is {' or '.join(KINDS)}, not {KIND!r} (docs/settings.md).")
PRODUCTION = KINDS[KIND]


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


def database(url: str) -> dict[str, object]:
    """Translate a PostgreSQL URL into Django's form; a `host` parameter may name a socket folder."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        **_server(parts, query),
        "OPTIONS": {"application_name": "murmuration", **_options(query)},
        "CONN_MAX_AGE": 0,
        "TEST": {"MIRROR": None},
    }


def _server(parts: SplitResult, query: dict[str, str]) -> dict[str, str]:
    return {
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": query.get("port") or str(parts.port or ""),
    }


def _options(query: dict[str, str]) -> dict[str, object]:
    options: dict[str, object] = {k: v for k, v in query.items() if k not in {"host", "port"}}
    if flag("DATABASE_POOL", True):
        size = int(environ.get("DATABASE_POOL_SIZE", "24"))
        options["pool"] = {"min_size": 1, "max_size": size, "timeout": 20}
    return options


def channel_layer(redis_url: str) -> dict[str, object]:
    """How processes wake each other: by Redis when there is one; without it, NOTIFY does."""
    if not redis_url:
        return {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    # redis-py >= 8 would otherwise drop every idle connection after five seconds
    hosts = [{"address": redis_url, "socket_timeout": None}]
    return {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": hosts}}


def cache(redis_url: str) -> dict[str, object]:
    """Where the limits of log-ins are counted: by all processes together, or by each for itself."""
    if not redis_url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
