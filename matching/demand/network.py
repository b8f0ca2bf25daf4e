"""Small networks of two hidden layers: from features to numbers. Fitted by tests/bench/demand_fit.py."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import numpy as np

from matching.demand.features import Values

FAR = 5.0
"""Features are taken to be at most this many standard deviations from their mean."""


class Kind(StrEnum):
    """What the values of a surge are; each kind but the last has networks of its own."""

    DAY = "day"
    HOUR = "hour"
    BEYOND = "beyond"
    """By day, only what lies beyond the usual."""
    ANY = "any"
    """By steps of a length that nobody told: by day or by hour, as it seems."""


LEARNED: tuple[Kind, ...] = (Kind.DAY, Kind.HOUR, Kind.BEYOND)
Shares = dict[Kind, Values]
"""The kinds whose networks are asked, and how far each is believed, a column of shares that sum to 1."""


@dataclass(frozen=True, slots=True)
class Network:
    """Means and deviations of the features, then a matrix and an offset for each layer."""

    mean: Values
    deviation: Values
    layers: tuple[tuple[Values, Values], ...]

    def __call__(self, features: Values) -> Values:
        """A row of outputs for each row of features."""
        value: Values = np.clip((features - self.mean) / self.deviation, -FAR, FAR)
        for matrix, offset in self.layers[:-1]:
            value = np.tanh(value @ matrix + offset)
        matrix, offset = self.layers[-1]
        return np.asarray(value @ matrix + offset)

    @classmethod
    def of(cls, written: dict[str, Any]) -> Self:
        """The network of a JSON object with mean, deviation and layers."""
        layers = tuple((np.array(matrix), np.array(offset)) for matrix, offset in written["layers"])
        return cls(np.array(written["mean"]), np.array(written["deviation"]), layers)


@dataclass(frozen=True, slots=True)
class Networks:
    """Of each kind the networks of the units wanted and of the trend's life; and one that tells days from hours."""

    total: dict[Kind, Network]
    life: dict[Kind, Network]
    by_day: Network

    def believed(self, kind: Kind, features: Values) -> Shares:
        """Whom to ask about such values: a row for each row of features."""
        if kind is not Kind.ANY:
            return {kind: np.ones((len(features), 1))}
        day = logistic(self.by_day(features))
        return {Kind.DAY: day, Kind.HOUR: 1 - day}

    @classmethod
    def of(cls, written: dict[str, Any]) -> Self:
        """The networks of a JSON object with `by_day` and, by kind, `total` and `life`."""
        total, life = (
            {kind: Network.of(written[kind][name]) for kind in LEARNED} for name in ("total", "life")
        )
        return cls(total, life, Network.of(written["by_day"]))


def blended(shares: Shares, answer: Callable[[Kind], Values]) -> Values:
    """The answers of the kinds that are believed, in proportion."""
    return np.asarray(sum(share * answer(kind) for kind, share in shares.items()))


def logistic(outputs: Values) -> Values:
    """Probabilities from a network's outputs."""
    return np.asarray(1 / (1 + np.exp(-outputs)))


FITTED = Networks.of(json.loads((Path(__file__).parent / "weights.json").read_text(encoding="utf-8")))
