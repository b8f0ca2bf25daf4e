"""Capacity by week: one number for each week, and one for all that are left empty."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from config.forms import Sent
from firms.models import CapacityWeek


class LineForm(Sent):
    """A new line."""

    name = forms.CharField(
        label=_("Name of the line"),
        max_length=120,
        help_text=_("A production line, a crew, or a carrier's weekly space. Competencies may share one."),
    )


class CapacityForm(Sent):
    """The coming weeks of one line. A week that is left empty keeps what was published."""

    every_week = forms.IntegerField(
        label=_("Every empty week"),
        min_value=0,
        required=False,
        help_text=_("Fills the weeks that you leave empty."),
    )

    def __init__(
        self, mondays: Sequence[date], rows: dict[date, CapacityWeek], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mondays, self.rows = mondays, rows
        for week_on in mondays:
            row = rows.get(week_on)
            self.fields[week_on.isoformat()] = forms.IntegerField(
                label=date_format(week_on),
                min_value=0,
                required=False,
                initial=row.published_units if row else None,
            )

    @property
    def weeks(self) -> list[dict[str, Any]]:
        """The rows of the table: the week, its field, and what is promised and free."""
        return [
            {"on": week_on, "field": self[week_on.isoformat()], "row": self.rows.get(week_on)}
            for week_on in self.mondays
        ]

    def units_by_week(self) -> dict[date, int]:
        """Return the units to publish."""
        filler = self.cleaned_data.get("every_week")
        sent = {week_on: self.cleaned_data.get(week_on.isoformat()) for week_on in self.mondays}
        wanted = {week_on: filler if units is None else units for week_on, units in sent.items()}
        return {week_on: units for week_on, units in wanted.items() if units is not None}


class PaintForm(Sent):
    """One value for the weeks that are chosen in the calendar."""

    units = forms.IntegerField(label=_("Units a week"), min_value=0)

    def __init__(self, mondays: Sequence[date], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weeks"] = forms.TypedMultipleChoiceField(
            label=_("Weeks"),
            choices=[(week_on.isoformat(), week_on) for week_on in mondays],
            coerce=date.fromisoformat,
            error_messages={"required": _("Choose the weeks first.")},
        )
