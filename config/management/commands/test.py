"""Run the test suite with pytest, in which every argument is pytest's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.core.management import BaseCommand

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DEBIAN_PACKAGES = ("chromium", "fonts-noto-cjk")
# each core has a database server of its own; the order of the tests is that of tests/conftest.py
SIDE_BY_SIDE = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
APT = ["apt-get", "-q", "-y"]
NO_BROWSER = f"""
The browser tests need Chromium, and there is none on this machine.
On Debian or Ubuntu, as root: apt-get install {" ".join(DEBIAN_PACKAGES)}
Elsewhere, install Chromium or Chrome and name it: CHROMIUM=/path/to/chrome python3 manage.py test
"""


class Command(BaseCommand):
    """`python3 manage.py test [pytest arguments]`."""

    help = "Run the whole test suite, browser tests included; arguments go to pytest."

    def run_from_argv(self, argv: list[str]) -> None:
        """Make sure of a browser, then become pytest; the whole suite uses every core."""
        if not find_browser():
            install_browser()
        os.chdir(Path(__file__).resolve().parents[3])
        pytest = [sys.executable, "-m", "pytest", *(argv[2:] or SIDE_BY_SIDE)]
        os.execve(sys.executable, pytest, compiling_once())  # noqa: S606 - no shell


def compiling_once() -> dict[str, str]:
    """The environment, in which what one process has compiled is there for the next: tests start a hundred."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(Path(sys.prefix) / "pycache")}


def find_browser() -> str | None:
    """The browser to test with: CHROMIUM, or the first of the usual names."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def install_browser() -> None:
    """Install Debian's Chromium when we may; otherwise say what to do and leave."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(NO_BROWSER)
    print("  … installing", *DEBIAN_PACKAGES, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--no-install-recommends", *DEBIAN_PACKAGES]):
        done = subprocess.run([*APT, *words], env=quiet, check=False, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            sys.exit(f"{done.stdout}{done.stderr}{NO_BROWSER}")
