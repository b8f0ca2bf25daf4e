"""Claim a row, move a state, keep a command's result; and who acts, and what a refusal says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.models import Command

P = ParamSpec("P")
Text = str | Promise


@dataclass(frozen=True)
class Actor:
    """Who does something: a member for a firm, an operator, or the clock. `key` is a pseudonym."""

    kind: Literal["member", "operator", "clock"]
    key: str
    user_id: int | None = None
    is_sample: bool = False

    @property
    def is_operator(self) -> bool:
        return self.kind == "operator"


CLOCK = Actor("clock", "clock")


class Refused(Exception):
    """A verb that may not happen now. `code` is for programs, `text` for people, `detail` shows the present state."""

    def __init__(self, code: str, text: Text, **detail: Any) -> None:
        super().__init__(code)
        self.code, self.text, self.detail = code, text, detail

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"


class Missing(Refused):
    """What was asked for does not exist for this actor; whether it exists for others is not told."""

    def __init__(self) -> None:
        super().__init__("not_found", _("This does not exist, or it is not yours to see."))


def claim(rows: "models.QuerySet[Any]", **changes: Any) -> bool:
    """Change a single row that still is as the filter says; false when somebody else was first."""
    return rows.update(**changes) == 1


def move(row: models.Model, before: str, after: str, **changes: Any) -> bool:
    """Move `row.state`; tells whether this caller won. The instance then shows the new state."""
    rows = type(row)._default_manager.filter(pk=row.pk, state=before)
    if not claim(rows, state=after, **changes):
        return False
    for name, value in {"state": after, **changes}.items():
        setattr(row, name, value)
    return True


def command(
    function: Callable[Concatenate[Actor, P], dict[str, Any]],
) -> Callable[Concatenate[Actor, P], dict[str, Any]]:
    """Make a verb one transaction; a repeated `command_id` of the same actor returns the first answer.

    The verb takes its target as first argument and `now` and `command_id` by name. A refusal keeps nothing.
    """

    @wraps(function)
    def run(actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> dict[str, Any]:
        key, now = kwargs.get("command_id"), kwargs["now"]
        with transaction.atomic():
            if not key:
                return function(actor, *args, **kwargs)
            kept = _keep(actor, str(key), function.__name__, str(args[0]) if args else "", now)
            if kept.result is None:
                kept.result = function(actor, *args, **kwargs)
                kept.save(update_fields=["result"])
            return dict(kept.result)

    return run


def _keep(actor: Actor, key: str, verb: str, target: str, now: Any) -> Command:
    if len(key) > 64:
        raise Refused("command_id_too_long", _("A command id has at most 64 characters."))
    at: datetime = now
    fresh = Command(actor=actor.key, key=key, verb=verb, target=target, at=at)
    if fresh.insert_first():
        return fresh
    kept = Command.objects.select_for_update().get(actor=actor.key, key=key)
    if (kept.verb, kept.target) != (verb, target):
        raise Refused("command_id_reused", _("This command id was already used for something else."))
    return kept
