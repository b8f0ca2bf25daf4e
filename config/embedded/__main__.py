"""`python -m config.embedded dev [DIR]`: a database to develop against, until Ctrl-C."""

import signal
import sys
import tempfile
from pathlib import Path

from config.embedded.creation import OWNER
from config.embedded.postgres import Cluster

DEFAULT_DIR = Path(tempfile.gettempdir()) / "murmuration-dev"


def main(arguments: list[str]) -> None:
    """Run a cluster in the folder given, and print what to set in the environment."""
    if not arguments or arguments[0] != "dev":
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Cluster(arguments[1] if arguments[1:] else DEFAULT_DIR) as cluster:
        print(f"export DATABASE_URL='{cluster.url()}'")
        print(f"export DATABASE_OWNER_URL='{cluster.url(OWNER)}'", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("stopping", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
