"""What import tools cannot see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = ("firms", "matching", "alliances")
WRITES = re.compile(r"\.(save|update|delete|create|bulk_create|bulk_update|get_or_create|update_or_create)\(")
MAY_WRITE = ("models", "actions", "live", "migrations", "management")


def sources(room: str) -> Iterator[Path]:
    return (PROJECT / room).rglob("*.py")


def shelf(path: Path) -> str:
    return path.relative_to(PROJECT).parts[1].removesuffix(".py")


def test_foreign_keys_never_point_upward():
    order = {room: n for n, room in enumerate(("config", *ROOMS))}
    upward = [
        f"{model.__name__}.{field.name}"
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        and order.get(field.related_model._meta.app_label, 0) > order[room]
    ]  # fmt: skip
    assert upward == []


def test_only_models_and_actions_write():
    found = [
        f"{path.relative_to(PROJECT)}:{number}"
        for room in ROOMS
        for path in sources(room)
        if shelf(path) not in MAY_WRITE
        for number, line in enumerate(path.read_text("utf8").splitlines(), 1)
        if WRITES.search(line)
    ]
    writes = [where for where in found if not is_plain_dict_or_set(where)]
    assert writes == []


def is_plain_dict_or_set(where: str) -> bool:
    """`names.update(more)` on a set or dict is no write to a table: rows are written through a manager or a row."""
    path, _sep, number = where.rpartition(":")
    line = (PROJECT / path).read_text("utf8").splitlines()[int(number) - 1]
    return (
        "objects" not in line and "_manager" not in line and ".save(" not in line and ".delete(" not in line
    )


def test_no_signals_and_no_clock_in_the_rooms():
    forbidden = re.compile(
        r"django\.db\.models\.signals|django\.dispatch|timezone\.now\(|datetime\.now\(|time\.time\("
    )
    found = [
        str(path.relative_to(PROJECT))
        for room in ROOMS
        for path in sources(room)
        if "management" not in path.parts and forbidden.search(path.read_text("utf8"))
    ]
    assert found == []


def test_rooms_have_no_drawer_for_everything():
    # Django wants a backend of its own under this name
    backend = PROJECT / "config" / "postgresql" / "base.py"
    names = {path.stem for room in ("config", *ROOMS) for path in sources(room) if path != backend}
    assert not names & {"common", "core", "utils", "helpers", "services", "managers", "base"}


def test_imports_stand_at_the_top():
    late = []
    for room in ROOMS:
        for path in sources(room):
            for node in ast.walk(ast.parse(path.read_text("utf8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    late += [
                        path.name
                        for inner in ast.walk(node)
                        if isinstance(inner, ast.Import | ast.ImportFrom)
                    ]
    assert late == []
