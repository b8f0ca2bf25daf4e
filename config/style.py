"""What the style guide shows: a form with mistakes in it, and the colours and icons of their sheets."""

import re
from pathlib import Path

from django import forms
from django.utils.translation import gettext_lazy as _

STATIC = Path(__file__).parent / "static"
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


def icons() -> list[str]:
    """The names of the pictures in icons.svg."""
    return re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text())
