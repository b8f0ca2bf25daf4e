"""What an alliance leaves behind, read from its record; and what operators see of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from alliances import playbook
from alliances.heritage import Life, Seen, Step, longest_chain
from alliances.lifecycle import InvitationState, TaskState
from alliances.models import Alliance, Duration, Event, Invitation, Share, Succession, Task, TemplateProposal
from alliances.queries import templates
from matching import queries as matching
from matching.blueprint import Days, Route

NEWEST = 100  # observations of a task that count
DAY = 86_400
SELLING, FIRST_UNIT = "S3", "S2"


def life_of(alliance: Alliance, now: datetime) -> Life:
    """An alliance in figures, as planned and as it came."""
    tasks = list(alliance.tasks.prefetch_related("after"))
    by_code = {task.code: task for task in tasks}
    asked = Counter(
        Invitation.objects.filter(seat__alliance=alliance).order_by().values_list("state", flat=True)
    )
    first, plan = by_code.get(FIRST_UNIT), alliance.proposal
    return Life(
        reason=alliance.ending_reason,
        planned_units=alliance.units,
        sold_units=by_code[SELLING].done_units if SELLING in by_code else 0,
        currency=alliance.currency,
        planned_margin_minor=plan.margin_minor,
        margin_minor=_margin(alliance),
        planned_first_on=plan.dispatchable_on,
        first_on=first.finished_at.date() if first and first.finished_at else None,
        planned_end_on=plan.ends_on,
        end_on=now.date(),
        steps=_steps(alliance, tasks),
        exceptions=Counter(task.exception_kind for task in tasks if task.exception_kind),
        replaced=list(alliance.seats.filter(succeeds__isnull=False).values_list("slot", flat=True)),
        declined=asked[InvitationState.DECLINED],
        unanswered=asked[InvitationState.EXPIRED],
        objections=alliance.settlement.objections.count(),
    )


def days_taken(alliance: Alliance) -> dict[str, Seen]:
    """How long each task took from its start; of a cancelled one it is known how long at least."""
    found = {}
    for task in alliance.tasks.filter(is_milestone=False, exception_kind="", started_at__isnull=False):
        is_done = task.state == TaskState.FINISHED
        ended_at = task.finished_at if is_done else task.escalated_at
        if ended_at and task.started_at and ended_at > task.started_at:
            found[task.code] = Seen(_days(task.started_at, ended_at), not is_done)
    return found


def seen_on(route: str) -> dict[str, list[Seen]]:
    """The newest durations of each task of a route."""
    found: dict[str, list[Seen]] = defaultdict(list)
    age = Window(RowNumber(), partition_by="code", order_by="-pk")
    newest = Duration.objects.filter(route=route).annotate(age=age).filter(age__lte=NEWEST)
    for code, days, is_censored in newest.order_by("-pk").values_list("code", "days", "is_censored"):
        found[code].append(Seen(days, is_censored))
    return found


def current_days(route: str) -> dict[str, Days]:
    return {code: pattern.days for code, pattern in templates.current(route).tasks.items()}


def first_days(route: str) -> dict[str, Days]:
    """What was thought before anything was seen."""
    return {code: pattern.days for code, pattern in playbook.first_template(Route(route)).tasks.items()}


def template_proposals() -> QuerySet[TemplateProposal]:
    """Those that wait first, then the newest."""
    rows = TemplateProposal.objects.select_related("decided_by")
    return rows.order_by(F("decided_at").desc(nulls_first=True), "-made_at")


def told(alliance: Alliance) -> QuerySet[Event]:
    """The lessons that partners wrote themselves, and that were not erased."""
    rows = Event.objects.filter(stream=alliance.stream_id, kind="lesson_added", note__erased_at=None)
    return rows.select_related("note").order_by("version")


def succession(opportunity_id: int) -> Succession | None:
    """The alliance after which an opportunity was raised."""
    rows = Succession.objects.select_related("predecessor__lesson")
    return rows.filter(opportunity_id=opportunity_id).first()


def successors(former: Alliance) -> QuerySet[Succession]:
    """What was raised after an alliance."""
    rows = Succession.objects.filter(predecessor=former)
    return rows.select_related("opportunity__product").order_by("at")


def _margin(alliance: Alliance) -> int | None:
    """What was left of the sales when all others were paid, in the alliance's own currency."""
    inputs, currency = alliance.settlement.inputs, alliance.currency
    sold = sum(
        row["units"] * row["price_minor"] for row in inputs.get("sales", ()) if row["currency"] == currency
    )
    kept = sum(row["amount_minor"] for row in inputs.get("fees", ()) if row["currency"] == currency)
    others = Share.objects.filter(settlement__alliance=alliance, currency=currency, amount_minor__gt=0)
    paid = sum(others.exclude(firm__key=inputs.get("seller")).values_list("amount_minor", flat=True))
    return int(sold - kept - paid)


def _steps(alliance: Alliance, tasks: list[Task]) -> list[Step]:
    likely = {spec.code: spec.days.likely for spec in matching.planned_tasks(alliance.proposal_id)}
    finished = {
        task.code: (task.finished_at, [before.code for before in task.after.all()])
        for task in tasks
        if task.state == TaskState.FINISHED
    }
    chain = longest_chain(finished)
    return [
        Step(task.code, task.title, likely[task.code], _from_begin(task, finished), task.code in chain)
        for task in tasks
        if task.code in finished and task.code in likely and not task.is_milestone
    ]


def _from_begin(task: Task, finished: Mapping[str, Any]) -> float:
    """Days from when nothing stood before it any more, waiting and all."""
    ends = [finished[before.code][0] for before in task.after.all() if before.code in finished]
    begin = max(ends, default=task.planned_start_at)
    return _days(begin, task.finished_at or begin)


def _days(start: datetime, end: datetime) -> float:
    return max((end - start).total_seconds(), 0) / DAY
