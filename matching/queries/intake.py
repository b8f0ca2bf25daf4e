"""What operators should see of what came in: late observations, products that nobody can place yet, promotions."""

from matching.models import Product, Promotion, Signal

SHOWN = 50


def late() -> list[Signal]:
    """The latest observations that came after the window of their day."""
    rows = Signal.objects.current().filter(is_late=True).select_related("product")
    return list(rows.order_by("-received_at", "-on", "pk")[:SHOWN])


def unmapped() -> list[Product]:
    """Products without a customs heading: who makes them cannot be found until somebody says where they belong."""
    return list(Product.objects.filter(hs6="").order_by("title", "pk")[:SHOWN])


def promotions() -> list[Promotion]:
    """Promotions that stand, the latest first."""
    rows = Promotion.objects.filter(withdrawn_at=None).select_related("product")
    return list(rows.order_by("-from_on", "-pk")[:SHOWN])
