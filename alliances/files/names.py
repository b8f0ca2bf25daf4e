"""The name that is shown for a file; the one that it is stored under has nothing to do with it."""

import unicodedata

LONGEST, LONGEST_ENDING = 80, 5
UNSAFE = frozenset('<>:"|?*;%')


def shown_name(given: str, ending: str) -> str:
    """A harmless form of the sender's name for a file, with the ending of what it really is."""
    last = given.replace("\\", "/").rpartition("/")[2]
    stem = _without_ending(" ".join("".join(map(_harmless, last)).split()).strip(". "))
    return (stem.strip(". ")[:LONGEST] or "file") + ending


def _harmless(one: str) -> str:
    """Categories C and Z: control characters, marks that turn the direction of a text, unusual blanks."""
    return " " if one in UNSAFE or unicodedata.category(one)[0] in "CZ" else one


def _without_ending(stem: str) -> str:
    head, _dot, tail = stem.rpartition(".")
    return head if head and tail.isascii() and tail.isalnum() and len(tail) <= LONGEST_ENDING else stem
