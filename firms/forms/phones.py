"""What workers type on a phone of their firm."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.forms import Sent

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


class CodeForm(Sent):
    """Join a firm by its code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        help_text=_("Eight letters and digits that your manager shows you."),
        widget=forms.TextInput({"autocapitalize": "characters", "autocomplete": "off"}),
    )
    name = forms.CharField(label=_("Your name"), max_length=120)
    pin = forms.CharField(
        label=_("Choose a PIN"),
        max_length=8,
        help_text=_("4 to 8 digits. With it you take your turn on a phone that you share."),
        widget=forms.PasswordInput(DIGITS),
    )


class SwitchForm(Sent):
    """Take one's turn."""

    user = forms.TypedChoiceField(label=_("Who are you?"), coerce=int, widget=forms.RadioSelect)
    pin = forms.CharField(label=_("PIN"), max_length=8, widget=forms.PasswordInput(DIGITS))

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = people  # type: ignore[attr-defined]


class PinForm(Sent):
    """Choose a PIN."""

    present = forms.CharField(label=_("Your present PIN"), max_length=8, widget=forms.PasswordInput(DIGITS))
    pin = forms.CharField(label=_("New PIN"), max_length=8, widget=forms.PasswordInput(DIGITS))

    def __init__(self, *args: Any, is_turn: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_turn:
            del self.fields["present"]
