"""A plan lived through many times: when it is ready, what it earns, what it hangs on.

Each run draws the days of every task (PERT), the units that the market wants (from its quantiles) and whether
the trend is still alive on the day on which the first unit can be dispatched (from its survival). An alive
trend takes the planned units as far as they are wanted; a dead one takes none:

    sold   = min(planned, wanted) if alive else 0
    margin = sold * unit margin - (planned - sold) * loss of a left-over unit - fixed cost

So the mean is demand weighted by survival, as in `unit_value`, and the tail shows what a dead trend costs.
"""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from matching.blueprint import TaskSpec, critical_path, topological
from matching.risk.network import ancestors, criticality, walk
from matching.risk.report import METHOD, Inputs, MarginSpread, Report, Spread, WhatIf, inputs_hash
from matching.risk.sampling import Runs, pert, quantile, quantile_draw, uniforms

CVAR_SHARE = 0.05
WHAT_IFS = 3
_DIGITS = 3  # of days and shares in the report


def simulate(inputs: Inputs) -> Report:
    """The risk report of a plan. Raises GraphError, CycleError, and KeyError when a milestone is missing."""
    order = topological(inputs.tasks)
    days = {task.code: pert(task.days, uniforms(inputs.seed, task.code, inputs.runs)) for task in order}
    walked = walk(order, days)
    ready = walked.finishes[inputs.dispatchable]
    critical = criticality(order, walked, ready, [inputs.dispatchable])
    promised = _promised_day(inputs)
    return Report(
        method=METHOD,
        inputs_hash=inputs_hash(inputs),
        seed=inputs.seed,
        runs=inputs.runs,
        sellable=_spread(walked.finishes[inputs.sellable]),
        dispatchable=_spread(ready),
        finish=_spread(walked.end),
        promised_day=round(promised, _DIGITS),
        p_on_time=_share(ready <= promised),
        p_trend_alive=round(float(np.mean(_survival_at(inputs, ready))), _DIGITS),
        currency=inputs.currency,
        margin=_margin(inputs, ready),
        criticality=_ranked(critical),
        criticality_finish=_ranked(criticality(order, walked, walked.end, list(days))),
        what_ifs=_what_ifs(inputs, order, days, critical),
    )


def _promised_day(inputs: Inputs) -> float:
    if inputs.promised_day is not None:
        return inputs.promised_day
    likely = {task.code: task.days.likely for task in inputs.tasks}
    return critical_path(inputs.tasks, likely)[inputs.dispatchable].finish


def _spread(days: Runs) -> Spread:
    return Spread(*(round(quantile(days, chance), _DIGITS) for chance in (0.5, 0.8, 0.95)))


def _share(hits: NDArray[np.bool_]) -> float:
    return round(float(np.mean(hits)), _DIGITS)


def _ranked(shares: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    rounded = [(code, round(share, _DIGITS)) for code, share in shares.items()]
    return tuple(sorted(rounded, key=lambda row: (-row[1], row[0])))


def _survival_at(inputs: Inputs, day: Runs) -> Runs:
    curve = np.array([*inputs.survival, 0.0])
    return curve[np.minimum(day.astype(np.int64), len(inputs.survival))]


def _sold(inputs: Inputs, ready: Runs) -> NDArray[np.int64]:
    wanted = inputs.wanted
    points = ((0.1, wanted.p10), (0.5, wanted.p50), (0.9, wanted.p90))
    draw = quantile_draw(points, uniforms(inputs.seed, "demand", inputs.runs))
    alive = uniforms(inputs.seed, "trend", inputs.runs) < _survival_at(inputs, ready)
    return np.where(alive, np.clip(np.rint(draw), 0, inputs.units_planned), 0).astype(np.int64)


def _margin(inputs: Inputs, ready: Runs) -> MarginSpread:
    sold = _sold(inputs, ready)
    left = inputs.units_planned - sold
    gross = sold * inputs.unit_margin_minor - left * inputs.leftover_loss_minor
    margins = np.sort(gross - inputs.fixed_cost_minor)
    worst = margins[: max(int(np.ceil(CVAR_SHARE * inputs.runs)), 1)]
    low, middle, high = (int(quantile(margins, chance)) for chance in (0.1, 0.5, 0.9))
    return MarginSpread(low, middle, high, _mean(margins), _mean(worst), _share(margins < 0))


def _mean(values: NDArray[np.int64]) -> int:
    return round(Fraction(int(values.sum()), values.size))


def _what_ifs(
    inputs: Inputs, order: tuple[TaskSpec, ...], days: Mapping[str, Runs], critical: Mapping[str, float]
) -> tuple[WhatIf, ...]:
    """Each task shortened alone, with the other draws unchanged, so that the difference is the task's."""
    needed = set(ancestors(order, inputs.dispatchable))
    short = tuple(task for task in order if task.code in needed)
    before = _p80(short, days, inputs)
    found = []
    for task in short:
        if critical[task.code] > 0 and not task.is_milestone:
            shortened = {**days, task.code: np.full_like(days[task.code], task.days.low)}
            gain = before - _p80(short, shortened, inputs)
            found.append(WhatIf(task.code, task.days.low, round(gain, _DIGITS)))
    gains = (row for row in found if row.gain > 0)
    return tuple(sorted(gains, key=lambda row: (-row.gain, row.code))[:WHAT_IFS])


def _p80(order: tuple[TaskSpec, ...], days: Mapping[str, Runs], inputs: Inputs) -> float:
    return quantile(walk(order, days).finishes[inputs.dispatchable], 0.8)
