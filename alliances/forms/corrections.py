"""What operators send to correct a settlement: with an answer to an objection, or with a ruling."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.forms import Sent
from firms.forms.fields import minor_units

ROWS = range(3)  # corrections that a form takes at once
AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,4})?")


class CorrectionsForm(Sent):
    """Which inputs of a settlement are corrected, a few at once, beside the words of an answer or a ruling."""

    def __init__(self, inputs: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "–"), *inputs]
        for row in ROWS:
            self.fields[f"input-{row}"] = forms.ChoiceField(label=_("Input"), choices=choices, required=False)
            self.fields[f"units-{row}"] = forms.IntegerField(label=_("Units"), min_value=0, required=False)
            self.fields[f"amount-{row}"] = _text(_("Amount in all"), 20, inputmode="decimal")
            self.fields[f"evidence-{row}"] = _text(_("Evidence"), 400)

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each correction."""
        return [[self[f"{name}-{row}"] for name in ("input", "units", "amount", "evidence")] for row in ROWS]

    @property
    def has_corrections(self) -> bool:
        """Whether anything was sent to be corrected."""
        return any(self.data.get(field.html_name) for row in self.rows for field in row)

    def clean(self) -> dict[str, Any]:
        """An amount becomes minor units, which the chosen input's currency says."""
        for row in ROWS:
            written = self.cleaned_data.get(f"amount-{row}", "")
            currency = self.cleaned_data.get(f"input-{row}", "").rpartition("|")[2]
            try:
                self.cleaned_data[f"amount-{row}"] = _minor(written, currency)
            except forms.ValidationError as wrong:
                self.add_error(f"amount-{row}", wrong)
        return self.cleaned_data

    def corrections(self) -> list[dict[str, Any]]:
        """What the verbs take, without the rows that were left empty."""
        rows = [
            {
                "input": self.cleaned_data[f"input-{row}"],
                "units": self.cleaned_data[f"units-{row}"],
                "amount_minor": self.cleaned_data[f"amount-{row}"],
                "evidence": self.cleaned_data[f"evidence-{row}"],
            }
            for row in ROWS
        ]
        return [row for row in rows if any(value not in {None, ""} for value in row.values())]


class AnswerForm(CorrectionsForm):
    """What an operator answers an objection."""

    answer = forms.CharField(label=_("Answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class RulingForm(CorrectionsForm):
    """How an operator rules on a dispute."""

    reasons = forms.CharField(label=_("Reasons"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    alone = forms.CharField(
        label=_("Only if you took a side and are the only operator: why nobody else can rule"),
        max_length=400,
        required=False,
    )


def _text(label: Any, longest: int, **attributes: str) -> forms.Field:
    return forms.CharField(
        label=label, max_length=longest, required=False, widget=forms.TextInput(attrs=attributes)
    )


def _minor(text: str, currency: str) -> int | None:
    """An amount as people write it, in minor units of its currency. Raises ValidationError."""
    written = text.strip().replace(",", "")
    if not written:
        return None
    if not AMOUNT.fullmatch(written):
        raise forms.ValidationError(gettext("Write an amount such as 120.50."))
    return minor_units(Decimal(written), currency or "EUR")
