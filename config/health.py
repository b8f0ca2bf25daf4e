"""The doors for machines that look after the platform: probes, and Prometheus."""

from hmac import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from config import clock, metrics, reconciler, status
from config.doors import for_operators


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answer that this process runs; 503 when only a restart can help."""
    is_well = reconciler.is_well()
    return JsonResponse({"status": "live" if is_well else "stuck"}, status=200 if is_well else 503)


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer whether requests belong here: 200, also when something is degraded, or 503; and what was found."""
    found = status.health()
    told = {
        name: getattr(found, name) for name in ("database", "migrations", "wakes", "deadlines", "reconciler")
    }
    return JsonResponse({"status": found.word, **told}, status=200 if found.can_serve else 503)


@never_cache
@require_safe
def residue(request: HttpRequest) -> JsonResponse:
    """Answer what ended alliances have left open, by kind: nothing, or 503 and an alarm for whoever watches."""
    found = status.left_open(clock.now())
    return JsonResponse(
        {"status": "residue" if found else "clean", "residues": found}, status=503 if found else 200
    )


@never_cache
@require_safe
def read_metrics(request: HttpRequest) -> HttpResponseBase:
    """Give the metrics to whoever has METRICS_TOKEN, and to operators."""
    return _metrics(request) if _has_token(request) else _metrics_for_operators(request)


def _metrics(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(metrics.text(), content_type=CONTENT_TYPE_LATEST)


_metrics_for_operators = for_operators(_metrics)


def _has_token(request: HttpRequest) -> bool:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    return bool(expected) and kind == "Bearer" and compare_digest(given.encode(), expected.encode())
