"""What an owner sends about the firm's keys."""

from datetime import UTC, datetime, time, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from config.forms import Sent


class KeyForm(Sent):
    """A public key whose private part the firm keeps."""

    public_key = forms.CharField(
        label=_("Public key"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("Ed25519: its 32 bytes in base64, or the PEM file. The private key stays with you."),
    )
    valid_until_at = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The last day on which the key may sign. Empty: until it is revoked."),
    )

    def clean_valid_until_at(self) -> datetime | None:
        """The end of the last day, in UTC."""
        day = self.cleaned_data["valid_until_at"]
        return datetime.combine(day + timedelta(days=1), time(), UTC) if day else None


class ProofForm(Sent):
    """The signature of a text, in base64."""

    signature = forms.CharField(
        label=_("Signature of the text, in base64"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )
