"""A person's saved views of a table: `{% load saved %}{% saved_views "alliances" table %}`."""

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.tables import Table
from firms.models import SavedView

register = template.Library()
MODULES: dict[str, str | Promise] = {
    "manufacturing": _("Making"),
    "logistics": _("Carrying"),
    "marketing": _("Selling"),
    "support": _("Services"),
}


@register.filter
def module_label(module: str) -> str | Promise:
    """What firms of a module do, in a word."""
    return MODULES.get(module, module)


@register.inclusion_tag("firms/_saved_views.html", takes_context=True)
def saved_views(context: template.Context, name: str, table: Table[Any]) -> dict[str, Any]:
    """The views of the reader, the one that is open, and the deletion that can be undone."""
    user_id = context["request"].user.pk
    return {
        "views": SavedView.objects.of(user_id, name),
        "dropped": SavedView.objects.just_dropped(user_id, name, context["market"].now).first(),
        "name": name,
        "query": table.query,
        "path": context["request"].path,
        "csrf_token": context.get("csrf_token"),
    }
