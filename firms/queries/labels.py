"""What the kinds of firms' offers are called."""

from django.utils.functional import Promise

from firms.models import Lane, Reach, Service

Labels = dict[str, str | Promise]
MODES: Labels = dict(Lane.Mode.choices)
CHANNELS: Labels = dict(Reach.Channel.choices)
ROLES: Labels = dict(Service.Role.choices)
