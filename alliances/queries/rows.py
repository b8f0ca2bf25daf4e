"""The public rows of an alliance: what its partners see and the record keeps. No person is named in them.

The same functions make an event's changes and a snapshot, so that stale state + events = fresh state.
Values are strings, integers, booleans, lists or None; times are ISO 8601 in UTC.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import prefetch_related_objects

from alliances import playbook
from alliances.lifecycle import TASK_OVER, SeatState
from alliances.models import Alliance, Dispute, Invitation, Seat, Settlement, StockReport, Task

DISPATCHABLE = "S2"  # the task that says when the first unit can go to a buyer
Row = dict[str, Any]
Rows = dict[str, Row]
SOUGHT = {SeatState.OPEN, SeatState.INVITED, SeatState.ACCEPTED}


def iso(at: datetime | None) -> str | None:
    """An instant as the boards read it, such as 2026-11-22T13:00:00Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def alliance_row(alliance: Alliance) -> Row:
    """An alliance without `due_at`: when the clock looks again changes without anything having happened."""
    return {
        "key": str(alliance.key),
        "title": alliance.title,
        "route": alliance.route,
        "template": alliance.template,
        "currency": alliance.currency,
        "units": alliance.units,
        "state": str(alliance.state),
        "entered_at": iso(alliance.entered_at),
        "end_at": iso(alliance.end_at),
        "operating_at": iso(alliance.operating_at),
        "dissolved_at": iso(alliance.dissolved_at),
    }


def is_sought(seat: Seat) -> bool:
    """Whether somebody is looked for who takes the seat over in mid-life."""
    return seat.succeeds_id is not None and seat.state in SOUGHT


def seat_row(seat: Seat) -> Row:
    """A seat without its terms: those are between the firm and the alliance.

    An ended seat names no firm: it may be one that was asked in vain, which is not told to the partners. A seat
    that is filled again in mid-life is open to them until its firm has signed, whoever is asked meanwhile.
    """
    firm = None if is_sought(seat) or seat.state == SeatState.ENDED else seat.firm
    return {
        "id": seat.pk,
        "slot": seat.slot,
        "number": seat.number,
        "is_mandatory": seat.is_mandatory,
        "state": SeatState.OPEN.value if is_sought(seat) else str(seat.state),
        "firm": str(firm.key) if firm else None,
        "firm_name": firm.legal_name if firm else "",
    }


def task_row(task: Task) -> Row:
    """A task and who answers for it. What a person wrote about it is in the notes, not here."""
    firm = task.seat.firm if task.seat and not is_sought(task.seat) else None
    return {
        "id": task.pk,
        "code": task.code,
        "title": task.title,
        "seat": task.seat_id,
        "slot": task.seat.slot if task.seat else "",
        "firm": str(firm.key) if firm else None,
        "firm_name": firm.legal_name if firm else "",
        "helpers": sorted(seat.pk for seat in task.helpers.all()),
        "after": sorted(former.pk for former in task.after.all()),
        "state": str(task.state),
        "version": task.version,
        "is_mandatory": task.is_mandatory,
        "is_milestone": task.is_milestone,
        "planned_start_at": iso(task.planned_start_at),
        "planned_finish_at": iso(task.planned_finish_at),
        "due_at": iso(task.due_at),
        "started_at": iso(task.started_at),
        "finished_at": iso(task.finished_at),
        "escalated_at": iso(task.escalated_at),
        "target_units": task.target_units,
        "done_units": task.done_units,
        "reports_revenue": task.reports_revenue,
        "revenue_minor": task.revenue_minor,
        "is_short": bool(task.shortfall),
        "exception_kind": task.exception_kind,
        "is_unfounded": task.is_unfounded,
        "needs_evidence": task.needs_evidence,
        "evidence_count": task.evidence_count,
        "comment_count": task.comment_count,
    }


def forecast_row(tasks: Mapping[int, Task], found: playbook.Forecast) -> Row:
    """What is expected: of each open task when it will be finished and whether it is critical; and of all.

    It is apart from the tasks' rows: time moves nearly every forecast, and nobody has changed the task.
    """
    planned = [
        task.planned_finish_at for task in tasks.values() if task.is_mandatory and not task.exception_kind
    ]
    open_tasks = {task.code: task for task in tasks.values() if task.state not in TASK_OVER}
    return {
        "planned_at": iso(max(planned, default=None)),
        "end_at": _minute(found.end_at),
        "dispatchable_at": _minute(found.finish_of(DISPATCHABLE)),
        "tasks": {
            str(open_tasks[code].pk): [_minute(one.finish_at), int(one.is_critical)]
            for code, one in found.tasks.items()
            if code in open_tasks
        },
    }


