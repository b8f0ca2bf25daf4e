"""What the detector remembers of each series: at most 64 bytes at the daily grain, column by column."""

import json
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from matching.spikes.settings import DEFAULTS, Settings

Basis = Literal["units", "buyers", "new buyers"]
Floats = NDArray[np.float32]
_DTYPES = {
    "level": "f4",
    "excess": "f4",
    "units": "f4",
    "buyers": "f4",
    "wealth": "f4",
    "steps": "u2",
    "calm": "u1",
    "held": "u1",
    "surprise": "u1",
    "recent": "f2",
    "season": "f2",
}
LONG_AGO = 255
FRESH = {"calm": LONG_AGO, "season": 1}
"""What is not zero of a series about which nothing is known."""
_MANTISSA_BITS, _BIASES = np.uint32(23 - 10), np.float32(2.0 ** (127 - 15))
_HALF_A_BIT = np.uint32(1) << (_MANTISSA_BITS - np.uint32(1))
VERSION = 2
"""Of what is remembered and of what it means: a memory of another one is of no use."""


def widened(halves: NDArray[np.float16]) -> Floats:
    """Numbers of two bytes that are finite and not negative, as numbers of four; exact, a fifth of `astype`'s time.

    Their bits, moved to where four bytes have them, are that number divided by 2 to the difference of the biases."""
    bits = halves.view(np.uint16).astype(np.uint32)
    bits <<= _MANTISSA_BITS
    numbers = bits.view(np.float32)
    numbers *= _BIASES
    return numbers


def narrowed(numbers: Floats) -> NDArray[np.float16]:
    """Numbers that `widened` gives back, from 0 to the largest of two bytes: the nearest, of two as near the upper."""
    bits = (numbers * (1 / _BIASES)).view(np.uint32)
    bits += _HALF_A_BIT
    bits >>= _MANTISSA_BITS
    return bits.astype(np.uint16).view(np.float16)


def approach(column: Floats, target: Floats, pace: Floats) -> None:
    """Take a column that share of the way to a target."""
    change = target - column
    change *= pace
    column += change


@dataclass(slots=True)
class State:
    """The memory of n series that advance together, one step at a time.

    `level`: usual count a step. `excess`: variance beyond Poisson, weighted. `units`, `buyers`: their usual
    values, for the units a buyer takes. `wealth`: of the e-process. `steps`: how many were seen. `calm`: steps
    since the last alarm. `held`: steps of surges that were not learned, less those without one since.
    `surprise`: codes of the last window. `recent`: square roots of the last counts, not yet learned. `season`:
    factor of each slot of the season. These three have one row a step or slot. `cursor`: steps since the
    start. `basis`: the count watched, None before the first step.
    """

    cursor: int
    basis: Basis | None
    level: Floats
    excess: Floats
    units: Floats
    buyers: Floats
    wealth: Floats
    steps: NDArray[np.uint16]
    calm: NDArray[np.uint8]
    held: NDArray[np.uint8]
    surprise: NDArray[np.uint8]
    recent: NDArray[np.float16]
    season: NDArray[np.float16]

    @classmethod
    def fresh(cls, n: int, settings: Settings = DEFAULTS) -> Self:
        """The state of n series about which nothing is known."""
        rows = {"surprise": settings.longest, "recent": settings.lag, "season": settings.season}
        columns = {
            name: np.zeros((rows[name], n) if name in rows else n, dtype) for name, dtype in _DTYPES.items()
        }
        columns |= {name: columns[name] + columns[name].dtype.type(value) for name, value in FRESH.items()}
        return cls(0, None, **columns)

    def __len__(self) -> int:
        return len(self.level)

    @property
    def bytes_a_series(self) -> int:
        """Memory for one series, in bytes."""
        return sum(getattr(self, name)[..., :1].nbytes for name in _DTYPES)

    def part(self, chosen: slice | NDArray[np.intp]) -> "State":
        """Some series: a view when a slice is chosen, but for cursor and basis; else a copy."""
        return State(self.cursor, self.basis, **{name: getattr(self, name)[..., chosen] for name in _DTYPES})

    def renew(self, rows: NDArray[np.intp]) -> None:
        """Forget what is known of some series: they begin now."""
        for name in _DTYPES if len(rows) else ():
            getattr(self, name)[..., rows] = FRESH.get(name, 0)

    def grown(self, more: int, settings: Settings = DEFAULTS) -> "State":
        """This state with `more` new series at its end."""
        new = State.fresh(more, settings)
        columns = {
            name: np.concatenate([getattr(self, name), getattr(new, name)], axis=-1) for name in _DTYPES
        }
        return State(self.cursor, self.basis, **columns)

    def columns(self) -> dict[str, NDArray[Any]]:
        """The columns by name, always in the same order."""
        return {name: getattr(self, name) for name in _DTYPES}

    def to_bytes(self) -> bytes:
        """A checkpoint: one line of JSON, then the columns, little-endian."""
        shapes = {name: getattr(self, name).shape for name in _DTYPES}
        head = json.dumps({"spikes": VERSION, "cursor": self.cursor, "basis": self.basis, "shapes": shapes})
        columns = (np.ascontiguousarray(getattr(self, name), "<" + dtype) for name, dtype in _DTYPES.items())
        return head.encode() + b"\n" + b"".join(column.tobytes() for column in columns)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The state that `to_bytes` wrote; ValueError when it is something else or incomplete."""
        head, _, body = data.partition(b"\n")
        about = json.loads(head)
        if about.get("spikes") != VERSION:
            raise ValueError(f"not a checkpoint of spikes, version {VERSION}")
        columns, at = {}, 0
        for name, shape in about["shapes"].items():
            count = int(np.prod(shape))
            columns[name] = (
                np.frombuffer(body, "<" + _DTYPES[name], count, at).reshape(shape).astype(_DTYPES[name])
            )
            at += columns[name].nbytes
        return cls(about["cursor"], about["basis"], **columns)
