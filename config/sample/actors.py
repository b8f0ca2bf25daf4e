"""Invented people who act by themselves after a short while when no person does, always under their own names."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from alliances import actions as alliances
from alliances.lifecycle import InvitationState, State, TaskState
from alliances.models import Alliance, Change, Invitation, Share, Task
from config import clock
from config.rows import Actor, Refused
from config.sample.visitors import is_left_to_a_visitor, visited_firms
from config.sample.world import OPERATOR
from firms.models import Member, User
from matching import actions as matching
from matching.models import Opportunity, Proposal
from matching.queries import trend_alive

log = logging.getLogger(__name__)
# how long a visitor has to do it first, in seconds of a person's time
DECIDE_SECONDS = 25.0
ANSWER_SECONDS = 15.0
ALLIANCES_AT_ONCE = 3
DECLINING = 11  # one in so many invitations is declined, so that the next candidate is seen
MARK = "sample"
SHOWN = "looked at and in order"
OPEN = [TaskState.READY.value, TaskState.STARTED.value]


def operator() -> Actor:
    return User.objects.get(email=OPERATOR).actor


def act(now: datetime) -> int:
    """Do what is due of all sample actors; returns how many things were done."""
    return sum(step(now) for step in (decide, decide_changes, answer, work, confirm))


def decide(now: datetime) -> int:
    """The sample operator answers the opportunity that has waited longest."""
    busy = Alliance.objects.live().exclude(state=State.PROPOSED).count()
    if busy >= ALLIANCES_AT_ONCE:
        return 0
    waiting = Opportunity.objects.filter(
        state=Opportunity.State.PROPOSED,
        proposals__state=Proposal.State.STANDING,
        proposals__made_at__lte=now - market(DECIDE_SECONDS),
    )
    return _try_each(_decide, waiting.order_by("proposals__made_at")[:1], now)


def _decide(opportunity: Opportunity, now: datetime) -> None:
    """Approve the plan that loses money least often, of those that earn some in the mean; else set it aside."""
    paying = [plan for plan in opportunity.proposals.standing() if _margin(plan)["mean"] > 0]
    if not trend_alive(opportunity.pk, now):
        _set_aside(opportunity, "the trend is over", now)
    elif paying:
        _approve(min(paying, key=lambda plan: (_margin(plan)["p_loss"], plan.rank)), now)
    else:
        _set_aside(opportunity, "no plan earns anything in the mean of its simulated lives", now)


def _set_aside(opportunity: Opportunity, why: str, now: datetime) -> None:
    matching.dismiss_opportunity(operator(), str(opportunity.key), reason=f"{MARK}: {why}", now=now)


def _margin(plan: Proposal) -> dict[str, float]:
    return dict(plan.risk_reports.latest("made_at").figures["margin"])


def decide_changes(now: datetime) -> int:
    """The sample operator decides what is proposed for living alliances."""
    patience = min(market(DECIDE_SECONDS), settings.CHANGE_TTL / 2)  # days may pass in seconds
    waiting = Change.objects.filter(state=Change.State.WAITING, made_at__lte=now - patience)
    return _try_each(_decide_change, waiting.select_related("seat").order_by("made_at"), now)


def _decide_change(change: Change, now: datetime) -> None:
    """Take the way out that leaves most, make a smaller plan, replace who does not deliver; else go on."""
    options = [way["exit"] for way in change.figures.get("ways", [])]
    grows = change.figures.get("revised_units", 0) >= change.figures.get("planned_units", 1)
    if options[:1] == ["carry_on"] or grows:
        alliances.dismiss_change(operator(), str(change.key), reason=f"{MARK}: it goes on", now=now)
    else:
        option = options[0] if options else ""
        alliances.confirm_change(operator(), str(change.key), option=option, reason=MARK, now=now)


def answer(now: datetime) -> int:
    """Owners of invited sample firms accept; now and then one declines."""
    waiting = Invitation.objects.filter(
        state=InvitationState.PENDING,
        firm__is_sample=True,
        sent_at__lte=now - market(ANSWER_SECONDS),
        due_at__gt=now,
    ).select_related("seat")
    return _try_each(_answer, waiting.order_by("sent_at"), now)


def work(now: datetime) -> int:
    """Workers of sample firms start what is ready and finish what has taken its time."""
    live = Task.objects.filter(
        seat__firm__is_sample=True,
        alliance__state__in=[State.OPERATING, State.EVOLVING, State.WINDING_DOWN],
        is_milestone=False,
    ).select_related("seat", "alliance")
    visited = visited_firms()
    mine = [task for task in live.filter(state__in=OPEN) if not is_left_to_a_visitor(task, visited)]
    done = _try_each(_start, [task for task in mine if task.state == TaskState.READY], now)
    return done + _try_each(_carry_on, [task for task in mine if task.state == TaskState.STARTED], now)


def waits_for_a_visitor() -> bool:
    """Whether a task is ready that a visitor's firm could start."""
    ready = Task.objects.filter(state=TaskState.READY, seat__firm_id__in=visited_firms(), is_milestone=False)
    return ready.exists()


