"""One table from the words of boards to the verbs of the room."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from alliances import actions
from alliances.orders.order import Do
from config import clock
from config.logs import apart
from config.rows import Actor, Refused

log = logging.getLogger(__name__)

FAULTS = {"failed", "later"}  # codes of answers that are no decision of the platform


@dataclass(frozen=True, slots=True)
class Verb:
    """What a command calls, and which arguments it may carry."""

    call: Callable[..., dict[str, Any]]
    fields: Mapping[str, type]
    needs: frozenset[str] = frozenset()
    is_of_task: bool = False


UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # JSON may hold them, the database may not
UNITS = {"done_units": int, "revenue_minor": int}
VERBS = {
    "start": Verb(actions.start, {}, is_of_task=True),
    "progress": Verb(actions.progress, UNITS, frozenset({"done_units"}), is_of_task=True),
    "finish": Verb(actions.finish, {**UNITS, "shortfall": str, "unfounded": bool}, is_of_task=True),
    "hand_back": Verb(actions.hand_back, {}, is_of_task=True),
    "reopen": Verb(actions.reopen, {}, is_of_task=True),
    "post_evidence": Verb(  # a note or a count; files come by HTTP
        actions.post_evidence, {"text": str, "good_units": int, "bad_units": int}, is_of_task=True
    ),
    "comment": Verb(actions.comment, {"text": str, "tell": list}, frozenset({"text"}), is_of_task=True),
    "post_stock": Verb(actions.post_stock, {"place": str, "units": int}, frozenset({"place", "units"})),
    "post_exception": Verb(
        actions.post_exception, {"kind": str, "text": str, "task_id": int}, frozenset({"kind", "text"})
    ),
    "confirm": Verb(actions.confirm, {"expected_version": int}),
    "object": Verb(actions.object_, {"text": str, "matter": str}, frozenset({"text"})),
}


def carry_out(order: Do, actor: Actor, alliance_key: UUID, language: str) -> dict[str, Any]:
    """Do it, and answer in the protocol's words. What may not happen, and what fails, is an answer too.

    After `later` the database was away: whether it was done is not known, and repeating it with its id is safe.
    """
    with override(language), apart(request=order.id):
        try:
            return {"ok": True, "result": _call(order, actor, alliance_key)}
        except Refused as no:
            return {"ok": False, "code": no.code, "text": str(no.text), "detail": no.detail}
        except (OperationalError, InterfaceError) as away:
            log.warning("the command %s has to wait for the database: %s", order.verb, away)
            return _fault("later")
        except Exception:
            log.exception("the command %s failed", order.verb)
            return _fault("failed")


def _fault(code: str) -> dict[str, Any]:
    return {"ok": False, "code": code, "text": "", "detail": {}}


def _call(order: Do, actor: Actor, alliance_key: UUID) -> dict[str, Any]:
    verb = VERBS.get(order.verb)
    if verb is None or (verb.is_of_task and order.task is None):
        raise Refused("unknown_verb", _("This cannot be done on a board."))
    arguments = _arguments(verb, order)
    if verb.is_of_task:
        arguments["expected_version"] = order.expected_version
    target: Any = order.task if verb.is_of_task else str(alliance_key)
    return verb.call(actor, target, command_id=order.id, now=clock.now(), **arguments)


def _arguments(verb: Verb, order: Do) -> dict[str, Any]:
    """The verb's own arguments; an empty one is left out. Raises Refused when one is wrong or missing."""
    given = {name: value for name, value in order.data.items() if value is not None}
    fits = all(type(value) is verb.fields.get(name) for name, value in given.items())
    fits = fits and not any(UNSTORABLE.search(str(value)) for value in given.values())
    if not fits or not verb.needs <= given.keys():
        raise Refused("invalid", _("Something in this form is missing or has the wrong form."))
    return given
