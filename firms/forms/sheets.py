"""A spreadsheet as it is sent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.forms import Sent
from firms.actions.sheets import choose_another
from firms.models import Sheet
from firms.sheets import MOST_BYTES


class SheetForm(Sent):
    """The file; for sites, also a place for facilities whose rows have none."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, at most 16 MB and 50,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    place = forms.CharField(
        label=_("Place for rows without one (UN/LOCODE)"),
        max_length=8,
        required=False,
        help_text=_(
            "A facility list of Open Supply Hub has no such codes: the nearest known place in the country is taken, "
            "else this one."
        ),
    )

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != Sheet.Kind.SITES:
            del self.fields["place"]

    def clean_file(self) -> Any:
        """A file that may be read into memory."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(choose_another())
        return file
