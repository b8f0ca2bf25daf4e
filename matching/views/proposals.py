"""Proposals as a table; one with its seats and reasons; its risk report, opened before anybody approves."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_safe

from config import clock
from config.csv_file import csv_file, is_csv
from config.doors import for_operators, found, person
from matching import actions
from matching.models import Proposal
from matching.queries import contention, plans, tables
from matching.queries.flow_map import flow_arcs
from matching.queries.words import sentence


@require_safe
@for_operators
def proposals(request: HttpRequest) -> HttpResponseBase:
    """Proposals of all opportunities."""
    table = tables.proposals(request.GET)
    if is_csv(request):
        return csv_file(request, "proposals", table.records())
    counts = tables.proposal_counts()
    states = [(name, counts.get(name, 0)) for name in Proposal.State.values]
    state = request.GET.get("state", Proposal.State.STANDING)
    return render(request, "matching/proposals.html", {"table": table, "states": states, "state": state})


@require_safe
@for_operators
def proposal(request: HttpRequest, key: UUID) -> HttpResponse:
    """Who would do what, on which terms, and who could stand in."""
    column = found(plans.column(str(key), person(request).pk, clock.now()))
    names = plans.firm_names(column.seats)
    seats = [
        {
            "seat": seat,
            "what": [sentence(part) for part in seat.terms["what"]],
            "stand_ins": [names[row["firm"]] for row in seat.candidates],
        }
        for seat in column.seats
    ]
    tasks = plans.task_rows(column.proposal, column.figures)
    arcs = flow_arcs(column.seats)
    shown = {
        "column": column,
        "proposal": column.proposal,
        "seats": seats,
        "tasks": tasks,
        "arcs": arcs,
        "rivals": contention.rivals(column.proposal) if column.proposal.is_standing else [],
    }
    return render(request, "matching/proposal.html", shown)


@require_GET
@for_operators
def risk(request: HttpRequest, key: UUID) -> HttpResponse:
    """The risk report; that this person opened it is recorded."""
    now = clock.now()
    report = actions.open_report(person(request).actor, str(key), now=now)
    column = found(plans.column(str(key), person(request).pk, now))
    shown = {
        "report": report,
        "figures": report.figures,
        "column": column,
        "proposal": column.proposal,
        "opportunity": column.proposal.opportunity,
        "tasks": plans.task_rows(column.proposal, report.figures),
        "inputs": column.proposal.plan["risk"],
        "what_ifs": plans.what_ifs(column.proposal, report.figures),
    }
    return render(request, "matching/risk.html", shown)
