"""Pages of the market for operators."""
