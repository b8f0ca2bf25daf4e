"""The questions that the doors of this room ask, each answered in a fixed number of queries."""
