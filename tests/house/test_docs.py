"""Docs that fail when they lie."""

import re
from pathlib import Path

from tests.house.life import PAGE, page

PROJECT = Path(__file__).resolve().parents[2]
READS_ENVIRONMENT = re.compile(r"(?:environ\.get|flag|names|required|durations)\(\s*\"([A-Z][A-Z_]+)\"")


def test_every_setting_is_documented():
    documented = (PROJECT / "docs" / "settings.md").read_text("utf8")
    texts = [
        (PROJECT / "config" / name).read_text("utf8")
        for name in ("settings.py", "environment.py", "policy.py")
    ]
    read = set(READS_ENVIRONMENT.findall("\n".join(texts)))
    assert len(read) > 15
    assert not {name for name in read if f"`{name}`" not in documented}


def test_the_readme_names_the_two_commands():
    readme = (PROJECT / "README.md").read_text("utf8")
    assert "python3 manage.py up" in readme
    assert "python3 manage.py test" in readme


def test_the_page_of_the_life_cycle_is_the_table_of_the_code():
    assert page() == PAGE.read_text("utf8"), "write it anew: python -m tests.house.life"


def test_decisions_are_half_a_screen():
    records = sorted((PROJECT / "docs" / "adr").glob("*.md"))
    assert len(records) >= 6
    assert not [record.name for record in records if len(record.read_text("utf8").splitlines()) > 40]
