"""What pages weigh on the wire, packed as a server sends them: a phone on a bad line pays for every kilobyte."""

import gzip
import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "config" / "static"
BASE = STATIC.parent / "templates" / "base.html"


def packed(*names: str) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes())) for name in names)


def linked(pattern: str) -> list[str]:
    return re.findall(r'{% static "(' + pattern + r')" %}', BASE.read_text())


def test_the_style_of_the_heaviest_page() -> None:
    common = linked(r"css/[\w-]+\.css")
    others = {path.relative_to(STATIC).as_posix() for path in STATIC.glob("css/*.css")} - set(common)
    heaviest = max(packed(name) for name in others)
    assert packed(*common) + heaviest <= 20_000


def test_all_scripts_together() -> None:
    assert packed(*(path.relative_to(STATIC).as_posix() for path in STATIC.glob("js/*.js"))) <= 50_000


def test_nothing_comes_from_elsewhere() -> None:
    for path in [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]:
        assert not re.findall(r"https?://|@import|url\(", path.read_text()), path.name
