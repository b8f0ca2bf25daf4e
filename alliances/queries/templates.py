"""Which template a route is planned with now, and which one an alliance was planned with."""

from alliances import playbook
from alliances.models import Alliance, TaskTemplate
from matching.blueprint import Route


def current(route: str) -> playbook.Template:
    """The newest approved version; the blueprint's own where none is kept."""
    approved = TaskTemplate.objects.filter(route=route, approved_at__isnull=False)
    return _template(approved.order_by("-version").first(), route)


def of(alliance: Alliance) -> playbook.Template:
    """The version with which an alliance was launched, whatever has followed since."""
    version = int(alliance.template.partition("/")[2] or playbook.FIRST)
    return _template(
        TaskTemplate.objects.filter(route=alliance.route, version=version).first(), alliance.route
    )


def _template(row: TaskTemplate | None, route: str) -> playbook.Template:
    if row is None:
        return playbook.first_template(Route(route))
    return playbook.template_of(row.route, row.version, row.body)
