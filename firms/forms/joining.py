"""Joining with a firm, step by step; and an operator's answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from config.forms import Sent
from config.rows import Refused
from firms.actions.joining import checked_identifier, checked_place
from firms.actions.rights import checked_name
from firms.forms.fields import Amount, Words, clock_field, currency_field, minor_units, zone_field
from firms.models import Firm, Identifier


def country_choices() -> list[tuple[str, str]]:
    """Every country in the reader's language, in its order, below an empty choice."""
    return [("", ""), *countries]


def products_field() -> Words:
    """What a firm wants to be called for, in its own words."""
    return Words(
        label=_("Your products"),
        most=12,
        required=False,
        help_text=_(
            "Names or customs headings, with commas between them: paper lanterns, 940531. You will be shown the "
            "surges of them that would have called you."
        ),
    )


def named(form: Sent, field: str) -> str:
    """A name as the verb will keep it: what is wrong with it is said on its own page."""
    try:
        return checked_name(form.cleaned_data[field], field)
    except Refused as refused:
        raise forms.ValidationError(refused.detail["fields"][field]) from None


class FirmStep(Sent):
    """Who the firm is."""

    legal_name = forms.CharField(
        label=_("Legal name"), max_length=200, help_text=_("As it stands in the register of companies.")
    )
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    kind = forms.ChoiceField(label=_("Kind of identifier"), choices=Identifier.Kind.choices)
    identifier = forms.CharField(
        label=_("Number"),
        max_length=40,
        help_text=_("Spaces and hyphens do not matter. Check digits are verified."),
    )

    def clean_legal_name(self) -> str:
        return named(self, "legal_name")

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if {"kind", "identifier", "country"} <= sent.keys():
            try:
                checked_identifier(sent["kind"], sent["identifier"], sent["country"])
            except Refused as refused:
                self.tell(refused)
        return sent


class WorkStep(Sent):
    """What the firm does, where, and in which money."""

    modules = forms.MultipleChoiceField(
        label=_("What does the firm do?"),
        choices=Firm.Module.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose all that apply. Details come later."),
    )
    products = products_field()
    site_unlocode = forms.CharField(
        label=_("Main site (UN/LOCODE)"),
        max_length=8,
        help_text=_("Five characters, for example CNNGB for Ningbo or DEHAM for Hamburg."),
    )
    currency = currency_field()
    person_name = forms.CharField(label=_("Your name"), max_length=120)

    def clean_person_name(self) -> str:
        return named(self, "person_name")

    def clean_site_unlocode(self) -> str:
        try:
            return checked_place(self.cleaned_data["site_unlocode"], "site_unlocode")
        except Refused as refused:
            raise forms.ValidationError(str(refused.text)) from None


class DetailsForm(Sent):
    """What a firm may change by itself after it has joined."""

    products = products_field()
    currency = currency_field()
    time_zone = zone_field()
    quiet_from = clock_field(
        label=_("Quiet from"),
        help_text=_("In quiet hours, by the clocks of this time zone, only urgent e-mails are sent."),
    )
    quiet_until = clock_field(
        label=_("Quiet until"), help_text=_("Give both times alike to have no quiet hours.")
    )
    engagement_cost = Amount(
        label=_("Cost of an engagement"), help_text=_("What it costs you to take part in an alliance at all.")
    )

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        if {"engagement_cost", "currency"} <= sent.keys():
            try:
                sent["engagement_cost_minor"] = minor_units(sent.pop("engagement_cost"), sent["currency"])
            except forms.ValidationError as error:
                self.add_error("engagement_cost", error)
        return sent


class VerifyForm(Sent):
    """An operator lets a firm be called."""

    legal_person = forms.CharField(
        label=_("Who stands behind it"),
        max_length=64,
        required=False,
        help_text=_(
            "Give two firms the same text here when one owner controls both: they are not independent."
        ),
    )


class ReasonForm(Sent):
    """A reason that the firm will read."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The firm reads it."),
    )
