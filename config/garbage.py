"""What Python's collector of garbage need not look at."""

import gc


def spare_what_is_loaded() -> None:
    """Take what the process has loaded out of the collector's sight; call it when everything is loaded.

    Each full collection walks through all that is alive, and code stays alive for ever: 100 ms of somebody's request.
    """
    gc.collect()
    gc.freeze()
