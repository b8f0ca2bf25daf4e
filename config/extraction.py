"""Find the messages in the source: Python calls, templates, and texts of rule modules (no Django)."""

import ast
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("config", "firms", "matching", "alliances")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# Rule modules name their texts in plain English and a door translates them: callable -> position of its text.
SPOKEN: dict[str, int] = {"Guard": 2, "Check": 2}


@dataclass(frozen=True)
class Found:
    """A message, where it stands, and its context."""

    path: str
    text: str | tuple[str, ...]
    context: str | None = None


def messages() -> Catalog:
    """Every message of the source, each with the files that use it."""
    catalogue = Catalog(locale="zh_Hans", project="Murmuration", charset="utf-8", fuzzy=False)
    for found in sorted(in_source(), key=lambda one: (one.path, str(one.text))):
        catalogue.add(found.text, locations=[(found.path, 0)], context=found.context)
    return catalogue


def in_source() -> Iterator[Found]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield from in_python(path)
            elif "templates" in path.parts and path.suffix in {".html", ".txt"}:
                yield from in_template(path)


def in_python(path: Path) -> Iterator[Found]:
    source = path.read_text()
    yield from called(source, path)
    if any(name in source for name in SPOKEN):
        yield from (Found(name_of(path), text) for text in spoken(ast.parse(source)))


def in_template(path: Path) -> Iterator[Found]:
    """Django turns a template into calls; their indentation means nothing to Python, so it goes."""
    calls = templatize(path.read_text(), origin=str(path))
    yield from called("\n".join(line.strip() for line in calls.splitlines()), path)


def called(source: str, path: Path) -> Iterator[Found]:
    found = extract("python", io.BytesIO(source.encode()), KEYWORDS, options={"encoding": "utf-8"})
    for _line, text, _comments, context in found:
        words = tuple(text) if isinstance(text, list | tuple) else text
        if words and all(words):
            yield Found(name_of(path), words, context)


def spoken(tree: ast.AST) -> Iterator[str]:
    """The texts that a module gives to the constructors in SPOKEN."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        position = SPOKEN.get(callable_name(node.func))
        if position is not None and len(node.args) > position:
            text = node.args[position]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value


def callable_name(function: ast.expr) -> str:
    """`Guard`, `Guard[Facts]` and `machine.Guard` are all Guard."""
    if isinstance(function, ast.Subscript):
        return callable_name(function.value)
    return getattr(function, "id", getattr(function, "attr", ""))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
