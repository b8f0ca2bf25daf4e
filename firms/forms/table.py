"""Competencies as a table of cells: what a person changes often, many rows at once."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.forms import Sent
from firms.forms.fields import Amount, minor_units, whole_units
from firms.models import Competency

TITLES = {
    "unit_cost": _("Unit cost"),
    "fixed_cost": _("Cost of a run"),
    "moq_units": _("Minimum order"),
    "lead_time_days": _("Lead time in days"),
    "stock_units": _("Finished stock"),
}
MONEY = ("unit_cost", "fixed_cost")
LEAST = {"moq_units": 1}
MOST = {"lead_time_days": 32_767}


class CompetencyTable(Sent):
    """One field for each cell, named ID-cell."""

    def __init__(self, rows: Sequence[Competency], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = {row.pk: row for row in rows}
        for row in rows:
            for name, title in TITLES.items():
                self.fields[f"{row.pk}-{name}"] = _field(row, name, f"{title}: {row}")

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The rows of the table: a competency with its cells."""
        return [
            {"row": row, "cells": [(TITLES[name], self[f"{pk}-{name}"]) for name in TITLES]}
            for pk, row in self.of.items()
        ]

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or {}
        for pk, row in self.of.items():
            for name in MONEY:
                self._make_minor(sent, f"{pk}-{name}", row.currency)
        return sent

    def changes(self) -> dict[int, dict[str, Any]]:
        """The cells that are not as they were, by row."""
        found: dict[int, dict[str, Any]] = {}
        for pk, row in self.of.items():
            sent = {_column(name): self.cleaned_data[f"{pk}-{name}"] for name in TITLES}
            cells = {name: value for name, value in sent.items() if getattr(row, name) != value}
            if cells:
                found[pk] = cells
        return found

    def _make_minor(self, sent: dict[str, Any], name: str, currency: str) -> None:
        if sent.get(name) is None:
            return
        try:
            sent[name] = minor_units(sent[name], currency)
        except forms.ValidationError as error:
            self.add_error(name, error)


def _column(name: str) -> str:
    return f"{name}_minor" if name in MONEY else name


def _field(row: Competency, name: str, label: str) -> forms.Field:
    if name in MONEY:
        return Amount(label=label, initial=whole_units(getattr(row, _column(name)), row.currency))
    least, most = LEAST.get(name, 0), MOST.get(name, 2_000_000_000)
    return forms.IntegerField(label=label, initial=getattr(row, name), min_value=least, max_value=most)
