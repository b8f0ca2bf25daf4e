"""What a device needs to install the platform and to keep its pages: manifest, service worker, and a farewell."""

from functools import cache
from http import HTTPStatus
from typing import Any

from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.doors import must_be_forgotten

ICONS = [
    ("icons/icon-192.png", "192x192", "any"),
    ("icons/icon-512.png", "512x512", "any"),
    ("icons/maskable-512.png", "512x512", "maskable"),
]


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Say under which name, with which face and where the platform begins on a phone (W3C Web App Manifest)."""
    icons = [
        {"src": static(src), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for src, sizes, purpose in ICONS
    ]
    content = {
        "id": "/",
        "name": "Murmuration",
        "short_name": "Murmuration",
        "description": _("Many small firms answer a surge together, as one temporary alliance."),
        "start_url": reverse("alliances:desk"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f7f7",
        "theme_color": "#0b6566",
        "icons": icons,
        "shortcuts": [{"name": _("My tasks"), "url": reverse("alliances:desk")}],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from the root, so that it covers every page; browsers look for a newer one each time."""
    answer = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    answer["Service-Worker-Allowed"] = "/"
    return answer


@cache
def _worker() -> str:
    return (settings.BASE_DIR / "config" / "static" / "js" / "worker.js").read_text()


@require_safe
def install(request: HttpRequest) -> HttpResponse:
    """How the platform comes onto a phone."""
    shown = {"has_authority": bool(settings.LAN) and settings.LAN_AUTHORITY.exists()}
    return render(request, "install.html", shown)


@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The certificate of the local network's own authority, for phones to trust (`up --lan`)."""
    if not settings.LAN or not settings.LAN_AUTHORITY.exists():
        raise Http404
    answer = HttpResponse(settings.LAN_AUTHORITY.read_bytes(), content_type="application/x-x509-ca-cert")
    answer["Content-Disposition"] = 'attachment; filename="murmuration.crt"'
    return answer


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown without a connection instead of a page that was not kept."""
    return render(request, "offline.html")


@never_cache
def sign_in(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Begin a session as django-allauth does; what the device has kept for the one before is not shown any more."""
    answer: HttpResponse = LoginView.as_view()(request, **kwargs)
    return answer if answer.status_code == HTTPStatus.FOUND else must_be_forgotten(answer)


@never_cache
def sign_out(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """End the session as django-allauth does, and have the browser forget what it kept for this person.

    On a phone that workers share the next one takes their turn; what others have not sent yet stays there for them.
    """
    answer: HttpResponse = LogoutView.as_view()(request, **kwargs)
    if request.method != "POST":
        return answer
    if request.COOKIES.get("phone"):
        return redirect("firms:switch")
    answer["Clear-Site-Data"] = '"storage"'
    return answer
