"""Find the messages in the source: Python calls, templates, and texts of rule modules (no Django)."""

import ast
import io
import re
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
    "noop": None,
    "translate": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# Rule modules say in plain English what a door translates: whole sentences, and the titles given to these.
TITLED = {"_task": 1, "Answer": 0, "Mode": 1}
SENTENCE = re.compile(r"[A-Z0-9].* .*\.", re.DOTALL)


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
    if "django" not in source:
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


def spoken(node: ast.AST) -> Iterator[str]:
    """The sentences and titles of a rule module, without its docstrings, errors and composed texts."""
    if isinstance(node, ast.Raise | ast.JoinedStr) or is_docstring(node):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and SENTENCE.fullmatch(node.value):
        yield node.value
    if isinstance(node, ast.Call):
        yield from title_in(node)
    for child in ast.iter_child_nodes(node):
        yield from spoken(child)


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def title_in(call: ast.Call) -> Iterator[str]:
    position = TITLED.get(callable_name(call.func))
    if position is not None and len(call.args) > position:
        title = call.args[position]
        if isinstance(title, ast.Constant):
            yield str(title.value)


def callable_name(function: ast.expr) -> str:
    """`Guard`, `Guard[Facts]` and `machine.Guard` are all Guard."""
    if isinstance(function, ast.Subscript):
        return callable_name(function.value)
    return getattr(function, "id", getattr(function, "attr", ""))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
