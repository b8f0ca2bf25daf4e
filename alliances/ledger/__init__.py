"""The log over all streams, and the checkpoints by which outsiders hold the platform to it. Pure."""

from alliances.ledger.checkpoint import BrokenError, Checkpoint, opened, signed, verifier_key
from alliances.ledger.tree import (
    EMPTY,
    Place,
    fold,
    grown,
    leaf_hash,
    needed,
    node_hash,
    path_places,
    peaks,
    root_by_path,
)

__all__ = [
    "EMPTY",
    "BrokenError",
    "Checkpoint",
    "Place",
    "fold",
    "grown",
    "leaf_hash",
    "needed",
    "node_hash",
    "opened",
    "path_places",
    "peaks",
    "root_by_path",
    "signed",
    "verifier_key",
]
