"""What the rule modules find wrong, in words for people."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from firms import names
from firms.identifiers import Fault, Kind, WrongIdentifier
from firms.unlocode import WrongPlace


def about_identifier(kind: str, wrong: WrongIdentifier) -> str:
    """Say why a number cannot be the identifier of this kind, and what to do about it."""
    return {
        Fault.EMPTY: _empty,
        Fault.LENGTH: _length,
        Fault.CHARACTERS: _characters,
        Fault.CHECK_DIGIT: _check_digit,
        Fault.PREFIX: _prefix,
        Fault.COUNTRY: COUNTRY_WORDS[Kind(kind)],
        Fault.FORMAT: _format,
    }[wrong.fault](wrong)


def about_name(wrong: names.WrongName) -> str:
    """Say why a text is not the name of a firm or of a person."""
    return {
        names.Fault.UNSEEN: _(
            "This name has characters that nobody can see. Type it anew instead of pasting it."
        ),
        names.Fault.ADDRESS: _("A name has no web address in it."),
        names.Fault.EMPTY: _("A name has letters or digits in it."),
    }[wrong.fault]


def about_place(wrong: WrongPlace) -> str:
    """Say why a text is not the code of a place."""
    if wrong.fault == "country":
        return _("The first two letters must be a country, for example CN in CNNGB.")
    return _(
        "A UN/LOCODE has two letters for the country and three for the place, for example CNNGB for Ningbo."
    )


def _empty(wrong: WrongIdentifier) -> str:
    return _("Enter the number.")


def _length(wrong: WrongIdentifier) -> str:
    if not wrong.wanted:
        return _("The number has %(found)s characters, which is not the length that this country uses.") % {
            "found": wrong.detail
        }
    return _("The number has %(found)s characters; it must have %(wanted)s.") % {
        "found": wrong.detail,
        "wanted": wrong.wanted,
    }


def _characters(wrong: WrongIdentifier) -> str:
    return _("These characters cannot stand there: %(found)s. Look for letters typed instead of digits.") % {
        "found": " ".join(wrong.detail)
    }


def _check_digit(wrong: WrongIdentifier) -> str:
    return _(
        "The check digit does not fit the rest of the number: one character is wrong or two are swapped."
    )


def _prefix(wrong: WrongIdentifier) -> str:
    return _("A VAT number begins with the letters of its country; yours would begin with %(wanted)s.") % {
        "wanted": wrong.wanted
    }


def _format(wrong: WrongIdentifier) -> str:
    return _("The number does not have the form that this country uses.")


def _country_of_uscc(wrong: WrongIdentifier) -> str:
    return _("Only firms in China have a Unified Social Credit Code; choose another kind of identifier.")


def _country_of_vat(wrong: WrongIdentifier) -> str:
    if not wrong.wanted:
        return _("This country has no VAT number of the European Union; choose another kind of identifier.")
    return _("This number is of %(found)s, but the firm's country is %(wanted)s.") % {
        "found": wrong.detail,
        "wanted": wrong.wanted,
    }


COUNTRY_WORDS: dict[Kind, Callable[[WrongIdentifier], str]] = {
    Kind.USCC: _country_of_uscc,
    Kind.LEI: _format,
    Kind.VAT: _country_of_vat,
}
