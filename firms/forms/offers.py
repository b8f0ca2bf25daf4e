"""Competencies, lanes, reach and services as people enter them: amounts in whole currency units."""

from typing import Any, ClassVar, cast

from django import forms
from django.forms.models import fields_for_model
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from config.forms import Sent
from firms.forms.fields import Amount, currency_field, minor_units, whole_units
from firms.models import Competency, Firm, Lane, Offer, Reach, Service

TIERS = (1, 2, 3)
MINOR = "_minor"


class OfferForm(Sent):
    """The fields of one kind of offer, with the labels of its rows."""

    model: ClassVar[type[Offer]]
    names: ClassVar[list[str]]
    money: ClassVar[list[str]]  # without _minor

    def __init__(self, firm: Firm, row: Offer | None, data: Any = None) -> None:
        super().__init__(data, initial=self._present(firm, row))
        made = fields_for_model(self.model, fields=self.names)
        for name in self.names:
            self.fields[name] = self._field(firm, name, cast(forms.Field, made.get(name)))
        self.fields["is_tax_included"] = fields_for_model(self.model, fields=["is_tax_included"])[
            "is_tax_included"
        ]

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if "currency" in sent:
            for name in self.money:
                self._make_minor(sent, name, name + MINOR)
        return sent

    def fields_of_row(self) -> dict[str, Any]:
        """Return what the verb takes."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("tier")}

    def _field(self, firm: Firm, name: str, made: forms.Field) -> forms.Field:
        if name in self.money:
            column = cast(Any, self.model._meta.get_field(name + MINOR))
            return Amount(label=capfirst(column.verbose_name), help_text=column.help_text)
        if name == "currency":
            return currency_field()
        if name == "line":
            return forms.CharField(
                label=_("Line"),
                max_length=120,
                widget=forms.TextInput(attrs={"list": "lines"}),
                help_text=_("Offers that name the same line share its weekly capacity."),
            )
        if name == "site":
            cast(Any, made).queryset = firm.sites.order_by("name")
        return made

    def _present(self, firm: Firm, row: Offer | None) -> dict[str, Any]:
        if row is None:
            return {"currency": firm.currency, "fixed_cost": 0, "per_unit": 0}
        present: dict[str, Any] = {"is_tax_included": row.is_tax_included}
        for name in self.names:
            if name in self.money:
                present[name] = whole_units(getattr(row, name + MINOR), row.currency)
            else:
                present[name] = getattr(row, name)
        return present

    def _make_minor(self, sent: dict[str, Any], name: str, target: str) -> None:
        amount = sent.pop(name, None)
        if amount is None:
            return
        try:
            sent[target] = minor_units(amount, sent["currency"])
        except forms.ValidationError as error:
            self.add_error(name, error)


class CompetencyForm(OfferForm):
    model = Competency
    names: ClassVar[list[str]] = [
        "hs6",
        "process",
        "material",
        "certificates",
        "site",
        "line",
        "currency",
        "unit_cost",
        "fixed_cost",
        "moq_units",
        "is_moq_by_variant",
        "lead_time_days",
        "stock_units",
    ]
    money: ClassVar[list[str]] = ["unit_cost", "fixed_cost"]

    def __init__(self, firm: Firm, row: Offer | None, data: Any = None) -> None:
        super().__init__(firm, row, data)
        present = list(row.tiers.all()) if isinstance(row, Competency) else []
        for number in TIERS:
            tier = present[number - 1] if number <= len(present) else None
            self.fields[f"tier{number}_from"] = forms.IntegerField(
                label=_("From units"), min_value=2, required=False, initial=tier and tier.from_units
            )
            self.fields[f"tier{number}_cost"] = Amount(
                label=_("A unit then costs"),
                required=False,
                initial=tier and whole_units(tier.unit_cost_minor, tier.competency.currency),
            )

    def clean(self) -> dict[str, Any]:
        sent = super().clean()
        for number in TIERS:
            units, cost = sent.get(f"tier{number}_from"), sent.get(f"tier{number}_cost")
            if (units is None) != (cost is None):
                self.add_error(f"tier{number}_from", _("Give both the units and the cost, or neither."))
            if "currency" in sent:
                self._make_minor(sent, f"tier{number}_cost", f"tier{number}_cost_minor")
        return sent

    def tiers(self) -> list[tuple[int, int]]:
        """Return the price tiers: from so many units on, so many minor units each."""
        sent = self.cleaned_data
        pairs = [(sent.get(f"tier{number}_from"), sent.get(f"tier{number}_cost_minor")) for number in TIERS]
        return sorted((units, cost) for units, cost in pairs if units is not None and cost is not None)


class LaneForm(OfferForm):
    model = Lane
    names: ClassVar[list[str]] = [
        "origin",
        "market",
        "mode",
        "supervision_mode",
        "line",
        "currency",
        "unit_cost",
        "fixed_cost",
        "min_units",
        "transit_p50_days",
        "transit_p90_days",
    ]
    money: ClassVar[list[str]] = ["unit_cost", "fixed_cost"]


class ReachForm(OfferForm):
    model = Reach
    names: ClassVar[list[str]] = ["market", "language", "channel", "reach_people", "currency", "fee"]
    money: ClassVar[list[str]] = ["fee"]


class ServiceForm(OfferForm):
    model = Service
    names: ClassVar[list[str]] = ["role", "place", "currency", "fee", "per_unit"]
    money: ClassVar[list[str]] = ["fee", "per_unit"]


class SiteForm(Sent):
    """A place where the firm works."""

    name = forms.CharField(label=_("Name"), max_length=120)
    unlocode = forms.CharField(
        label=_("UN/LOCODE"), max_length=8, help_text=_("For example CNNGB for Ningbo.")
    )
    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
