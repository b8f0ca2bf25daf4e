"""What the detector remembers of one series, as bytes beside the signals that it has consumed.

The cursor of such a state is the day's ordinal, so series that began on different days advance together.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.spikes.settings import DEFAULTS, Settings
from matching.spikes.state import Basis, State

Bytes = NDArray[np.uint8]


def packed(state: State) -> list[bytes]:
    """The memory of each series, 62 bytes at the daily grain."""
    columns = [
        np.ascontiguousarray(column.reshape(-1, len(state)).T).view(np.uint8).reshape(len(state), -1)
        for column in state.columns().values()
    ]
    rows: Bytes = np.ascontiguousarray(np.concatenate(columns, axis=1))
    return [row.tobytes() for row in rows]


def unpacked(
    memories: Sequence[bytes], cursor: int, basis: Basis | None, settings: Settings = DEFAULTS
) -> State:
    """The state of series whose memories have one age. ValueError when their length is that of something else."""
    state = State.fresh(len(memories), settings)
    state.cursor, state.basis = cursor, basis
    size = state.bytes_a_series
    if any(len(memory) != size for memory in memories):
        raise ValueError(f"a memory of a series has {size} bytes")
    rows = np.frombuffer(b"".join(memories), np.uint8).reshape(len(memories), size)
    at = 0
    for column in state.columns().values():
        width = column[..., :1].nbytes
        part = np.ascontiguousarray(rows[:, at : at + width]).view(column.dtype).reshape(len(memories), -1)
        column[...] = part.T.reshape(column.shape)
        at += width
    return state
