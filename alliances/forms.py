"""What people send to the verbs of an alliance."""

from collections.abc import Iterable

from django import forms
from django.http import QueryDict
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
        super().__init__(data)
        self.fields["tell"].choices = list(seats)  # type: ignore[attr-defined]
