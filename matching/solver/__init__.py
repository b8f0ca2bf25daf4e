"""Route, team and schedule of one alliance together: `solve` answers a matching problem with a certified plan."""

from matching.solver.answering import solve

__all__ = ["solve"]
