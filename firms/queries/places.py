"""Where places are, as far as firms have said."""

from collections.abc import Iterable

from firms.models import Site


def points(codes: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Latitude and longitude by UN/LOCODE, from the sites of firms that gave them."""
    rows = Site.objects.filter(unlocode__in=set(codes), latitude__isnull=False, longitude__isnull=False)
    return {row.unlocode: (row.latitude or 0.0, row.longitude or 0.0) for row in rows}


def known_points() -> dict[str, tuple[float, float]]:
    """Every place that a firm has told the coordinates of, by UN/LOCODE."""
    rows = Site.objects.filter(latitude__isnull=False, longitude__isnull=False)
    return {
        code: (lat or 0.0, lng or 0.0)
        for code, lat, lng in rows.values_list("unlocode", "latitude", "longitude")
    }
