"""What is told on devices, and by a robot."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from config.forms import Sent
from firms.endpoints import MOST_CHARACTERS
from firms.models import MailGroup, Robot, User
from firms.models.devices import GROUPS


class PushForm(Sent):
    """What a person wants to be told on devices, and how often."""

    groups = forms.MultipleChoiceField(
        label=_("Tell my devices"), required=False, widget=forms.CheckboxSelectMultiple
    )
    pace = forms.ChoiceField(
        label=_("How often"),
        choices=User.Pace.choices,
        help_text=_("What has a near deadline, or is urgent, is told at once in any case."),
    )

    def __init__(self, *args: Any, choices: list[MailGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].choices = [(group.value, group.label) for group in choices]  # type: ignore[attr-defined]


class RobotForm(Sent):
    """A robot that was added to the firm's group chat."""

    kind = forms.ChoiceField(label=_("Group chat"), choices=Robot.Kind.choices)
    url = forms.CharField(
        label=_("Address of the robot (webhook)"),
        max_length=MOST_CHARACTERS,
        help_text=_(
            "Add a group robot in the chat and copy its address. It is kept encrypted, and not shown again."
        ),
    )
    secret = forms.CharField(label=_("Secret for signatures (DingTalk)"), max_length=200, required=False)
    groups = forms.MultipleChoiceField(
        label=_("Tell the group"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(group.value, group.label) for group in GROUPS],
    )
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_country = _("By the firm's country")
        self.fields["language"].choices = [("", by_country), *settings.LANGUAGES]  # type: ignore[attr-defined]
