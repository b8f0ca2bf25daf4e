#!/usr/bin/env python3
"""The one door: makes or mends the virtual environment (standard library only), then runs the command in it.

    python3 manage.py up      the whole platform, from nothing
    python3 manage.py test    the whole test suite
    python3 manage.py help    everything else

MURMURATION_VENV puts the environment elsewhere; MURMURATION_BOOTSTRAP=off takes the Python that runs this.
"""

import ast
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NoReturn

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        "Murmuration runs on Python 3.11 to 3.13, and this is %s. " % sys.version.split()[0]  # noqa: UP031
        + "Use one of them, for example: python3.12 manage.py up"
    )

PROJECT = Path(__file__).resolve().parent
ENVIRONMENT = Path(os.path.abspath(os.environ.get("MURMURATION_VENV") or PROJECT / ".venv"))  # noqa: PTH100
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "murmuration.json"
UNFINISHED = ENVIRONMENT / "murmuration.unfinished"
OUTER = str(getattr(sys, "_base_executable", sys.executable))  # not that of an environment to be replaced
BASE, DEV, INSTALLER = "requirements.lock", "requirements-dev.lock", "requirements-uv.lock"
DEV_COMMANDS = {"test", "lock"}
PIP_SCOPES = (":env:", "site", "user", "global")  # the first one that is set wins
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "cert": "SSL_CERT_FILE",
    "default-timeout": "UV_HTTP_TIMEOUT",
}
NO_PIP = """
This Python has neither pip nor ensurepip, and one of them is needed to fetch the dependencies.
On Debian or Ubuntu: apt-get install python3-venv
On Fedora: dnf install python3-pip
Then run the same command again."""


def main() -> NoReturn:
    """Run the command line in the project's own environment."""
    os.environ["MURMURATION_BEGAN"] = str(time.time())
    python = sys.executable
    if os.environ.get("MURMURATION_BOOTSTRAP") != "off":
        make_environment(DEV if DEV_COMMANDS & set(sys.argv[1:2]) else BASE)
        python = str(PYTHON)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    os.execv(python, [python, "-m", "config.embedded.command_line", *sys.argv[1:]])  # noqa: S606 - no shell


def make_environment(lock: str) -> None:
    """Bring the environment to what `lock` pins. One with the development tools keeps and updates them."""
    if is_made(lock):
        return
    with alone():
        if is_made(lock):
            return
        if UNFINISHED.exists() or was_moved():
            shutil.rmtree(ENVIRONMENT)
        ENVIRONMENT.mkdir(parents=True, exist_ok=True)
        UNFINISHED.touch()
        fill_environment(kept(lock))
        STAMP.write_text(json.dumps(made_from(kept(lock))))
        UNFINISHED.unlink()


def fill_environment(lock: str) -> None:
    """Make the environment, put uv into it, and let that install what `lock` pins."""
    if not PYTHON.exists():
        with step(f"virtual environment in {ENVIRONMENT}"):
            run([OUTER, "-m", "venv", "--without-pip", str(ENVIRONMENT)])
    with step("uv, the installer"):
        uv = install_uv()
    count = len(re.findall(r"^\S+==", (PROJECT / lock).read_text(), re.MULTILINE))
    with step(f"{count} packages of {lock}, each checked by its hash"):
        quiet = [] if sys.stderr.isatty() else ["--quiet"]
        run([uv, "pip", "install", *quiet, "--python", str(PYTHON), *pinned(lock)], uv_settings())


def is_made(lock: str) -> bool:
    """Whether the environment holds what `lock` pins, or the development tools, which include that."""
    return PYTHON.exists() and stamp() == made_from(kept(lock))


def was_moved() -> bool:
    """Whether the environment was copied here from elsewhere, or belongs to a Python that is gone."""
    made = stamp()
    return bool(made) and (made["home"], made["python"]) != (str(ENVIRONMENT), str(PYTHON.resolve()))


def kept(lock: str) -> str:
    """The lock to install: that of the development tools where they were installed once."""
    return DEV if stamp().get("lock") == DEV else lock


def made_from(lock: str) -> dict[str, str]:
    """What the stamp says when the environment is complete and holds `lock`."""
    digest = hashlib.sha256((PROJECT / lock).read_bytes()).hexdigest()
    return {"home": str(ENVIRONMENT), "python": str(PYTHON.resolve()), "lock": lock, "sha256": digest}


def stamp() -> dict[str, str]:
    """What was last installed to the end; empty for an environment made by hand."""
    try:
        return dict(json.loads(STAMP.read_text()))
    except (OSError, ValueError):
        return {}


def install_uv() -> str:
    """Put the pinned uv into the environment with whichever pip there is; return its path."""
    install = ["install", "--quiet", "--disable-pip-version-check", *pinned(INSTALLER)]
    if works(OUTER, "-m", "pip", "--version"):
        run([OUTER, "-m", "pip", "--python", str(PYTHON), *install], {"PIP_USER": "0"})
    elif works(str(PYTHON), "-m", "ensurepip"):
        run([str(PYTHON), "-m", "pip", *install], {"PIP_USER": "0"})
    else:
        sys.exit(NO_PIP)
    return str(ENVIRONMENT / "bin" / "uv")


def pinned(lock: str) -> list[str]:
    """The arguments, of pip and uv alike, that install a lock and nothing else."""
    return ["--require-hashes", "-r", str(PROJECT / lock)]


def uv_settings() -> dict[str, str]:
    """Pip's own settings (mirrors, certificates) in uv's words; what is set for uv itself stays."""
    settings = {uv: " ".join(words) for pip, uv in PIP_TO_UV.items() if (words := pip_setting(pip))}
    # uv wants commas here, and a folder that is missing is an error to it
    links = [link for link in pip_setting("find-links") if "://" in link or Path(link).is_dir()]
    settings |= {"UV_FIND_LINKS": ",".join(links)} if links else {}
    # pip takes the best match of all indexes; the hashes make that safe
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", **settings, **os.environ}


def pip_setting(name: str) -> list[str]:
    """The words of one of pip's settings, from its files and its environment."""
    found = dict(re.findall(rf"^(\S+)\.{name}=(.*)$", pip_settings(), re.MULTILINE))
    value = next((found[scope] for scope in PIP_SCOPES if scope in found), "''")
    return str(ast.literal_eval(value)).split()


@cache
def pip_settings() -> str:
    """What `pip config list` prints."""
    asked = [OUTER, "-m", "pip", "config", "list"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout


def works(*command: str) -> bool:
    """Whether a command ends well."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def run(command: list[str], extra: dict[str, str] | None = None) -> None:
    """Run a step of the installation; end here, with its own words above, when it fails."""
    if subprocess.run(command, env={**os.environ, **(extra or {})}, check=False).returncode:
        sys.exit(
            "\nThe step above failed. Mend its cause (the network, pip's index settings), then run it again."
        )


@contextmanager
def alone() -> Iterator[None]:
    """Hold the environment's folder for one installation at a time."""
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(ENVIRONMENT.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print what is being done, and how long it took."""
    began = time.monotonic()
    print(f"  … {what}", flush=True)
    yield
    print(f"  ✓ {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
