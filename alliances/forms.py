"""What people send to the verbs of an alliance."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alliances.playbook import ExceptionKind

KINDS = {
    ExceptionKind.DELAY: _("Delay"),
    ExceptionKind.DAMAGE: _("Damage"),
    ExceptionKind.SHORTAGE: _("Shortage"),
    ExceptionKind.CUSTOMS_HOLD: _("Held by customs"),
    ExceptionKind.STOCK_OUT: _("Out of stock"),
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
