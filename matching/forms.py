"""What operators send about the market: reasons, opportunities raised by hand, unit economics."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from config.forms import Sent
from matching.economics import MANDATORY, Kind
from matching.economics.sheet import AMOUNTS_ONLY
from matching.models import EconomicsLine
from matching.problem import Bounds
from matching.queries.what_if import Range
from matching.queries.words import KINDS

MARKETS_BY_HAND = 4
EDITABLE = [kind for kind in Kind if kind not in (Kind.UNIT_COST, Kind.FREIGHT)]
VALUE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%)?\Z")


class _Day(forms.DateInput):
    """A day as browsers let people choose one."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ReasonForm(Sent):
    """Why something is set aside."""

    reason = forms.CharField(label=_("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class RaiseForm(Sent):
    """An opportunity raised by hand: the product, how long it lasts, and what each market wants."""

    product = forms.ChoiceField(label=_("Product"))
    reason = forms.CharField(
        label=_("Why you expect it"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stays with the opportunity and with every proposal."),
    )
    half_life_days = forms.FloatField(
        label=_("After how many days is half of the interest gone?"), min_value=1, max_value=365, initial=14
    )

    def __init__(self, products: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Any = self.fields["product"]
        product.choices = [("", "—"), *products.items()]
        for number in range(1, MARKETS_BY_HAND + 1):
            self.fields |= _market_fields(number)

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each market."""
        numbers = range(1, MARKETS_BY_HAND + 1)
        return [
            [self[f"{name}_{number}"] for name in ("market", "low", "likely", "high")] for number in numbers
        ]

    def clean(self) -> dict[str, Any]:
        """Each market has its three numbers in order, and none is named twice."""
        cleaned = super().clean() or {}
        markets = [row for number in range(1, MARKETS_BY_HAND + 1) if (row := self._market(number, cleaned))]
        codes = [row["market"] for row in markets]
        if not markets and not self.errors:
            self.add_error("market_1", _("Name at least one market."))
        if len(set(codes)) != len(codes):
            self.add_error("market_1", _("A market is named twice."))
        return {**cleaned, "markets": markets}

    def _market(self, number: int, cleaned: dict[str, Any]) -> dict[str, Any] | None:
        market = cleaned.get(f"market_{number}")
        if not market:
            return None
        units = [cleaned.get(f"{name}_{number}") for name in ("low", "likely", "high")]
        if None in units:
            self.add_error(f"low_{number}", _("Give all three numbers of units."))
        elif units != sorted(unit for unit in units if unit is not None):
            self.add_error(f"low_{number}", _("The numbers must rise: few, likely, many."))
        return {"market": market, **dict(zip(("units_p10", "units_p50", "units_p90"), units, strict=True))}


class WhatIfForm(Sent):
    """Limits to play with: what a plan may cost, by when goods must have come, and who is out of the question."""

    budget = forms.IntegerField(label=_("Most that may be spent at first"), required=False, min_value=0)
    days = forms.IntegerField(label=_("Goods must have come by day"), required=False, min_value=1)
    without = forms.TypedMultipleChoiceField(
        label=_("Without these firms"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, reach: Range, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scale = 10 ** get_currency_precision(reach.currency)
        self.currency = reach.currency
        most = max(1, -(-reach.most_minor // self.scale))
        self._slide("budget", most, max(1, most // 100))
        self._slide("days", max(1, reach.days), 1)
        without: Any = self.fields["without"]
        without.choices = reach.firms

    def _slide(self, name: str, most: int, step: int) -> None:
        """A slider from 0 or 1 to the most, where it begins."""
        field: Any = self.fields[name]
        field.max_value = most
        shown = {"min": field.min_value, "max": -(-most // step) * step + field.min_value, "step": step}
        field.widget = forms.NumberInput(attrs={"type": "range", **shown})
        field.initial = most

    @property
    def limits(self) -> tuple[frozenset[int], Bounds]:
        """The firms to do without, and the bounds of the plan."""
        given = self.cleaned_data
        budget, days = given.get("budget"), given.get("days")
        money = None if budget is None else budget * self.scale
        return frozenset(given.get("without", ())), Bounds(money, days)


def _market_fields(number: int) -> dict[str, forms.Field]:
    def count(label: Any) -> forms.IntegerField:
        return forms.IntegerField(label=label, min_value=0, max_value=50_000_000, required=False)

    return {
        f"market_{number}": forms.ChoiceField(
            label=_("Market"), choices=[("", "—"), *countries], required=False
        ),
        f"low_{number}": count(_("At least (9 in 10)")),
        f"likely_{number}": count(_("Likely")),
        f"high_{number}": count(_("At most (9 in 10)")),
    }


class PromotionForm(Sent):
    """A promotion that was announced: its name, market, product (or all) and days."""

    name = forms.CharField(label=_("Name"), max_length=120)
    market = forms.ChoiceField(label=_("Market"), choices=[("", "—"), *countries])
    product = forms.ChoiceField(label=_("Product"), required=False)
    from_on = forms.DateField(label=_("From"), widget=_Day())
    until_on = forms.DateField(label=_("Until"), widget=_Day())

    def __init__(self, products: Mapping[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product: Any = self.fields["product"]
        product.choices = [("", _("All products")), *products.items()]

    def clean(self) -> dict[str, Any]:
        """The days are in order."""
        cleaned = super().clean() or {}
        first, last = cleaned.get("from_on"), cleaned.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("The last day lies before the first."))
        return cleaned


class EconomicsForm(Sent):
    """The sheet of a product in a market: for each line a value, its source and its day."""

    def __init__(self, lines: Mapping[str, EconomicsLine], currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        for kind in EDITABLE:
            line = lines.get(kind)
            self.fields[f"{kind}_value"] = forms.CharField(
                label=str(KINDS[kind]), max_length=20, required=kind in MANDATORY, initial=_written(line)
            )
            self.fields[f"{kind}_source"] = forms.CharField(
                label=_("Source"), max_length=200, required=False, initial=line.source if line else ""
            )
            self.fields[f"{kind}_on"] = forms.DateField(
                label=_("As of"),
                required=False,
                initial=line.as_of_on if line else None,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The fields of each line."""
        return [
            {
                "kind": kind,
                "label": KINDS[kind],
                "is_mandatory": kind in MANDATORY,
                "is_amount": kind in AMOUNTS_ONLY,
                **{name: self[f"{kind}_{name}"] for name in ("value", "source", "on")},
            }
            for kind in EDITABLE
        ]

    def clean(self) -> dict[str, Any]:
        """A line that has a value has a source and a day too."""
        cleaned = super().clean() or {}
        found = [self._line(kind, cleaned) for kind in EDITABLE if cleaned.get(f"{kind}_value")]
        return {**cleaned, "lines": [line for line in found if line]}

    def _line(self, kind: Kind, cleaned: dict[str, Any]) -> dict[str, Any] | None:
        for name, text in (("source", _("Name the source.")), ("on", _("Say as of which day."))):
            if not cleaned.get(f"{kind}_{name}"):
                self.add_error(f"{kind}_{name}", text)
        try:
            value = _read(cleaned[f"{kind}_value"], kind, self.currency)
        except forms.ValidationError as error:
            self.add_error(f"{kind}_value", error)
            return None
        return {
            "kind": kind.value,
            **value,
            "currency": self.currency,
            "source": cleaned.get(f"{kind}_source"),
            "as_of_on": cleaned.get(f"{kind}_on"),
        }


def _written(line: EconomicsLine | None) -> str:
    """A value as people write it: 4.50, or 15%."""
    if line is None:
        return ""
    if line.rate_bp is not None:
        return f"{line.rate_bp / 100:g}%"
    return f"{Decimal(line.amount_minor or 0).scaleb(-get_currency_precision(line.currency)):f}"


def _read(text: str, kind: Kind, currency: str) -> dict[str, int | None]:
    """An amount such as 4.50, or a rate such as 15%. Raises ValidationError."""
    match = VALUE.match(text.strip())
    if not match:
        raise forms.ValidationError(_("Write an amount such as 4.50, or a rate such as 15%."))
    if match[2] and kind in AMOUNTS_ONLY:
        raise forms.ValidationError(_("This line is an amount, not a rate."))
    whole = _whole(match[1], 2 if match[2] else get_currency_precision(currency))
    return {"rate_bp": whole, "amount_minor": None} if match[2] else {"rate_bp": None, "amount_minor": whole}


def _whole(number: str, places: int) -> int:
    scaled = Decimal(number.replace(",", ".")).scaleb(places)
    if scaled != scaled.to_integral_value() or scaled > 10**12:
        raise forms.ValidationError(_("This is too fine or too large."))
    return int(scaled)