def _minute(at: datetime | None) -> str | None:
    """An instant to the full minute, later rather than earlier."""
    return iso((at + timedelta(seconds=59.999999)).replace(second=0, microsecond=0)) if at else None


def stock_row(report: StockReport) -> Row:
    return {
        "id": report.pk,
        "firm": str(report.firm.key),
        "firm_name": report.firm.legal_name,
        "place": report.place,
        "units": report.units,
        "at": iso(report.at),
    }


def settlement_row(settlement: Settlement) -> Row:
    """The shares of all partners, to the minor unit: they see the same sums and may check them.

    The whole inputs are in it, so that the record alone is enough to compute the shares again.
    """
    prefetch_related_objects([settlement], "shares__firm", "objections__firm")
    shares = sorted(settlement.shares.all(), key=lambda share: share.pk)
    objections = sorted(settlement.objections.all(), key=lambda objection: objection.pk)
    return {
        "version": settlement.version,
        "inputs": settlement.inputs,
        "inputs_hash": settlement.inputs_hash,
        "made_at": iso(settlement.made_at),
        "objections_until_at": iso(settlement.objections_until_at),
        "shares": [
            {
                "firm": str(share.firm.key),
                "firm_name": share.firm.legal_name,
                "currency": share.currency,
                "amount_minor": share.amount_minor,
                "reasons": share.reasons,
                "confirmed_at": iso(share.confirmed_at),
            }
            for share in shares
        ],
        "objections": [
            {
                "firm": str(row.firm.key),
                "at": iso(row.at),
                "version": row.version,
                "matter": row.matter,
                "answered_at": iso(row.answered_at),
                "is_upheld": row.is_upheld,
                "accepted_at": iso(row.accepted_at),
            }
            for row in objections
        ],
    }


def dispute_row(dispute: Dispute) -> Row:
    """A dispute without what people wrote about it, which is in the notes."""
    return {
        "id": dispute.pk,
        "firm": str(dispute.firm.key),
        "firm_name": dispute.firm.legal_name,
        "task": dispute.task_id,
        "objection": dispute.objection_id,
        "state": str(dispute.state),
        "at": iso(dispute.at),
        "due_at": iso(dispute.due_at),
        "ended_at": iso(dispute.ended_at),
        "is_alone": dispute.is_alone,
        "corrections": [
            {name: value for name, value in row.items() if name != "evidence"} for row in dispute.corrections
        ],
    }


def invitation_row(invitation: Invitation) -> Row:
    return {
        "key": str(invitation.key),
        "slot": invitation.seat.slot,
        "number": invitation.seat.number,
        "state": str(invitation.state),
        "terms_hash": invitation.terms_hash,
        "sent_at": iso(invitation.sent_at),
        "due_at": iso(invitation.due_at),
        "answered_at": iso(invitation.answered_at),
    }


def seat_rows(seats: Iterable[Seat]) -> Rows:
    """Rows by id, with one query for all their firms."""
    found = list(seats)
    prefetch_related_objects(found, "firm")
    return {str(seat.pk): seat_row(seat) for seat in found}


def task_rows(tasks: Iterable[Task]) -> Rows:
    """Rows by id, with a fixed number of queries for seats, firms and predecessors."""
    found = list(tasks)
    prefetch_related_objects(found, "seat__firm", "helpers", "after")
    return {str(task.pk): task_row(task) for task in found}


def stock_rows(reports: Iterable[StockReport]) -> Rows:
    """Rows by id, with one query for all their firms."""
    found = list(reports)
    prefetch_related_objects(found, "firm")
    return {str(report.pk): stock_row(report) for report in found}


def dispute_rows(disputes: Iterable[Dispute]) -> Rows:
    """Rows by id, with one query for all their firms."""
    found = list(disputes)
    prefetch_related_objects(found, "firm")
    return {str(dispute.pk): dispute_row(dispute) for dispute in found}
