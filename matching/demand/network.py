"""Small networks of two hidden layers: from features to numbers. Fitted by tests/bench/demand_fit.py."""

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import numpy as np

from matching.demand.features import Values

FAR = 5.0
"""Features are taken to be at most this many standard deviations from their mean."""


class Kind(StrEnum):
    """What the values of a surge are; each kind has networks of its own."""

    DAY = "day"
    HOUR = "hour"
    BEYOND = "beyond"
    """By day, only what lies beyond the usual."""
    ANY = "any"
    """By steps of a length that nobody told."""


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


_WRITTEN = json.loads((Path(__file__).parent / "weights.json").read_text(encoding="utf-8"))
TOTAL, LIFE = ({kind: Network.of(_WRITTEN[kind][name]) for kind in Kind} for name in ("total", "life"))
