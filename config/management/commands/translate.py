"""`manage.py translate`: keep the Chinese catalogue in step with the source, without gettext's tools."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.extraction import messages
from config.translations import LOCALES, compile_all, read, write

CHINESE = LOCALES / "zh_Hans" / "LC_MESSAGES" / "django.po"


class Command(BaseCommand):
    help = "Extract messages, merge them with the Chinese catalogue and compile it; --check only looks."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from", dest="folder", type=Path, help='folder of JSON files {"English": "中文"}'
        )
        parser.add_argument("--check", action="store_true", help="fail when a message lacks its Chinese")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self.check_catalogue()
            return
        catalogue = merged(read(CHINESE), messages())
        taken = fill(catalogue, pairs(options["folder"])) if options["folder"] else 0
        write(CHINESE, catalogue)
        compile_all()
        open_ones = len([one for one in catalogue if one.id and not is_translated(one)])
        self.stdout.write(f"{len(catalogue)} messages, {taken} newly translated, {open_ones} without Chinese")

    def check_catalogue(self) -> None:
        found = problems(read(CHINESE), messages())
        if found:
            raise CommandError(
                "\n".join([*found, f"{len(found)} messages need care: run manage.py translate"])
            )
        self.stdout.write("Every message has its Chinese.")


def merged(kept: Catalog, source: Catalog) -> Catalog:
    """The source's messages with the translations that were kept; what the source lost goes."""
    fresh = Catalog(locale="zh_Hans", project="Murmuration", charset="utf-8", fuzzy=False)
    for one in source:
        if one.id:
            old = kept.get(one.id, one.context)
            text = old.string if old and fits(one, old) else ""
            fresh.add(one.id, text, locations=one.locations, flags=one.flags, context=one.context)
    return fresh


def fits(message: Message, old: Message) -> bool:
    """Whether a kept translation has the same form, singular or plural, as the message now."""
    return isinstance(message.id, str) == isinstance(old.id, str)


def pairs(folder: Path) -> dict[str, str]:
    """All pairs of a folder's JSON files; a later file does not overrule an earlier one."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.json")):
        found = {**json.loads(path.read_text()), **found}
    return found


def fill(catalogue: Catalog, given: dict[str, str]) -> int:
    """Give messages without Chinese what the pairs offer, `context|message` first; tell how many."""
    count = 0
    for message in catalogue:
        text = given.get(f"{message.context}|{singular(message)}") or given.get(singular(message))
        if message.id and text and not is_translated(message):
            message.string = text if isinstance(message.id, str) else (text,)
            count += 1
    return count


def singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def is_translated(message: Message) -> bool:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(strings) and all(strings) and not message.fuzzy


def problems(kept: Catalog, source: Catalog) -> list[str]:
    """What is missing, without Chinese, stale, or has other placeholders than its English."""
    return [*lacking(kept, source), *stale(kept, source), *misplaced(kept)]


def lacking(kept: Catalog, source: Catalog) -> Iterator[str]:
    for one in source:
        old = kept.get(one.id, one.context) if one.id else None
        if one.id and (old is None or not is_translated(old)):
            yield f"no Chinese: {singular(one)!r} ({one.locations[0][0]})"


def stale(kept: Catalog, source: Catalog) -> Iterator[str]:
    for one in kept:
        if one.id and source.get(one.id, one.context) is None:
            yield f"not in the source any more: {singular(one)!r}"


def misplaced(kept: Catalog) -> Iterator[str]:
    for one, errors in kept.check():
        for error in errors:
            yield f"{error}: {singular(one)!r}"
