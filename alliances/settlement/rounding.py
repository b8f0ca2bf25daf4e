"""Dividing an integer amount so that the parts add up to it exactly."""

from collections.abc import Mapping


def largest_remainder(amount: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Parts of `amount` (0 or more) in proportion to the weights, each its exact part rounded down or up.

    Units left after rounding down go to the largest remainders, and among equal ones to the first key, so the
    result does not depend on the order of the weights. Raises ValueError for a negative amount or weight, and
    when nothing has a weight.
    """
    total = sum(weights.values())
    if amount < 0 or total <= 0 or min(weights.values()) < 0:
        raise ValueError("Only an amount of 0 or more can be divided, by weights of 0 or more.")
    exact = {key: divmod(amount * weight, total) for key, weight in weights.items()}
    left = amount - sum(whole for whole, _ in exact.values())
    first = sorted(exact, key=lambda key: (-exact[key][1], key))[:left]
    return {key: exact[key][0] + (key in first) for key in weights}