def confirm(now: datetime) -> int:
    """Owners of sample firms confirm their shares."""
    open_shares = Share.objects.filter(
        settlement__alliance__state=State.SETTLING,
        confirmed_at=None,
        firm__is_sample=True,
        settlement__made_at__lte=now - market(ANSWER_SECONDS),
    ).select_related("settlement__alliance")
    return _try_each(_confirm, open_shares, now)


def market(seconds: float) -> timedelta:
    """How much market time passes in so many seconds of a person's time; less in a world in haste."""
    seconds /= settings.SAMPLE_HASTE
    return timedelta(seconds=seconds / clock.real_seconds(timedelta(seconds=1)))


def owner_of(firm_id: int) -> Actor:
    return _person(firm_id, Member.Role.OWNER)


def worker_of(firm_id: int) -> Actor:
    return _person(firm_id, Member.Role.WORKER)


def _person(firm_id: int, role: str) -> Actor:
    return (
        Member.objects.active()
        .select_related("user")
        .filter(firm_id=firm_id, role=role)
        .earliest("pk")
        .user.actor
    )


def _try_each(verb: Callable[[Any, datetime], None], rows: Iterable[Any], now: datetime) -> int:
    """A refusal, such as when a visitor was faster, is no reason to stop."""
    done = 0
    for row in rows:
        try:
            verb(row, now)
            done += 1
        except Refused as refused:
            log.info("sample actor: %s %s", verb.__name__, refused)
    return done


def _approve(proposal: Proposal, now: datetime) -> None:
    actor = operator()
    matching.open_report(actor, str(proposal.key), now=now)
    alliances.approve(actor, str(proposal.key), reason=MARK, now=now)


def _answer(invitation: Invitation, now: datetime) -> None:
    owner = owner_of(invitation.firm_id)
    key = str(invitation.key)
    if invitation.pk % DECLINING == DECLINING - 1 and invitation.seat.candidates:
        alliances.decline(owner, key, reason=MARK, now=now)
        return
    try:
        alliances.accept(owner, key, terms_hash=invitation.terms_hash, now=now)
    except Refused as refused:
        if refused.code != "capacity_gone":
            raise
        alliances.decline(owner, key, reason=str(refused.text), now=now)


def _start(task: Task, now: datetime) -> None:
    alliances.start(worker_of(_firm(task)), task.pk, now=now)


def _carry_on(task: Task, now: datetime) -> None:
    """Report progress as time goes by, and finish when the planned time has passed."""
    worker, share = worker_of(_firm(task)), _share_of_time(task, now)
    if share >= 1:
        _show_how_it_went(worker, task, now)
        alliances.finish(worker, task.pk, now=now, **_end(task))
    elif task.target_units and share * task.target_units >= task.done_units + task.target_units / 8:
        units = int(share * task.target_units)
        alliances.progress(worker, task.pk, done_units=units, revenue_minor=_revenue(task, units), now=now)


def _show_how_it_went(worker: Actor, task: Task, now: datetime) -> None:
    if task.needs_evidence and not task.evidence_count:
        alliances.post_evidence(worker, task.pk, text=f"{MARK}: {SHOWN}", now=now)


def _firm(task: Task) -> int:
    return (task.seat.firm_id if task.seat else None) or 0


def _share_of_time(task: Task, now: datetime) -> float:
    planned = max((task.planned_finish_at - task.planned_start_at).total_seconds(), 60.0)
    begun = task.started_at or now
    return (now - begun).total_seconds() / planned


def _end(task: Task) -> dict[str, Any]:
    if task.target_units is None:
        return {"revenue_minor": _payout(task)} if task.reports_revenue else {}
    return {"done_units": task.target_units, "revenue_minor": _revenue(task, task.target_units)}


def _revenue(task: Task, units: int) -> int:
    if not task.reports_revenue:
        return 0
    proposal = task.alliance.proposal
    return proposal.revenue_minor * units // max(1, proposal.units)


def _payout(task: Task) -> int:
    """What the marketplace pays out: the reported revenue less its part."""
    sold = task.alliance.tasks.filter(Q(code="S3")).first()
    return sold.revenue_minor * 85 // 100 if sold else 0


def _confirm(share: Share, now: datetime) -> None:
    alliances.confirm(owner_of(share.firm_id), str(share.settlement.alliance.key), now=now)
