"""Names of firms and people: one line that everybody can see, and that carries no address to click on."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

# they are letters or marks by their category, and yet nothing is drawn
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
ADDRESSES = ("://", "www.")
# letters that are drawn like others: what stands below is what stands above, for the eye
ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХҺԚԜаеѕіјкорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγικνορυχı01i",
    "ABESLJKMHOPCTYXHQWaesljkopcyxhdqwABEZHLKMNOPTYXaylkvopuxloll",
)


class Fault(StrEnum):
    """What is wrong with a name."""

    UNSEEN = "unseen"
    ADDRESS = "address"
    EMPTY = "empty"


@dataclass
class WrongName(Exception):
    """A text that cannot be a name."""

    fault: Fault


def validate(given: str) -> str:
    """Return a name with its blanks as single spaces. Raises WrongName.

    It is composed (NFC), not made plain (NFKC): registers in China write full-width brackets.
    """
    name = unicodedata.normalize("NFC", " ".join(given.split()))
    if any(map(_is_unseen, name)):
        raise WrongName(Fault.UNSEEN)
    plain = unicodedata.normalize("NFKC", name).casefold()
    if any(address in plain for address in ADDRESSES):
        raise WrongName(Fault.ADDRESS)
    if not any(map(str.isalnum, name)):
        raise WrongName(Fault.EMPTY)
    return name


def outline(name: str) -> str:
    """What the eye keeps of a name: two names of one outline may be taken for each other."""
    plain = unicodedata.normalize("NFKD", name).translate(ALIKE).casefold().translate(ALIKE)
    return "".join(filter(str.isalnum, plain))


def _is_unseen(one: str) -> bool:
    """Control and format characters (such as turn the direction of a text), and what no font draws."""
    kind = unicodedata.category(one)
    is_rare_ideograph = "\U00020000" <= one < "\U00040000"  # newer than this Python's tables; names have them
    return one in BLANK or (kind[0] == "C" and not is_rare_ideograph)
