"""Money as people write it, zones of time, and a refusal shown where it belongs."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from babel.numbers import get_currency_precision
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from firms.offered import CURRENCIES

LONGEST_LIST, LONGEST_WORD = 400, 60
APART = re.compile(r"[,，;；、\n]")
OLD_ZONES = ("Etc/", "SystemV/", "posix", "right/", "localtime", "Factory")


class Amount(forms.DecimalField):
    """An amount in whole currency units, such as 12.50; it becomes minor units when the currency is known."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_digits=14, **options)


class Words(forms.CharField):
    """A few names or numbers, apart by commas or lines; it becomes a list without doubles."""

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(max_length=LONGEST_LIST, **options)
        self.most = most

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        words = [" ".join(word.split())[:LONGEST_WORD] for word in APART.split(super().clean(value))]
        found = list(dict.fromkeys(filter(None, words)))
        if len(found) > self.most:
            raise forms.ValidationError(_("At most %(most)s, please.") % {"most": self.most})
        return found


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
