"""The embedded mode: the platform with its own PostgreSQL, in one process, on a machine with only Python."""

from pathlib import Path

from config.embedded.postgres import Cluster


def attached_url(data_dir: Path, role: str) -> str:
    """The address of the embedded database on `data_dir` for `role`, whether it runs at present or not."""
    return Cluster(data_dir).url(role)
