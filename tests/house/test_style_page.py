"""The living style page has every part: a class of the style sheets that it does not show is not documented."""

import re
from pathlib import Path

import pytest
from django.test import Client

STATIC = Path(__file__).resolve().parents[2] / "config" / "static" / "css"
PARTS = ("base", "components", "figures", "tables", "palette")


def classes(sheet: str) -> set[str]:
    """Every class that a sheet styles."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / f"{sheet}.css").read_text(), flags=re.DOTALL)
    selectors = " ".join(re.findall(r"([^{}]*)\{", text))
    return set(re.findall(r"\.([a-z][\w-]*)", selectors))


@pytest.mark.django_db
def test_every_class_is_shown_or_named(client: Client) -> None:
    page = client.get("/style/").content.decode()
    main = page[page.index("<main") :]
    known = set(re.findall(r"[\w-]+", main)) | {
        "bar",
        "brand",
        "nav",
        "mark",
        "bell",
        "market",
        "long",
        "foot",
        "link",
    }
    missing = {sheet: sorted(classes(sheet) - known) for sheet in PARTS}
    assert {sheet: names for sheet, names in missing.items() if names} == {}


@pytest.mark.django_db
def test_every_token_is_shown(client: Client) -> None:
    page = client.get("/style/").content.decode()
    tokens = set(re.findall(r"--([\w-]+): #", (STATIC / "tokens.css").read_text()))
    tokens |= {f"s{step}" for step in range(1, 8)} | {
        f"text-{size}" for size in ("xs", "s", "m", "l", "xl", "2xl")
    }
    assert {token for token in tokens if f"<code>--{token}</code>" not in page} == set()
