"""The wire out: what happened is recorded in one place, and reaches the boards of those who may see it."""

from alliances.live.record import record

__all__ = ["record"]
