"""Is this number really the identifier it claims to be? Lengths, characters, check digits and country.

Sources: GB 32100-2015 (USCC), ISO 17442 (LEI, check digits of ISO 7064), the member states' VAT rules as in
python-stdnum. A valid number is well formed; whether it belongs to the firm is for a person to verify.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from stdnum import lei
from stdnum.cn import uscc
from stdnum.eu import vat
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidLength, ValidationError

USCC_LENGTH = 18
LEI_LENGTH = 20
USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SEPARATORS = str.maketrans("", "", " -./·\u2010\u2011\u2012\u2013\u2014\u2212")
# prefixes of VAT numbers that are not the country's ISO code
COUNTRY_OF_PREFIX = {"EL": "GR", "XI": "GB"}
PREFIX_OF_COUNTRY = {country: prefix for prefix, country in COUNTRY_OF_PREFIX.items()}


class Kind(StrEnum):
    USCC = "uscc"
    LEI = "lei"
    VAT = "vat"


class Fault(StrEnum):
    """What is wrong with a number."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTERS = "characters"
    CHECK_DIGIT = "check_digit"
    PREFIX = "prefix"
    COUNTRY = "country"
    FORMAT = "format"


@dataclass
class WrongIdentifier(Exception):
    """A number that cannot be this identifier. `detail` is what was found, `wanted` what would be right."""

    fault: Fault
    detail: str = ""
    wanted: str = ""


def normalise(value: str) -> str:
    """Write a number as registries do: no separators, capitals, ordinary instead of full-width characters."""
    return "".join(unicodedata.normalize("NFKC", value).translate(SEPARATORS).split()).upper()


def validate(kind: str, value: str, country: str) -> str:
    """Return the normalised number of a firm of this country (ISO 3166-1 alpha-2). Raises WrongIdentifier."""
    number = normalise(value)
    if not number:
        raise WrongIdentifier(Fault.EMPTY)
    return {Kind.USCC: _uscc, Kind.LEI: _lei, Kind.VAT: _vat}[Kind(kind)](number, country)


def _uscc(number: str, country: str) -> str:
    if country != "CN":
        raise WrongIdentifier(Fault.COUNTRY, country, "CN")
    _demand_length(number, USCC_LENGTH)
    _demand_letters(number[:8], "0123456789")
    _demand_letters(number[8:], USCC_LETTERS)
    if number[-1] != uscc.calc_check_digit(number[:-1]):
        raise WrongIdentifier(Fault.CHECK_DIGIT, number[-1])
    return number


def _lei(number: str, country: str) -> str:
    _demand_length(number, LEI_LENGTH)
    _demand_letters(number[:-2], "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    _demand_letters(number[-2:], "0123456789")
    if not lei.is_valid(number):
        raise WrongIdentifier(Fault.CHECK_DIGIT, number[-2:])
    return number


def _vat(number: str, country: str) -> str:
    prefix = PREFIX_OF_COUNTRY.get(country, country)
    if country.lower() not in vat.MEMBER_STATES:
        raise WrongIdentifier(Fault.COUNTRY, country)
    if number.startswith(country) and prefix != country:
        number = prefix + number[2:]
    found = number[:2]
    if not found.isalpha():
        raise WrongIdentifier(Fault.PREFIX, found, prefix)
    if found != prefix:
        raise WrongIdentifier(Fault.COUNTRY, COUNTRY_OF_PREFIX.get(found, found), country)
    return _checked_vat(number)


def _checked_vat(number: str) -> str:
    try:
        return str(vat.validate(number))
    except InvalidLength:
        raise WrongIdentifier(Fault.LENGTH, str(len(number))) from None
    except InvalidChecksum:
        raise WrongIdentifier(Fault.CHECK_DIGIT) from None
    except (InvalidComponent, ValidationError):
        raise WrongIdentifier(Fault.FORMAT) from None


def _demand_length(number: str, length: int) -> None:
    if len(number) != length:
        raise WrongIdentifier(Fault.LENGTH, str(len(number)), str(length))


def _demand_letters(part: str, allowed: str) -> None:
    strange = "".join(dict.fromkeys(c for c in part if c not in allowed))
    if strange:
        raise WrongIdentifier(Fault.CHARACTERS, strange)
