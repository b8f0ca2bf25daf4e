"""Money as people write it, zones of time, and a refusal shown where it belongs."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from babel.numbers import get_currency_precision
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

CURRENCIES = ["USD", "EUR", "CNY", "GBP", "HKD", "IDR", "JPY", "MYR", "PHP", "SGD", "THB", "VND"]
OLD_ZONES = ("Etc/", "SystemV/", "posix", "right/", "localtime", "Factory")


class Amount(forms.DecimalField):
    """An amount in whole currency units, such as 12.50; it becomes minor units when the currency is known."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_digits=14, **options)


def minor_units(amount: Decimal, currency: str) -> int:
    """Return an amount in minor units. Raises ValidationError when the currency has no such small part."""
    places = get_currency_precision(currency)
    scaled = amount.scaleb(places)
    if scaled != scaled.to_integral_value():
        text = _("%(currency)s has %(places)s decimal places.") % {"currency": currency, "places": places}
        raise forms.ValidationError(text)
    return int(scaled)


def whole_units(minor: int, currency: str) -> Decimal:
    """Return minor units as the amount that people write."""
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def currency_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("Currency"), choices=[(code, code) for code in CURRENCIES])


def zone_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("Time zone"), choices=[(name, name) for name in zones()])


def clock_field(**options: Any) -> forms.TimeField:
    control = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(widget=control, required=False, **options)


def zones() -> Iterable[str]:
    """Return the names of time zones that people live in."""
    return [
        "UTC",
        *sorted(name for name in available_timezones() if "/" in name and not name.startswith(OLD_ZONES)),
    ]
