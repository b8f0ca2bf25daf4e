"""Small charts as SVG, made on the server; colours come from the style sheet's classes. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

Points = Sequence[float]


@dataclass(frozen=True, slots=True)
class Frame:
    """The plane of a chart, in the units of its view box."""

    width: float
    height: float
    left: float = 0
    top: float = 2
    bottom: float = 2

    def x(self, at: int, count: int) -> float:
        room = self.width - self.left
        return round(self.left + (room * at / max(count - 1, 1)), 1)

    def y(self, value: float, most: float) -> float:
        room = self.height - self.top - self.bottom
        return round(self.top + room * (1 - value / most), 1)


SPARK = Frame(120, 28)
WIDE = Frame(720, 220, left=44, top=12, bottom=24)


def _path(points: Points, frame: Frame, most: float, count: int = 0, first: int = 0) -> str:
    """A line through the points, the first of them at place `first` of `count` (as many as there are points)."""
    count = count or len(points)
    steps = [f"{frame.x(first + at, count)} {frame.y(value, most)}" for at, value in enumerate(points)]
    return "M" + "L".join(steps)


def _area(points: Points, frame: Frame, most: float, count: int = 0) -> str:
    floor, count = frame.height - frame.bottom, count or len(points)
    first, last = frame.x(0, count), frame.x(len(points) - 1, count)
    line = _path(points, frame, most, count).removeprefix("M")
    return f"M{first} {floor}L{line}L{last} {floor}z"


SETTLED_DAYS = 6
"""The first days of a forecast are so uncertain that they would press everything else down: they may be cut off."""


def _round_up(most: float) -> float:
    """The next number of one digit, so that the axis can say it in few figures."""
    size = 10.0 ** math.floor(math.log10(most))
    return math.ceil(round(most / size, 9)) * size


def _most(*rows: Points) -> float:
    return max((value for row in rows for value in row), default=0) or 1


def sparkline(values: Points, *, label: str, hot: int | None = None) -> str:
    """A small line of the last days; `hot` marks the day from which a surge was noticed."""
    if not values:
        return ""
    most = _most(values)
    mark = ""
    if hot is not None and 0 <= hot < len(values):
        x, y = SPARK.x(hot, len(values)), SPARK.y(values[hot], most)
        mark = f'<circle class="hot" cx="{x}" cy="{y}" r="2.5"/>'
    return (
        f'<svg class="chart spark" viewBox="0 0 {SPARK.width} {SPARK.height}" role="img" '
        f'aria-label="{escape(label)}"><path class="area" d="{_area(values, SPARK, most)}"/>'
        f'<path class="line" d="{_path(values, SPARK, most)}"/>{mark}</svg>'
    )


@dataclass(frozen=True, slots=True)
class Fan:
    """What was foretold at the end of day `made_on`: units a day, on average from then until each following day."""

    made_on: date
    low: Points
    likely: Points
    high: Points


@dataclass(frozen=True, slots=True)
class Story:
    """What the chart of a surge shows, day by day from `first_on`."""

    first_on: date
    units: Points
    watched: Points  # the count that the detector rests on
    baseline: float  # of the watched count, a day
    window_from_on: date
    window_until_on: date
    alarm_on: date
    label: str  # of the whole chart, for who cannot see it
    fan: Fan | None = None

    @property
    def days(self) -> int:
        """How many days are shown, foretold ones included."""
        if self.fan is None:
            return len(self.units)
        return max(len(self.units), (self.fan.made_on - self.first_on).days + 1 + len(self.fan.likely))


def series(story: Story) -> str:
    """Units as an area, the watched count as a line, what is usual, the window, the alarm and what was foretold."""
    settled = story.fan.high[SETTLED_DAYS:] if story.fan else ()
    most, count = _round_up(_most(story.units, story.watched, settled)), story.days
    shown = [story.first_on + timedelta(days=day) for day in range(count)]
    parts = [
        _window(story, count),
        f'<path class="area" d="{_area(story.units, WIDE, most, count)}"/>',
        _fan(story, count, most),
        f'<path class="line" d="{_path(story.watched, WIDE, most, count)}"/>',
        _usual(story, most),
        _alarm(story, count, most),
        _axis(shown, most),
    ]
    return (
        f'<svg class="chart" viewBox="0 0 {WIDE.width} {WIDE.height}" role="img" '
        f'aria-label="{escape(story.label)}">{"".join(parts)}</svg>'
    )


def _fan(story: Story, count: int, most: float) -> str:
    if story.fan is None:
        return ""
    first = (story.fan.made_on - story.first_on).days + 1
    low, likely, high = (
        [min(value, most) for value in row] for row in (story.fan.low, story.fan.likely, story.fan.high)
    )
    up, middle = (_path(row, WIDE, most, count, first) for row in (high, likely))
    places = [f"{WIDE.x(first + at, count)} {WIDE.y(value, most)}" for at, value in enumerate(low)]
    return f'<path class="fan" d="{up}L{"L".join(reversed(places))}z"/><path class="likely" d="{middle}"/>'


def _at(story: Story, on: date, count: int) -> int:
    return min(max((on - story.first_on).days, 0), count - 1)


def _window(story: Story, count: int) -> str:
    first, last = _at(story, story.window_from_on, count), _at(story, story.window_until_on, count)
    x, width = WIDE.x(first, count), WIDE.x(last, count) - WIDE.x(first, count)
    height = WIDE.height - WIDE.top - WIDE.bottom
    return f'<rect class="soft" x="{x}" y="{WIDE.top}" width="{max(width, 3):.1f}" height="{height}"/>'


def _usual(story: Story, most: float) -> str:
    y = WIDE.y(min(story.baseline, most), most)
    return (
        f'<line x1="{WIDE.left}" y1="{y}" x2="{WIDE.width}" y2="{y}" stroke="currentColor" '
        'stroke-dasharray="4 4" stroke-opacity=".6"/>'
    )


def _alarm(story: Story, count: int, most: float) -> str:
    at = _at(story, story.alarm_on, len(story.watched))
    return f'<circle class="hot" cx="{WIDE.x(at, count)}" cy="{WIDE.y(story.watched[at], most)}" r="4"/>'


def _short(value: float) -> str:
    """A height in at most five figures: 900, 70k, 2M."""
    for least, size, mark in ((1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if value >= least:
            return f"{value / size:g}{mark}"
    return f"{value:g}"


def _axis(shown: Sequence[date], most: float) -> str:
    floor = WIDE.height - 6
    last = len(shown) - 1
    places = [(0, "start"), (last // 2, "middle"), (last, "end")] if last >= 2 else [(0, "start")]
    days = [
        f'<text x="{WIDE.x(at, len(shown))}" y="{floor}" text-anchor="{anchor}">{shown[at]:%Y-%m-%d}</text>'
        for at, anchor in places
    ]
    heights = [
        f'<text x="{WIDE.left - 6}" y="{WIDE.y(value, most) + 4}" text-anchor="end">{_short(value)}</text>'
        for value in (0, most)
    ]
    return "".join([*days, *heights])
