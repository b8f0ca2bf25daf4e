"""The sample world's one password and its tokens, made at random and kept for the visitor in the data folder."""

import json
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings

from firms.actions import issue_token
from firms.models import User

FILE = "sample-logins.json"


def new_password() -> str:
    return "-".join(secrets.token_hex(3) for _part in range(3))


def keep(password: str) -> None:
    _write({"password": password, "tokens": {}})


def password() -> str:
    """The password of all sample users; empty when the file is gone."""
    return str(_read().get("password", ""))


def token_of(user: User, now: Any) -> str:
    """A token of a sample user, issued once and kept."""
    kept = _read()
    if user.email not in kept["tokens"]:
        kept["tokens"][user.email] = issue_token(user.actor, "sample", now=now)
        _write(kept)
    return str(kept["tokens"][user.email])


def _path() -> Path:
    return Path(settings.DATA_DIR) / FILE


def _read() -> dict[str, Any]:
    try:
        return dict(json.loads(_path().read_text("utf8")))
    except (OSError, ValueError):
        return {"password": "", "tokens": {}}


def _write(content: dict[str, Any]) -> None:
    _path().parent.mkdir(parents=True, exist_ok=True)
    _path().touch(mode=0o600)
    _path().write_text(json.dumps(content), "utf8")
