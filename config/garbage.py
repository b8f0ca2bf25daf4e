"""What Python's collector of garbage need not look at."""

import gc

ALLOCATED, YOUNG, MIDDLE = 700, 10, 50
"""After how many new objects, and collections of younger ones, each generation is looked at; Python's last is 10."""


def spare_what_is_loaded() -> None:
    """Take what the process has loaded out of the collector's sight; call it when everything is loaded.

    Each full collection walks through all that is alive, and code stays alive for ever: 100 ms of somebody's request.
    What is loaded later and what 200 open boards hold is 20 ms still, so it comes a fifth as often: of commands it had
    met one in eighty, and so decided their p99. Garbage in circles that outlives a while waits for it a little longer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATED, YOUNG, MIDDLE)
