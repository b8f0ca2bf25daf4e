"""The catalogue of messages: read it, write it, compile it. Babel only, so no gettext tools are needed."""

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LOCALES = Path(__file__).parent / "locale"
BORN = datetime(2026, 1, 1, tzinfo=UTC)  # a fixed date, so that a file changes only when its messages do


def catalogues() -> list[Path]:
    """Every catalogue of the platform."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))


def compile_all() -> list[Path]:
    """Compile the catalogues that changed since; return what was written. Cheap when nothing did."""
    stale = [po for po in catalogues() if not is_compiled(po)]
    for po in stale:
        compile_one(po)
    return [po.with_suffix(".mo") for po in stale]


def is_compiled(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns


def compile_one(po: Path) -> None:
    """Write the .mo beside a .po, at once: a reader never sees half of it."""
    unfinished = po.with_suffix(".mo.unfinished")
    with unfinished.open("wb") as file:
        write_mo(file, read(po))
    unfinished.replace(po.with_suffix(".mo"))


def read(po: Path) -> Catalog:
    """Read a catalogue; its folder names the language."""
    language = po.parents[1].name
    if not po.exists():
        return Catalog(locale=language, project="Murmuration", charset="utf-8", fuzzy=False)
    with po.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def write(po: Path, catalogue: Catalog) -> None:
    """Write a catalogue in the order of its messages, without line numbers, so that edits stay readable."""
    catalogue.creation_date = catalogue.revision_date = BORN
    catalogue.header_comment = "# Murmuration, Simplified Chinese"
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False)
