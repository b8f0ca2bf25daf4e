"""Is this a code of a place? Two letters of the country, three of the place (UN/ECE Recommendation 16).

Only shape and country are checked: the list of 116,000 places is not kept here.
"""

import re
import unicodedata

SHAPE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
# ISO 3166-1 alpha-2, as of 2024
_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT "
    "BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH "
    "ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT "
    "HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS "
    "LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI "
    "NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG "
    "SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG "
    "UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_CODES.split())


class WrongPlace(ValueError):
    """Not a code of a place; `fault` is `shape` or `country`."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def normalise(code: str) -> str:
    """Write a code without spaces, in capitals: `cn ngb` is `CNNGB`."""
    return "".join(unicodedata.normalize("NFKC", code).split()).upper()


def validate(code: str) -> str:
    """Return the normalised code. Raises WrongPlace."""
    place = normalise(code)
    if not SHAPE.fullmatch(place):
        raise WrongPlace("shape")
    if country_of(place) not in COUNTRIES:
        raise WrongPlace("country")
    return place


def validate_market(code: str) -> str:
    """Return a place's or a country's code, normalised. Raises WrongPlace."""
    place = normalise(code)
    if len(place) != 2:
        return validate(place)
    if place not in COUNTRIES:
        raise WrongPlace("country")
    return place


def country_of(place: str) -> str:
    """Return the country (ISO 3166-1 alpha-2) that a place's code begins with."""
    return place[:2]
