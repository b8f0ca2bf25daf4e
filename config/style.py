"""What the style guide shows: a form with mistakes in it, and the colours and icons of their sheets."""

import re
from datetime import date
from pathlib import Path

from django import forms
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from matching import chart, gantt
from matching.blueprint import Route, Slot, graph
from matching.geography import Carried, arcs

STATIC = Path(__file__).parent / "static"
UNITS = [2, 3, 2, 4, 3, 2, 5, 9, 14, 22, 19, 17]
ROWS = [
    {"product": "Silk scarf", "market": "DE", "buyers": 412, "units": 5130, "state": "open"},
    {"product": "Paper lantern", "market": "GB", "buyers": 96, "units": 1204, "state": "watch"},
    {"product": "Linen apron", "market": "SG", "buyers": 1280, "units": 22400, "state": "confirmed"},
]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Legal name"), help_text=_("As it is written in the register."))
    units = forms.IntegerField(label=_("Units"), min_value=1)
    market = forms.ChoiceField(label=_("Market"), choices=[("DE", _("Germany")), ("SG", _("Singapore"))])
    pace = forms.ChoiceField(
        label=_("Pace"), choices=[("calm", _("Calm")), ("fast", _("Fast"))], widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    is_agreed = forms.BooleanField(label=_("We agree to the terms"))


def colours() -> list[str]:
    """The names of the colours in tokens.css, in their order."""
    found = re.findall(r"--([\w-]+): #", (STATIC / "css" / "tokens.css").read_text())
    return list(dict.fromkeys(found))


def lengths(name: str) -> list[tuple[str, float]]:
    """The tokens `--name…` that are lengths in rem, in pixels: spaces ("s") and sizes of type ("text-")."""
    found = re.findall(rf"--({name}\w+): ([\d.]+)rem", (STATIC / "css" / "tokens.css").read_text())
    return list({token: float(rem) * 16 for token, rem in reversed(found)}.items())[::-1]


def examples() -> dict[str, object]:
    """Charts, a schedule and a map, drawn by what draws them on real pages."""
    tasks = gantt.bars(graph(Route.B, {Slot.MAKER, Slot.FORWARDER, Slot.SELLER}, market_country="DE"))
    flows = [Carried("CNNGB", "DE", "sea", 4_000), Carried("CNSZX", "US", "air", 1_200)]
    story = chart.Story(
        first_on=date(2026, 3, 1),
        units=UNITS,
        watched=UNITS,
        baseline=3,
        window_from_on=date(2026, 3, 8),
        window_until_on=date(2026, 3, 12),
        alarm_on=date(2026, 3, 10),
        label=str(_("Units per day, with the spike marked")),
        fan=chart.Fan(date(2026, 3, 12), [12, 9, 8, 7], [20, 17, 15, 13], [30, 26, 24, 22]),
    )
    label = str(_("Schedule"))
    return {
        "gantt": mark_safe(gantt.drawing(tasks, days=80, label=label, unit=str(_("day")))),  # noqa: S308
        "spark": mark_safe(chart.sparkline(UNITS, label=story.label, hot=9)),  # noqa: S308
        "series": mark_safe(chart.series(story)),  # noqa: S308 - numbers and escaped labels
        "arcs": arcs(flows, {}),
    }


def icons() -> list[str]:
    """The names of the pictures in icons.svg."""
    return re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text())
