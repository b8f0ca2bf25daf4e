"""What every page knows about its surroundings: market time, the reader's firms, places to go, languages."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliances.queries.notices import count_unseen
from config import clock
from config.models import Clock
from config.observed import BEGAN_AT
from config.templatetags.ui import units
from firms.models import User
from firms.queries import FirmRef, firms_of


@dataclass(frozen=True)
class Market:
    """The market's clock as a page shows it. `speed` is market seconds per second of the reader."""

    now: datetime
    speed: float
    is_sample: bool

    @property
    def epoch_ms(self) -> int:
        return round(self.now.timestamp() * 1000)

    @property
    def pace(self) -> str:
        return units(self.speed, 0 if self.speed >= 10 else 1)


@dataclass(frozen=True)
class Place:
    """An entry of the main navigation; `view` names what it opens, `also` what else lies below it."""

    view: str
    label: str | Promise
    icon: str
    also: tuple[str, ...] = ()
    key: str = ""  # after "g", it leads here
    is_current: bool = False

    @property
    def url(self) -> str:
        return reverse(self.view)

    def reach(self, path: str) -> int:
        """How much of a path this place covers, in characters; 0 when it does not."""
        return max((len(start) for start in (self.url, *self.also) if path.startswith(start)), default=0)


OWN_NAMES = {"en": "English", "zh-hans": "中文"}
DESK = (
    Place("alliances:desk", _("Desk"), "desk", ("/invitations/", "/alliances/"), key="d"),
    Place("firms:firms", _("My firm"), "firm", ("/firms/",), key="f"),
)
JOIN = (Place("firms:join", _("Join"), "firm"),)
CONSOLE = (
    Place("matching:overview", _("Overview"), "home", key="h"),
    Place("matching:signals", _("Signals"), "chart", key="n"),
    Place("matching:spikes", _("Spikes"), "spike", key="s"),
    Place("matching:opportunities", _("Opportunities"), "star", ("/opportunities/", "/proposals/"), key="o"),
    Place("alliances:list", _("Alliances"), "alliance", ("/alliances/",), key="a"),
    Place("firms:console", _("Firms"), "firm", key="f"),
)


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """Give templates `market`, `my_firms`, `unseen` (how many notices), `places`, `began_ms` and languages.

    What costs a query is read when it is used.
    """
    user = getattr(request, "user", AnonymousUser())
    firms = lazily(lambda: firms_of(user.pk) if isinstance(user, User) else [])
    return {
        "market": lazily(market),
        "my_firms": firms,
        "unseen": lazily(lambda: count_unseen(user.pk) if isinstance(user, User) else 0),
        "places": lazily(lambda: places(user, firms, request.path)),
        "began_ms": str(round(request.META.get(BEGAN_AT, time.time()) * 1000)),
        "languages": languages(),
        "other_languages": [one for one in languages() if one["code"] != get_language()],
    }


def lazily(read: Callable[[], Any]) -> Any:
    return SimpleLazyObject(read)


def market() -> Market:
    row = Clock.objects.filter(pk=1).first()
    return Market(clock.at(timezone.now(), row), row.speed if row else 1.0, row is not None)


def places(user: User | AnonymousUser, firms: list[FirmRef], path: str) -> list[Place]:
    """Where a person can go from here; the place that holds the present page is marked."""
    if not isinstance(user, User):
        return []
    mine = CONSOLE if user.is_operator else DESK if firms else JOIN
    nearest = max(mine, key=lambda place: place.reach(path))
    return [replace(place, is_current=place is nearest and bool(place.reach(path))) for place in mine]


def languages() -> list[dict[str, str]]:
    """The languages of the platform, each with its own name for itself."""
    return [{"code": code, "name_local": OWN_NAMES.get(code, code)} for code, _name in settings.LANGUAGES]
