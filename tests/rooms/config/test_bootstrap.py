"""manage.py before there is an environment: what it installs, keeps or replaces, and what it says."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from config.management.commands.test import Command

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def manage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """manage.py, about to care for an environment that does not exist yet."""
    monkeypatch.setenv("MURMURATION_VENV", str(tmp_path / "venv"))
    spec = importlib.util.spec_from_file_location("bootstrap", PROJECT / "manage.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def installed(manage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The locks that were installed, in order; installing itself is left out."""
    locks: list[str] = []

    def install(lock: str) -> None:
        locks.append(lock)
        manage.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        if not manage.PYTHON.exists():
            manage.PYTHON.symlink_to(sys.executable)

    monkeypatch.setattr(manage, "fill_environment", install)
    return locks


def test_complete_environment_is_left_alone(manage: ModuleType, installed: list[str]) -> None:
    manage.make_environment(manage.BASE)
    manage.make_environment(manage.BASE)
    assert installed == [manage.BASE]


def test_development_environment_is_never_reduced(manage: ModuleType, installed: list[str]) -> None:
    manage.make_environment(manage.BASE)
    manage.make_environment(manage.DEV)
    manage.make_environment(manage.BASE)
    assert installed == [manage.BASE, manage.DEV]


def test_changed_lock_is_installed_again(
    manage: ModuleType, installed: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    manage.make_environment(manage.DEV)
    monkeypatch.setattr(manage, "PROJECT", tmp_path)
    (tmp_path / manage.DEV).write_text("newer==1")
    (tmp_path / manage.BASE).write_text("newer==1")
    manage.make_environment(manage.BASE)
    assert installed == [manage.DEV, manage.DEV]


def test_interrupted_installation_starts_over(
    manage: ModuleType, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(lock: str) -> None:
        (manage.ENVIRONMENT / "half").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(manage, "fill_environment", broken)
        manage.make_environment(manage.BASE)
    manage.make_environment(manage.BASE)
    assert not (manage.ENVIRONMENT / "half").exists()
    assert installed == [manage.BASE]


def test_environment_copied_from_elsewhere_is_made_anew(
    manage: ModuleType, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    manage.make_environment(manage.BASE)
    (manage.ENVIRONMENT / "leftover").touch()
    manage.STAMP.write_text(manage.STAMP.read_text().replace(str(manage.ENVIRONMENT), "/elsewhere"))
    manage.make_environment(manage.BASE)
    assert not (manage.ENVIRONMENT / "leftover").exists()
    assert installed == [manage.BASE, manage.BASE]


def test_environment_made_by_hand_is_completed_not_replaced(manage: ModuleType, installed: list[str]) -> None:
    manage.PYTHON.parent.mkdir(parents=True)
    manage.PYTHON.symlink_to(sys.executable)
    (manage.ENVIRONMENT / "by-hand").touch()
    manage.make_environment(manage.BASE)
    assert (manage.ENVIRONMENT / "by-hand").exists()


def test_settings_of_pip_reach_uv_and_those_of_uv_stay(
    manage: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheels, missing = tmp_path / "wheels", tmp_path / "missing"
    wheels.mkdir()
    monkeypatch.setenv("PIP_FIND_LINKS", f"{wheels} {missing} file:///more")
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "9")
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "7")
    settings = manage.uv_settings()
    assert settings["UV_HTTP_TIMEOUT"] == "7"
    assert settings["UV_FIND_LINKS"] == f"{wheels},file:///more"


def test_without_pip_it_says_what_to_install(tmp_path: Path) -> None:
    for module in ("pip", "ensurepip"):
        (tmp_path / "hidden" / module).mkdir(parents=True)
        (tmp_path / "hidden" / module / "__init__.py").write_text("raise ImportError")
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "hidden"),
        "MURMURATION_VENV": str(tmp_path / "venv"),
    }
    command = [sys.executable, str(PROJECT / "manage.py"), "help"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert refused.returncode == 1
    assert "apt-get install python3-venv" in refused.stderr


def test_without_a_browser_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match=r"apt-get install chromium[^$]*CHROMIUM="):
        Command().run_from_argv(["manage.py", "test"])
