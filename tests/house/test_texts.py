"""No text is written past the catalogue: in templates, in scripts, or in what doors and verbs say."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "firms", "matching", "alliances")
NAMES = {"Murmuration", "UTC", "CSV", "XLSX", "JSON", "SHA", "LOCODE", "Ctrl", "Enter"}
SPOKEN_ATTRIBUTES = r'\b(?:aria-label|title|alt|placeholder|content|data-\w*text)="([^"]*)"'


def templates() -> list[Path]:
    found = [path for room in ROOMS for path in (ROOT / room).rglob("templates/**/*.html")]
    return sorted(path for path in found if "style" not in path.parts)


def untranslated(source: str) -> Iterator[str]:
    """Words of a template that reach the page without passing a translation tag."""
    for pattern in (
        r"{% block (?:width|body_attributes) %}.*?{% endblock %}",
        r"{%\s*comment.*?endcomment\s*%}",
        r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}",
        r"{#.*?#}|{%.*?%}|{{.*?}}",
        r"<!--.*?-->|<(script|style|code|svg)\b.*?</\1>|<meta name=\"(?!description).*?>",
    ):
        source = re.sub(pattern, " ", source, flags=re.DOTALL)
    spoken = [*re.findall(SPOKEN_ATTRIBUTES, source), *re.split(r"<[^>]*>", source, flags=re.DOTALL)]
    for text in spoken:
        words = re.findall(r"[A-Za-z]{3,}", re.sub(r"&\w+;", " ", text))
        if set(words) - NAMES:
            yield " ".join(text.split())


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_templates_translate_what_they_say(path: Path) -> None:
    assert list(untranslated(path.read_text())) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Ship it</p>", ["Ship it"]),
        ('<p title="Ship it">{% translate "Ship it" %}</p>', ["Ship it"]),
        ("{% blocktranslate %}Ship it{% endblocktranslate %} · {{ name }} &nbsp;", []),
        ("<p>Murmuration</p><script src='a.js'></script>", []),
    ],
)
def test_the_search_itself(source: str, found: list[str]) -> None:
    assert list(untranslated(source)) == found


@pytest.mark.parametrize("path", sorted((ROOT / "config/static/js").glob("*.js")), ids=lambda path: path.name)
def test_scripts_carry_no_sentences(path: Path) -> None:
    code = re.sub(r"(?m)^\s*(?://|\*|/\*).*$", "", path.read_text())
    assert re.findall(r'"[A-Z][a-z]+ [a-z]+[^"]*"', code) == []


def spoken_calls(tree: ast.AST) -> Iterator[ast.expr]:
    """What doors and verbs say: the text of a refusal and of a message."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or len(node.args) < 2:
            continue
        name = ast.unparse(node.func)
        if name.endswith("Refused") or re.fullmatch(r"messages\.(success|info|warning|error)", name):
            yield node.args[1]


def test_doors_and_verbs_translate_what_they_say() -> None:
    literal = [
        f"{path.relative_to(ROOT)}: {ast.unparse(text)}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "django" in path.read_text()
        for text in spoken_calls(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr) or (isinstance(text, ast.Constant) and isinstance(text.value, str))
    ]
    assert literal == []
