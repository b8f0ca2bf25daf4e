"""Series that live at different times, side by side in one table: a step for all costs little more than one for one."""

from collections.abc import Mapping

MOST_CELLS = 20_000_000
"""Cells of a table, at eight bytes a count."""
SPARE, FREE = 4, 500_000
"""A table may have so many times the cells that its series fill, and as many for nothing."""
Life = tuple[int, int]  # first and last step, both included


def together(lives: Mapping[str, Life]) -> list[list[str]]:
    """Names by table, in the order of their first steps, such that no table is much larger than what it holds."""
    tables: list[list[str]] = []
    first = last = filled = 0
    for name, (born, ended) in sorted(lives.items(), key=lambda item: item[1]):
        if tables:
            until, used = max(last, ended), filled + ended - born + 1
            cells = (len(tables[-1]) + 1) * (until - first + 1)
            if cells <= min(MOST_CELLS, SPARE * used + FREE):
                tables[-1].append(name)
                last, filled = until, used
                continue
        tables.append([name])
        first, last, filled = born, ended, ended - born + 1
    return tables
