"""People, their settings and their programs' tokens."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from config.forms import Sent
from firms.forms.fields import zones
from firms.models import MailGroup, Member


class InviteForm(Sent):
    """Invite a person into the firm."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Member.Role.choices,
        initial=Member.Role.WORKER,
        help_text=_(
            "Owners and managers sign for the firm and change what it offers; workers see and do tasks."
        ),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class PersonForm(Sent):
    """How a person wants to be named, spoken to and told the time."""

    name = forms.CharField(label=_("Your name"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_browser = _("As this browser says")
        self.fields["language"].choices = [("", by_browser), *settings.LANGUAGES]  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            ("", by_browser),
            *((name, name) for name in zones()),
        ]


class MailForm(Sent):
    """What a person wants by e-mail, beside seeing it on the platform."""

    groups = forms.MultipleChoiceField(
        label=_("Send me by e-mail"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everything is on the platform too, under the bell. Firms set their own quiet hours."),
    )

    def __init__(self, *args: Any, choices: list[MailGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].choices = [(group.value, group.label) for group in choices]  # type: ignore[attr-defined]


class TokenForm(Sent):
    """A token for a program."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Which program will use it, for example “shop export”.")
    )
