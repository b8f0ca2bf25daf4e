"""The lock files: hashes everywhere, addresses nowhere, and one version of everything."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = sorted(PROJECT.glob("*.lock"))
PIN = re.compile(r"^([a-z0-9.-]+)(?:\[.*\])?==(\S+)", re.MULTILINE)


def pins(name: str) -> set[tuple[str, str]]:
    return set(PIN.findall((PROJECT / name).read_text()))


def entries(lock: Path) -> list[str]:
    joined = lock.read_text().replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip()]


def test_every_environment_has_its_lock() -> None:
    assert {lock.name for lock in LOCKS} == {
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-otel.lock",
        "requirements-uv.lock",
    }


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_holds_an_address(lock: Path) -> None:
    assert "://" not in lock.read_text()
    assert "index-url" not in lock.read_text()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_by_version_and_hash(lock: Path) -> None:
    loose = [entry for entry in entries(lock) if not PIN.match(entry) or "--hash=sha256:" not in entry]
    assert loose == []


def test_development_environment_runs_exactly_what_production_runs() -> None:
    assert pins("requirements.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_what_is_asked_for_is_locked(lock: Path) -> None:
    asked = re.findall(r"^([a-z][a-z0-9-]+)", lock.with_suffix(".in").read_text(), re.MULTILINE)
    assert set(asked) <= {name for name, _ in pins(lock.name)}
