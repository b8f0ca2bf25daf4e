"""The sealed record: what it is covered by, the file, and the program that checks it."""

from pathlib import Path
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliances import ledger
from alliances.models import Alliance
from alliances.queries import ledger as log
from alliances.queries import sealed
from config import clock, platform_key
from config.doors import for_people, found, person

VERIFIER = Path(ledger.__file__).with_name("verify_record.py")


@require_safe
@for_people
def record(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what the record is covered by, and how to check it."""
    alliance, now, user = _alliance(request, key), clock.now(), person(request)
    firms = None if user.is_operator else sealed.firms_in(user.pk, alliance)
    shown = {
        "alliance": alliance,
        "checkpoint": log.last_checkpoint(),
        "exposed": log.exposed(alliance, now, firms),
        "public_key": ledger.verifier_key(platform_key.public()),
        "now": now,
    }
    return render(request, "alliances/record.html", shown)


@require_safe
@for_people
def record_file(request: HttpRequest, key: UUID) -> HttpResponse:
    """The record as a file: an operator's is the whole, a partner's what its firms may see."""
    alliance, user = _alliance(request, key), person(request)
    found(log.last_checkpoint())
    firms = None if user.is_operator else sealed.firms_in(user.pk, alliance)
    text = sealed.record_file(alliance, firms, clock.now())
    return _download(text, "application/json", f"record-{alliance.key}.json")


@require_safe
@for_people
def checkpoint(request: HttpRequest, key: UUID) -> HttpResponse:
    """The signed checkpoint that covers the record."""
    _alliance(request, key)
    kept = found(log.last_checkpoint())
    return _download(kept.note, "text/plain; charset=utf-8", f"checkpoint-{kept.size}.txt")


@require_safe
@for_people
def verifier(request: HttpRequest) -> HttpResponse:
    """The program with which anyone checks a record offline."""
    return _download(VERIFIER.read_text(), "text/x-python; charset=utf-8", VERIFIER.name)


def _alliance(request: HttpRequest, key: UUID) -> Alliance:
    """The alliance whose record this person may have. Raises Missing."""
    user = person(request)
    if user.is_operator:
        return found(sealed.of_operator(str(key)))
    return found(sealed.of_partner(user.pk, str(key)))


def _download(text: str, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
