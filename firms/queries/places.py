"""Where places are, as far as firms have said."""

from collections.abc import Iterable

from django.db.models import QuerySet

from firms.models import Firm, Site


def points(codes: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Latitude and longitude by UN/LOCODE, from the sites of firms that gave them."""
    rows = _told().filter(unlocode__in=set(codes))
    return {row.unlocode: (row.latitude or 0.0, row.longitude or 0.0) for row in rows}


def known_points() -> dict[str, tuple[float, float]]:
    """Every place that a firm has told the coordinates of, by UN/LOCODE."""
    rows = _told().values_list("unlocode", "latitude", "longitude")
    return {code: (lat or 0.0, lng or 0.0) for code, lat, lng in rows}


def _told() -> QuerySet[Site]:
    """Of verified firms alone: whoever signs up could move places for all others. The first to say it counts."""
    rows = Site.objects.filter(
        firm__state=Firm.State.VERIFIED, latitude__isnull=False, longitude__isnull=False
    )
    return rows.order_by("-pk")
