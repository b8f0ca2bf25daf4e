"""What people want to have by e-mail, beside seeing it on the platform."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from config.rows import Actor, Missing, command
from firms.actions.rights import person
from firms.models import MailGroup, User
from firms.queries.readers import groups_for, read_token


@command
def choose_mail(
    actor: Actor, *, groups: Collection[str], now: datetime, command_id: str | None = None
) -> dict[str, Any]:
    """Keep which groups of notices a person wants by e-mail too; the others come only on the platform."""
    user = User.objects.select_for_update().get(pk=person(actor))
    choices = {group.value: group.value in groups for group in groups_for(user)}
    user.mail_choices = choices
    user.save(update_fields=["mail_choices"])
    return choices


def stop_mail(token: str, *, now: datetime) -> MailGroup:
    """Stop a group of e-mails for whoever holds the signed link of one of them. Raises Missing."""
    found = read_token(token)
    if found is None:
        raise Missing()
    user, group = found
    with transaction.atomic():
        kept = User.objects.select_for_update().get(pk=user.pk)
        kept.mail_choices = {**kept.mail_choices, group.value: False}
        kept.save(update_fields=["mail_choices"])
    return group
