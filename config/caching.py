"""The cache in which log-ins are counted: by all processes together; while the broker is away, by each for itself."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def _or_near(name: str) -> Callable[..., Any]:
    shared = getattr(RedisCache, name)

    def ask(self: "SharedCache", *args: Any, **kwargs: Any) -> Any:
        try:
            return shared(self, *args, **kwargs)
        except RedisError:
            logger.warning("the broker does not answer: this process counts log-ins for itself")
            return getattr(caches["near"], name)(*args, **kwargs)

    return ask


class SharedCache(RedisCache):
    """Nobody is shut out because the broker restarts, and nobody may guess passwords without end meanwhile."""

    add, get, set, delete = map(_or_near, ("add", "get", "set", "delete"))
