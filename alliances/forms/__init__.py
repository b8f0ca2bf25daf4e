"""What people send to the verbs of an alliance."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from alliances.negotiation import PRICES, units_of
from alliances.playbook import ExceptionKind
from config.forms import Sent
from config.templatetags.words import translated
from firms.forms.fields import Amount, minor_units, whole_units

KINDS = {
    ExceptionKind.DELAY: _("Delay"),
    ExceptionKind.DAMAGE: _("Damage"),
    ExceptionKind.SHORTAGE: _("Shortage"),
    ExceptionKind.CUSTOMS_HOLD: _("Held by customs"),
    ExceptionKind.STOCK_OUT: _("Out of stock"),
}

UNITS = {
    "units_p10": _("At least (9 in 10)"),
    "units_p50": _("Likely"),
    "units_p90": _("At most (9 in 10)"),
}


class StockForm(forms.Form):
    """What is counted in a place."""

    place = forms.CharField(label=_("Place"), max_length=80)
    units = forms.IntegerField(label=_("Units counted"), min_value=0)


class ExceptionForm(forms.Form):
    """What went wrong, and with which task."""

    kind = forms.ChoiceField(
        label=_("What is wrong"), choices=[(k.value, label) for k, label in KINDS.items()]
    )
    task = forms.IntegerField(label=_("Task it is about"), required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What happened"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class EvidenceForm(forms.Form):
    """What shows how a task went: a file, a note, a count."""

    file = forms.FileField(
        label=_("Photo or PDF"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )
    text = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    good_units = forms.IntegerField(label=_("Good units"), min_value=0, required=False)
    bad_units = forms.IntegerField(label=_("Bad units"), min_value=0, required=False)


class CommentForm(forms.Form):
    """What somebody says about a task, and which seats shall hear it."""

    text = forms.CharField(label=_("Comment"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    tell = forms.TypedMultipleChoiceField(
        label=_("Tell"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: QueryDict | None = None, *, seats: Iterable[tuple[int, str]] = ()) -> None:
        super().__init__(data, auto_id="comment-%s")  # three forms with a text share a page
        self.fields["tell"].choices = list(seats)  # type: ignore[attr-defined]


class SuccessorForm(Sent):
    """What is expected of a successor: the reason, and what each market of its predecessor wants now."""

    reason = forms.CharField(
        label=_("Why you expect it"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    half_life_days = forms.FloatField(
        label=_("After how many days is half of the interest gone?"), min_value=1, max_value=365
    )

    def __init__(self, markets: Sequence[Mapping[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.markets = [str(row["market"]) for row in markets]
        for row in markets:
            for name, label in UNITS.items():
                self.fields[f"{name}_{row['market']}"] = forms.IntegerField(
                    label=label, min_value=0, max_value=50_000_000, initial=row[name]
                )

    @property
    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of each market."""
        return [(market, [self[f"{name}_{market}"] for name in UNITS]) for market in self.markets]

    def clean(self) -> dict[str, Any]:
        """The three numbers of a market rise."""
        cleaned = super().clean() or {}
        markets: list[dict[str, Any]] = [
            {"market": market, **{name: cleaned.get(f"{name}_{market}") for name in UNITS}}
            for market in self.markets
        ]
        for row in markets:
            units = [row[name] for name in UNITS if row[name] is not None]
            if units != sorted(units):
                self.add_error(f"units_p10_{row['market']}", _("The numbers must rise: few, likely, many."))
        return {
            "reason": cleaned.get("reason", ""),
            "half_life_days": cleaned.get("half_life_days", 0),
            "markets": markets,
        }


class CounterForm(Sent):
    """Other terms for a seat: a price for each item that has one, the units, the dates, and why."""

    def __init__(self, terms: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = terms
        for number, item in enumerate(terms.get("items", [])):
            if item["kind"] in PRICES:
                self.fields[f"price_{number}"] = self._price(item)
        if units := units_of(terms):
            self.fields["units"] = _number(units)
        self.fields["from_on"] = _day(_("From"), terms["from_on"])
        self.fields["until_on"] = _day(_("Until"), terms["until_on"])
        self.fields["note"] = forms.CharField(
            label=_("Why"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
        )

    def clean(self) -> dict[str, Any]:
        for name in list(self.cleaned_data):
            if name.startswith("price_"):
                self._to_minor(name)
        return self.cleaned_data

    def wished(self) -> dict[str, Any]:
        """What the verbs take; what was left as it was is left out of it."""
        sent = self.cleaned_data
        prices = {int(name[6:]): value for name, value in sent.items() if name.startswith("price_")}
        kept = {n: minor for n, minor in prices.items() if minor != self._minor(self.terms["items"][n])}
        rest = {name: sent.get(name) for name in ("units", "from_on", "until_on")}
        return {"prices": kept, **rest, "note": sent["note"]}

    def _price(self, item: dict[str, Any]) -> forms.Field:
        label = translated(item.get("label", "")) or item["kind"]
        name = f"{label} ({self.terms['currency']})"
        return Amount(label=name, initial=whole_units(self._minor(item), self.terms["currency"]))

    def _to_minor(self, name: str) -> None:
        try:
            self.cleaned_data[name] = minor_units(self.cleaned_data[name], self.terms["currency"])
        except forms.ValidationError as wrong:
            self.add_error(name, wrong)

    @staticmethod
    def _minor(item: dict[str, Any]) -> int:
        return int(item[PRICES[item["kind"]]])


def _number(units: int) -> forms.Field:
    told = _("Fewer are possible, not more; capacity and payment follow.")
    return forms.IntegerField(label=_("Units"), min_value=1, max_value=units, initial=units, help_text=told)


def _day(label: Any, initial: str) -> forms.Field:
    return forms.DateField(
        label=label, initial=initial, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class ForgetForm(Sent):
    """Whom an operator shall forget."""

    email = forms.EmailField(label=_("E-mail address"))
