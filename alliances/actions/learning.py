"""What an alliance taught is kept: durations, lessons, a proposal for the template; and what people make of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from alliances import playbook
from alliances.actions.steps import announce, lock_by, lock_seen, operator, said
from alliances.heritage import ENOUGH, Change, changes, lessons
from alliances.lifecycle import State
from alliances.models import Alliance, Duration, Event, Lesson, Succession, TaskTemplate, TemplateProposal
from alliances.queries import heritage, templates
from config.rows import Actor, Missing, Refused, command, move
from config.wake import wake
from matching import actions as matching
from matching import queries as market
from matching.blueprint import Days

PROMISED = frozenset(
    {"M6", "L4"}
)  # planned with what the maker and the carrier promise, never with a template
MAY_TELL = (State.WINDING_DOWN, State.SETTLING, State.DISPUTED)
MOST_LESSONS = 50


def learn(alliance: Alliance, now: datetime) -> None:
    """Keep what the alliance taught. The caller dissolves it in the same transaction."""
    Duration.objects.bulk_create(
        Duration(
            alliance=alliance,
            route=alliance.route,
            code=code,
            days=seen.days,
            is_censored=seen.is_censored,
            filed_at=now,
        )
        for code, seen in heritage.days_taken(alliance).items()
    )
    Lesson.objects.create(alliance=alliance, rows=lessons(heritage.life_of(alliance, now)), made_at=now)
    propose_template(alliance.route, now)


def propose_template(route: str, now: datetime) -> None:
    """Propose other days for a route where what was seen asks for them; a newer proposal replaces the open one.

    What an operator has set aside comes up again only when much more was seen.
    """
    current = {code: days for code, days in heritage.current_days(route).items() if code not in PROMISED}
    found = changes(current, heritage.first_days(route), heritage.seen_on(route))
    known = _set_aside(route)
    rows = [_packed(row) for row in found if row.observations >= known.get(row.code, 0)]
    open_one = TemplateProposal.objects.select_for_update().filter(
        route=route, state=TemplateProposal.State.OPEN
    )
    if not rows:
        open_one.update(state=TemplateProposal.State.OVERTAKEN, decided_at=now)
    elif not open_one.update(changes=rows, made_at=now):
        TemplateProposal.objects.create(route=route, changes=rows, made_at=now)
    wake("console")


@command
def adopt_template(
    actor: Actor, proposal_id: int, *, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Make a new version of the template with the proposed days; every new plan uses them from now on."""
    by = operator(actor)
    proposal = _open(proposal_id)
    new = {row["code"]: Days(*row["new"]) for row in proposal.changes}
    version = _write_version(proposal.route, new, by, now)
    decided = {"decided_at": now, "decided_by_id": by, "version": version}
    move(proposal, TemplateProposal.State.OPEN, TemplateProposal.State.ADOPTED, **decided)
    matching.set_durations(actor, proposal.route, new, now=now)
    return {"route": proposal.route, "version": version}


@command
def dismiss_template(
    actor: Actor, proposal_id: int, *, reason: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Leave the template as it is, with a reason."""
    by, why = operator(actor), said(reason, _("Say why."))[:400]
    proposal = _open(proposal_id)
    decided = {"decided_at": now, "decided_by_id": by, "reason": why}
    move(proposal, TemplateProposal.State.OPEN, TemplateProposal.State.DISMISSED, **decided)
    wake("console")
    return {"route": proposal.route}


@command
def add_lesson(
    actor: Actor, alliance_key: str, *, text: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Write down what one has learned, before the alliance ends; the text stays outside the record."""
    alliance = lock_seen(actor, alliance_key)
    if alliance.state not in MAY_TELL:
        raise Refused("not_ending", _("Lessons are written while the alliance ends."), state=alliance.state)
    written = said(text, _("Say what you have learned."))
    if Event.objects.filter(stream=alliance.stream_id, kind="lesson_added").count() >= MOST_LESSONS:
        raise Refused("too_many_lessons", _("This alliance has enough lessons already."))
    event = announce(alliance, "lesson_added", actor, now, command_id=command_id, note=written)
    return {"version": event.version}


@command
def found_successor(
    actor: Actor,
    alliance_key: str,
    *,
    markets: Sequence[Mapping[str, Any]],
    half_life_days: float,
    reason: str,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Raise an opportunity after a dissolved alliance: same product, the ordinary path from there on.

    The old alliance is only named; nothing of it comes back to life.
    """
    by = operator(actor)
    former = lock_by(key=alliance_key)
    if former.state != State.DISSOLVED:
        raise Refused(
            "not_dissolved", _("A successor follows an alliance that is dissolved."), state=former.state
        )
    key = matching.raise_opportunity(
        actor,
        former.product.key,
        markets=markets,
        half_life_days=half_life_days,
        reason=reason,
        currency=former.currency,
        now=now,
    )
    Succession.objects.create(opportunity_id=market.id_of(key), predecessor=former, by_id=by, at=now)
    return {"opportunity": key}


def _open(proposal_id: int) -> TemplateProposal:
    found = TemplateProposal.objects.select_for_update().filter(pk=proposal_id).first()
    if found is None:
        raise Missing
    if found.state != TemplateProposal.State.OPEN:
        raise Refused("decided", _("This proposal was decided already."), state=found.state)
    return found


def _write_version(route: str, new: Mapping[str, Days], by: int, now: datetime) -> int:
    template = templates.current(route)
    tasks = {
        code: replace(pattern, days=new[code], assumed=False) if code in new else pattern
        for code, pattern in template.tasks.items()
    }
    last = TaskTemplate.objects.filter(route=route).aggregate(last=Max("version"))["last"] or playbook.FIRST
    TaskTemplate.objects.create(
        route=route,
        version=last + 1,
        body=playbook.template_body(replace(template, tasks=tasks)),
        made_at=now,
        approved_at=now,
        approved_by_id=by,
        note="From the durations of dissolved alliances.",
    )
    return int(last) + 1


def _set_aside(route: str) -> dict[str, int]:
    """How often a task must have been seen before days that were set aside are proposed again."""
    rows = TemplateProposal.objects.filter(route=route, state=TemplateProposal.State.DISMISSED)
    return {
        row["code"]: row["observations"] + ENOUGH
        for proposal in rows.order_by("decided_at")
        for row in proposal.changes
    }


def _packed(change: Change) -> dict[str, Any]:
    return {
        "code": change.code,
        "old": list(asdict(change.old).values()),
        "new": list(asdict(change.new).values()),
        "observations": change.observations,
    }
