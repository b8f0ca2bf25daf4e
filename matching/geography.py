"""Where goods go, drawn on a small map of the world: points of places, and arcs between them. Pure.

The map (config/static/world.svg) is a grid of 3 degrees from 84 degrees north to 54 degrees south, with a dot wherever
the list of places of the United Nations (UN/LOCODE) knows one; a country's point is the median of its places.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Point = tuple[float, float]  # latitude, longitude
NORTH = 84
BEND = 0.18
THIN, THICK = 0.8, 3.2
_POINTS = (
    "AE25/55 AF34/67 AG17/-62 AI18/-63 AL41/20 AM40/45 AO-9/13 AQ-68/-13 AR-34/-61 AS-14/-171 "
    "AT48/15 AU-34/146 AW13/-70 AZ41/49 BA44/18 BB13/-60 BD24/90 BE51/4 BF12/-2 BG43/25 BH26/51 "
    "BI-3/30 BJ7/2 BM32/-65 BN5/115 BO-17/-67 BQ12/-68 BR-18/-46 BS25/-77 BT27/90 BW-22/26 BY54/28 "
    "BZ18/-88 CA47/-79 CC-12/97 CD-3/24 CF5/18 CG-2/13 CH47/8 CI7/-5 CK-20/-158 CL-35/-71 CM5/11 "
    "CN30/114 CO6/-75 CR10/-84 CU22/-79 CV15/-25 CX-10/106 CY35/33 CZ50/15 DE51/10 DJ12/43 DK56/10 "
    "DM16/-61 DO19/-70 DZ36/3 EC-1/-80 EE59/25 EG30/31 EH25/-15 ER15/39 ES41/-3 ET9/39 FI62/25 "
    "FJ-18/178 FK-52/-58 FM7/145 FO62/-7 FR47/3 GA-1/11 GB53/-2 GD12/-62 GE42/44 GF5/-52 GG49/-3 "
    "GH6/-1 GI36/-5 GL68/-51 GM13/-17 GN10/-13 GP16/-62 GQ3/9 GR38/23 GS-54/-36 GT15/-91 GU13/145 "
    "GW12/-15 GY6/-58 HK22/114 HM-53/73 HN15/-88 HR45/16 HT19/-72 HU47/19 ID-6/110 IE53/-8 IL32/35 "
    "IM54/-5 IN22/77 IQ33/44 IR34/52 IS65/-20 IT45/11 JE49/-2 JM18/-77 JO32/36 JP35/138 KE-1/37 "
    "KG43/75 KH12/105 KI-1/173 KM-12/44 KN17/-63 KP39/128 KR36/127 KW29/48 KY19/-81 KZ48/69 LA18/103 "
    "LB34/36 LC14/-61 LK7/80 LR6/-9 LS-29/28 LT55/24 LU50/6 LV57/24 LY32/15 MA33/-7 MC44/7 MD47/29 "
    "ME42/19 MG-18/47 MH8/169 MK42/22 ML13/-7 MM19/96 MN48/103 MO22/114 MP15/146 MQ15/-61 MR17/-12 "
    "MS17/-62 MT36/14 MU-20/58 MV4/73 MW-14/35 MX20/-100 MY4/102 MZ-16/37 NA-21/17 NC-21/166 NE14/6 "
    "NF-29/168 NG7/6 NI12/-86 NL52/6 NO63/7 NP28/84 NR-1/167 NU-19/-170 NZ-41/175 OM24/58 PA8/-80 "
    "PE-12/-76 PF-17/-145 PG-7/147 PH14/121 PK30/70 PL52/19 PM47/-56 PR18/-66 PS32/35 PT40/-9 "
    "PW7/135 PY-25/-57 QA25/51 RE-21/56 RO46/25 RS44/20 RU56/42 RW-2/30 SA25/43 SB-9/159 SC-5/55 "
    "SD14/32 SE59/15 SG1/104 SH-15/-6 SI46/15 SJ78/16 SK49/19 SL8/-12 SN15/-16 SO7/46 SR6/-55 SS7/30 "
    "ST1/7 SV14/-89 SY35/36 SZ-26/31 TC22/-72 TD11/18 TF-49/70 TG8/1 TH14/101 TJ39/69 TK-9/-172 "
    "TL-9/126 TM39/60 TN36/10 TO-19/-175 TR40/30 TT11/-61 TV-9/179 TW24/121 TZ-5/36 UA49/31 UG1/32 "
    "US40/-87 UY-34/-56 UZ41/67 VC13/-61 VE10/-67 VG18/-65 VI18/-65 VN13/107 VU-16/168 WF-14/-177 "
    "WS-14/-172 YE15/46 YT-13/45 ZA-30/28 ZM-13/29 ZW-18/31 "
)
COUNTRIES: Mapping[str, Point] = {
    word[:2]: (float(word[2:].split("/")[0]), float(word[2:].split("/")[1])) for word in _POINTS.split()
}


@dataclass(frozen=True, slots=True)
class Carried:
    """Units that one lane carries from a place (UN/LOCODE) to a market (country)."""

    origin: str
    market: str
    mode: str
    units: int


@dataclass(frozen=True, slots=True)
class Arc:
    """One flow on the map: a path in the map's units, its width, and where it ends."""

    carried: Carried
    path: str
    width: float
    x: float
    y: float


def on_map(point: Point) -> tuple[float, float]:
    """Map coordinates of a point: a unit is a degree, the origin is the north-west corner."""
    latitude, longitude = point
    return round(longitude + 180, 1), round(NORTH - latitude, 1)


def arcs(flows: Iterable[Carried], known: Mapping[str, Point]) -> list[Arc]:
    """Arcs of all flows whose ends are known; `known` places come before the points of countries."""
    rows = list(flows)
    most = max((row.units for row in rows), default=1) or 1
    drawn = []
    for row in rows:
        start = known.get(row.origin) or COUNTRIES.get(row.origin[:2])
        end = COUNTRIES.get(row.market)
        if start and end:
            width = round(THIN + (THICK - THIN) * row.units / most, 1)
            drawn.append(Arc(row, _bent(on_map(start), on_map(end)), width, *on_map(end)))
    return drawn


def _bent(start: tuple[float, float], end: tuple[float, float]) -> str:
    """A curve to the north of the straight line; the shorter way round the world may leave the map and come back."""
    (x1, y1), (x2, y2) = start, end
    if abs(x2 - x1) > 180:
        x2 += 360 if x1 > x2 else -360
        return f"{_curve(x1, y1, x2, y2)}{_curve(x1 - _turn(x1, x2), y1, x2 - _turn(x1, x2), y2)}"
    return _curve(x1, y1, x2, y2)


def _turn(x1: float, x2: float) -> int:
    return 360 if x2 > x1 else -360


def _curve(x1: float, y1: float, x2: float, y2: float) -> str:
    lift = BEND * (abs(x2 - x1) + abs(y2 - y1))
    return f"M{x1:.1f} {y1:.1f}Q{(x1 + x2) / 2:.1f} {max((y1 + y2) / 2 - lift, 1):.1f} {x2:.1f} {y2:.1f}"
