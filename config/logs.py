"""What the platform logs: lines for people or, in production, JSON; with the request and the alliance, without persons.

Code logs by `logging` as everywhere. What is bound here, by request, command, job or alliance, is added to each line.
"""

import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from structlog import contextvars, processors, stdlib

E_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
ROW = re.compile(r"DETAIL:[^\n]*")  # the values that the database refused
SECRET = re.compile(r"[\w:=.-]{41,}")  # signed links and tokens; ids have at most 40 characters
Line = MutableMapping[str, Any]


def about(**ids: str) -> None:
    """Add ids to all lines until the surrounding `apart` ends: pseudonyms and numbers, never what names a person."""
    contextvars.bind_contextvars(**ids)


@contextmanager
def apart(**ids: str) -> Iterator[None]:
    """What is bound inside of the block is forgotten after it."""
    kept = contextvars.get_contextvars()
    contextvars.bind_contextvars(**ids)
    try:
        yield
    finally:
        contextvars.clear_contextvars()
        contextvars.bind_contextvars(**kept)


def bound(name: str) -> str:
    """What is bound under this name now; empty when nothing is."""
    return str(contextvars.get_contextvars().get(name, ""))


def clean(text: str) -> str:
    """A text without e-mail addresses, without the values of refused rows, and without links' secrets."""
    return SECRET.sub("…", ROW.sub("DETAIL: …", E_MAIL.sub("…@…", text)))


def _without_persons(_logger: Any, _name: str, line: Line) -> Line:
    return {key: clean(value) if isinstance(value, str) else value for key, value in line.items()}


def _with_trace(_logger: Any, _name: str, line: Line) -> Line:
    """With OpenTelemetry in this process, the ids of its trace; it is never imported from here."""
    if telemetry := sys.modules.get("opentelemetry.trace"):
        context = telemetry.get_current_span().get_span_context()
        if context.is_valid:
            line.update(trace=f"{context.trace_id:032x}", span=f"{context.span_id:016x}")
    return line


ADDED = [
    contextvars.merge_contextvars,
    stdlib.add_logger_name,
    stdlib.add_log_level,
    processors.TimeStamper(fmt="iso", utc=True, key="at"),
    processors.format_exc_info,
    _with_trace,
]
JSON = {
    "()": stdlib.ProcessorFormatter,
    "foreign_pre_chain": ADDED,
    "processors": [
        stdlib.ProcessorFormatter.remove_processors_meta,
        _without_persons,
        processors.JSONRenderer(ensure_ascii=False),
    ],
}
LINE = {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
SERVERS = ("uvicorn", "uvicorn.error")


def configuration(level: str, *, as_json: bool) -> dict[str, Any]:
    """What `logging` is set up with. Requests are logged by the proxy if at all: a line of each holds addresses."""
    servers = {name: {"handlers": [], "propagate": True, "level": level} for name in SERVERS}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": JSON if as_json else LINE},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {**servers, "uvicorn.access": {"handlers": [], "propagate": False}},
    }
