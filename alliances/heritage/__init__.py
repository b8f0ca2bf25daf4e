"""What remains of an alliance: what its firms did, how long tasks took, what was learned. Pure."""

from alliances.heritage.conduct import Asked, Done, conduct_of, scope_of

__all__ = ["Asked", "Done", "conduct_of", "scope_of"]
