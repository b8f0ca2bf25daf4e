"""A new cluster: built in a temporary folder and renamed, so that a half-built one is never started."""

import os
import shutil
import subprocess
from pathlib import Path

from config.embedded.binaries import Account, EmbeddedError, client_name, run_as

OWNER = "murmuration_owner"
APP = "murmuration_app"
SUPERUSER = "postgres"
DATABASE = "murmuration"

# The owner migrates; the application gets what the migrations grant, and nothing else. One command a line.
BIRTH = f"""\
CREATE ROLE {OWNER} LOGIN;
CREATE ROLE {APP} LOGIN;
CREATE DATABASE {DATABASE} OWNER {OWNER};
"""


def create(folder: Path, programs: Path, account: Account) -> None:
    """Make the cluster's files in `folder`, with both roles and the database. Raises EmbeddedError."""
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    os.chown(fresh, account.uid, account.gid)
    _initdb(fresh, programs, account)
    _give_birth(fresh, programs, account)
    fresh.rename(folder)


def admit_client(folder: Path) -> None:
    """Let exactly the user that starts the cluster in, under every role; the kernel vouches for who it is."""
    (folder / "pg_hba.conf").write_text("local all all peer map=murmuration\n")
    admitted = (f'murmuration "{client_name()}" {role}\n' for role in (OWNER, APP, SUPERUSER))
    (folder / "pg_ident.conf").write_text("".join(admitted))


def _initdb(folder: Path, programs: Path, account: Account) -> None:
    _run(
        [
            str(programs / "initdb"),
            f"--pgdata={folder}",
            f"--username={SUPERUSER}",
            "--auth=peer",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        ],
        account,
    )


def _give_birth(folder: Path, programs: Path, account: Account) -> None:
    _run([str(programs / "postgres"), "--single", "-D", str(folder), SUPERUSER], account, BIRTH)


def _run(command: list[str], account: Account, words: str = "") -> None:
    done = subprocess.run(  # noqa: S603 - our own program and arguments
        command,
        check=False,
        input=words,
        capture_output=True,
        text=True,
        cwd="/",
        env=plain_environment(),
        **run_as(account),
    )
    if done.returncode or "ERROR:" in done.stderr:
        raise EmbeddedError(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")


def plain_environment() -> dict[str, str]:
    """An environment without the PG* variables, which would lead PostgreSQL's programs astray."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
