"""What is known beforehand of a route's tasks: how long each takes, and what its end has to show.

The graph itself is the blueprint's. A template is a value with a version: it is never changed, a better one follows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from matching.blueprint import Days, Route, Slot, TaskSpec, graph, retimed

FIRST = 1
PROVEN = frozenset({"M8", "L3"})  # the inspection and the export release, on which all that follows relies


@dataclass(frozen=True)
class Pattern:
    """What a template says of one task."""

    days: Days  # how long it takes
    assumed: bool = False  # the days are a guess
    needs_evidence: bool = False  # it cannot be finished before something shows how it went


@dataclass(frozen=True)
class Template:
    """All tasks that a route may have."""

    route: Route  # for which way of the goods
    version: int  # 1, 2, …; the newest approved one is planned with
    tasks: Mapping[str, Pattern]  # by the task's code

    @property
    def name(self) -> str:
        """As an alliance remembers it, such as "B/1"."""
        return f"{self.route.value}/{self.version}"

    @property
    def proven(self) -> frozenset[str]:
        """Codes of the tasks whose end needs evidence."""
        return frozenset(code for code, pattern in self.tasks.items() if pattern.needs_evidence)


def first_template(route: Route) -> Template:
    """The first version: what the blueprint's table says, and what has to be shown."""
    return Template(
        route,
        FIRST,
        {spec.code: Pattern(spec.days, spec.assumed, spec.code in PROVEN) for spec in graph(route, Slot)},
    )


def template_body(template: Template) -> dict[str, dict[str, Any]]:
    """A template as plain JSON values."""
    return {
        code: {
            "low": pattern.days.low,
            "likely": pattern.days.likely,
            "high": pattern.days.high,
            "assumed": pattern.assumed,
            "evidence": pattern.needs_evidence,
        }
        for code, pattern in template.tasks.items()
    }


def template_of(route: str, version: int, body: Mapping[str, Mapping[str, Any]]) -> Template:
    """The template that `template_body` wrote. Raises KeyError or ValueError for another body."""
    return Template(
        Route(route),
        version,
        {
            code: Pattern(
                Days(row["low"], row["likely"], row["high"]), bool(row["assumed"]), bool(row["evidence"])
            )
            for code, row in body.items()
        },
    )


def timed(specs: Iterable[TaskSpec], template: Template, planned: Mapping[str, Days]) -> tuple[TaskSpec, ...]:
    """The tasks with the template's days; a plan's own promise, such as a lane's transit time, goes before.

    What a plan only took over from the blueprint's table is no promise of its own.
    """
    table = {spec.code: spec.days for spec in graph(template.route, Slot)}
    promised = {code: days for code, days in planned.items() if days != table.get(code)}
    known = {code: pattern.days for code, pattern in template.tasks.items()}
    return retimed(specs, known | promised)
