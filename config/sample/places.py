"""Invented firms in real places, and what they offer. Amounts in US cents; every figure is assumed."""

from dataclasses import dataclass

MARK = "(sample)"

# HS subheadings by trade, with a typical retail price
TRADES: dict[str, dict[str, int]] = {
    "paper": {
        "490900": 899, "481190": 1299, "481950": 1099, "482020": 1499, "482030": 1699,
        "482110": 999, "482369": 1699, "490300": 1499,
    },
    "plastics": {
        "391910": 1099, "392321": 1499, "392410": 1799, "392490": 2399, "392610": 1299,
        "392690": 1699,
    },
    "toys": {"950300": 2699, "950510": 3099, "950590": 2199, "950662": 1999},
    "lights": {"940531": 3499, "853922": 1999},
    "candles": {"340600": 2399},
    "metalware": {
        "732393": 3299, "761510": 4499, "821599": 2399, "821420": 1799, "830590": 1099,
        "731990": 1299,
    },
    "glass": {"701349": 3599},
    "textiles": {"580632": 1299, "630710": 1499, "630790": 1499, "420100": 2399, "611030": 4499},
    "brushes": {"960390": 1799, "960321": 1299, "961620": 1699, "960810": 1499},
    "gloves": {"401519": 1699},
}  # fmt: skip


@dataclass(frozen=True)
class Factory:
    """An invented maker: what it makes, how dear and how fast it is."""

    name: str
    country: str
    site: str  # UN/LOCODE
    trades: tuple[str, ...]
    cost: float  # share of the retail price that a unit costs
    lead_days: int
    moq: int
    weekly_units: int
    stock_days: int  # finished stock, in days of the line's output


FACTORIES = (
    Factory("Yiwu Lantern Paper", "CN", "CNYIU", ("paper", "toys"), 0.13, 6, 800, 14_000, 3),
    Factory("Yiwu Red Kite Gifts", "CN", "CNYIU", ("paper", "toys", "textiles"), 0.16, 5, 500, 9_000, 4),
    Factory("Yiwu Harvest Plastics", "CN", "CNYIU", ("plastics", "brushes"), 0.12, 8, 1_500, 22_000, 2),
    Factory(
        "Yiwu Morning Market", "CN", "CNYIU", ("plastics", "metalware", "lights"), 0.18, 4, 300, 6_000, 7
    ),
    Factory("Yiwu Twelve Bridges", "CN", "CNYIU", ("brushes", "gloves", "toys"), 0.15, 7, 1_000, 12_000, 2),
    Factory(
        "Ningbo Tidewater Housewares",
        "CN",
        "CNNBO",
        ("plastics", "metalware", "glass"),
        0.21,
        9,
        2_000,
        26_000,
        2,
    ),
    Factory("Ningbo Beacon Lighting", "CN", "CNNBO", ("lights", "candles"), 0.17, 10, 1_000, 12_000, 3),
    Factory("Ningbo Stone Harbour Toys", "CN", "CNNBO", ("toys", "candles"), 0.15, 9, 1_200, 16_000, 2),
    Factory("Ningbo Long Quay Stationery", "CN", "CNNBO", ("paper", "brushes"), 0.14, 7, 1_000, 18_000, 3),
    Factory(
        "Ningbo East Ferry Kitchen", "CN", "CNNBO", ("metalware", "plastics"), 0.13, 12, 3_000, 30_000, 1
    ),
    Factory("Wenzhou Fine Print", "CN", "CNWNZ", ("paper",), 0.11, 6, 2_000, 30_000, 2),
    Factory("Wenzhou River Cards", "CN", "CNWNZ", ("paper",), 0.15, 4, 500, 11_000, 5),
    Factory("Wenzhou Oyster Bay Pens", "CN", "CNWNZ", ("brushes", "paper"), 0.13, 8, 2_000, 20_000, 2),
    Factory("Shaoxing Cloud Textiles", "CN", "CNSXG", ("textiles",), 0.12, 8, 1_000, 15_000, 2),
    Factory("Shaoxing Mirror Lake Knit", "CN", "CNSXG", ("textiles", "gloves"), 0.15, 6, 600, 10_000, 4),
    Factory("Shaoxing Old Canal Weaving", "CN", "CNSXG", ("textiles",), 0.10, 13, 3_000, 28_000, 1),
    Factory("Hangzhou West Shore Apparel", "CN", "CNHAZ", ("textiles", "gloves"), 0.18, 5, 300, 7_000, 6),
    Factory(
        "Hangzhou Clear Spring Brushes", "CN", "CNHAZ", ("brushes", "plastics"), 0.15, 7, 1_000, 13_000, 3
    ),
    Factory("Hangzhou Longjing Glass", "CN", "CNHAZ", ("glass", "candles"), 0.17, 11, 800, 8_000, 3),
    Factory("Jinhua Anvil Metalware", "CN", "CNJHA", ("metalware",), 0.12, 10, 2_000, 20_000, 2),
    Factory("Jinhua Twin Peaks Tools", "CN", "CNJHA", ("metalware", "plastics"), 0.16, 6, 700, 9_000, 4),
    Factory("Shantou South Wind Toys", "CN", "CNSTG", ("toys",), 0.11, 9, 2_000, 26_000, 2),
    Factory(
        "Shantou Coral Novelties", "CN", "CNSTG", ("toys", "plastics", "lights"), 0.14, 6, 800, 12_000, 4
    ),
    Factory("Qingdao Sea Mist Candles", "CN", "CNQIN", ("candles", "glass"), 0.13, 8, 1_200, 16_000, 3),
    Factory("Saigon Lotus Knitwear", "VN", "VNSGN", ("textiles",), 0.11, 9, 1_500, 18_000, 2),
    Factory("Saigon Delta Garments", "VN", "VNSGN", ("textiles", "gloves"), 0.13, 7, 900, 12_000, 3),
)


@dataclass(frozen=True)
class Freight:
    """An invented carrier: where it goes, by which modes, and how dear it is."""

    name: str
    country: str
    markets: tuple[str, ...]
    modes: tuple[str, ...]
    price: float  # against the usual
    weekly_units: int


FREIGHTS = (
    Freight("Pacific Swift Air Cargo", "CN", ("US",), ("air", "express"), 1.00, 60_000),
    Freight("Blue Albatross Express", "CN", ("US",), ("express", "air"), 1.10, 40_000),
    Freight("Golden Gate Ocean Lines", "US", ("US",), ("sea",), 1.00, 120_000),
    Freight("Crane Wing Logistics", "CN", ("US",), ("air", "sea"), 0.95, 50_000),
    Freight("Strait Star Forwarding", "SG", ("SG", "MY", "TH"), ("air", "sea"), 1.00, 40_000),
    Freight("Monsoon Parcel", "TH", ("TH", "MY", "SG"), ("express", "air"), 1.08, 30_000),
    Freight("Hanse Cargo", "DE", ("DE", "FR"), ("air", "sea"), 1.00, 40_000),
    Freight("Silk Rail Europe", "DE", ("DE", "FR"), ("rail", "air"), 0.92, 50_000),
)
MODES: dict[str, tuple[int, int, int, int, int]] = {
    # cents for a unit, cents for a shipment, transit half / nine in ten (days), least units
    "air": (70, 45_000, 4, 7, 100),
    "express": (110, 12_000, 3, 4, 20),
    "sea": (18, 90_000, 20, 27, 500),
    "rail": (32, 70_000, 18, 23, 300),
}
SEA_DAYS_TO_EUROPE = (35, 45)


@dataclass(frozen=True)
class Office:
    """An invented helper firm: an agency, a broker, an inspector, a seller."""

    name: str
    country: str
    places: tuple[str, ...]  # markets or origins
    roles: tuple[str, ...]  # roles, or "reach"
    fee: int  # cents
    per_unit: int = 0  # cents
    people: int = 0  # reach of each channel


OFFICES = (
    Office("Bright Banner Media", "US", ("US",), ("reach",), 120_000, people=900_000),
    Office("Humming Street Creators", "US", ("US",), ("reach",), 90_000, people=600_000),
    Office("Loud Robin Live", "US", ("US",), ("reach",), 150_000, people=1_300_000),
    Office("First Page Listings", "US", ("US",), ("reach",), 60_000, people=400_000),
    Office("Orchid Social", "SG", ("SG", "MY", "TH"), ("reach",), 45_000, people=350_000),
    Office("Banyan Live Studio", "TH", ("TH", "MY", "SG"), ("reach",), 55_000, people=450_000),
    Office("Nordlicht Kreativ", "DE", ("DE", "FR"), ("reach",), 80_000, people=600_000),
    Office("Rive Gauche Digital", "FR", ("FR", "DE"), ("reach",), 85_000, people=650_000),
    Office("Clear Glass Inspection", "CN", ("CN",), ("quality",), 28_000),
    Office("Plumb Line Quality", "CN", ("CN",), ("quality",), 32_000),
    Office("Mekong Standards", "VN", ("VN",), ("quality", "export_broker"), 26_000),
    Office("Jade Seal Customs", "CN", ("CN",), ("export_broker",), 18_000),
    Office("Swift Stamp Brokers", "CN", ("CN",), ("export_broker",), 21_000),
    Office("Harbor Bridge Customs", "US", ("US",), ("import_broker", "importer"), 30_000, 4),
    Office("Liberty Clearance", "US", ("US",), ("import_broker", "importer"), 34_000, 3),
    Office("Inland Empire Fulfilment", "US", ("US",), ("warehouse", "last_mile"), 50_000, 45),
    Office("Garden State Warehousing", "US", ("US",), ("warehouse", "last_mile"), 46_000, 49),
    Office("Open Road Retail", "US", ("US",), ("seller", "importer"), 40_000),
    Office("Main Street Marketplace", "US", ("US",), ("seller",), 45_000),
    Office("Lion Gate Trading", "SG", ("SG", "MY", "TH"), ("seller", "importer", "import_broker"), 25_000, 3),
    Office("Straits Storehouse", "SG", ("SG", "MY", "TH"), ("warehouse", "last_mile"), 28_000, 50),
    Office("Chao Phraya Commerce", "TH", ("TH", "MY", "SG"), ("seller", "importer", "import_broker"), 27_000, 3),
    Office("Elbe Handel", "DE", ("DE", "FR"), ("seller", "importer", "eu_responsible"), 38_000, 4),
    Office("Rhein Lagerhaus", "DE", ("DE", "FR"), ("warehouse", "last_mile"), 42_000, 70),
    Office("Zollhaus Hamburg", "DE", ("DE", "FR"), ("import_broker", "eu_responsible"), 33_000, 3),
    Office("Marchand Lumière", "FR", ("FR", "DE"), ("seller", "importer", "eu_responsible"), 39_000, 4),
)  # fmt: skip
CHANNELS = ("short_video", "live", "search", "creator")
LANGUAGES = {"US": "en", "SG": "en", "MY": "ms", "TH": "th", "DE": "de", "FR": "fr"}
CITY = {
    "CN": "CNNBO", "VN": "VNSGN", "US": "USLAX", "SG": "SGSIN", "TH": "THBKK", "DE": "DEHAM", "FR": "FRPAR",
}  # fmt: skip
TIME_ZONES = {
    "CN": "Asia/Shanghai", "VN": "Asia/Ho_Chi_Minh", "US": "America/Los_Angeles", "SG": "Asia/Singapore",
    "TH": "Asia/Bangkok", "DE": "Europe/Berlin", "FR": "Europe/Paris",
}  # fmt: skip
PRICES = {hs6: price for trade in TRADES.values() for hs6, price in trade.items()}

# firms whose log-ins a visitor is told: the first plan of the recorded orders takes them
HOSTS = {
    "maker": "Wenzhou Fine Print",
    "carrier": "Crane Wing Logistics",
    "marketer": "First Page Listings",
}
VIRAL = ("cooling-sun-hoodie", "Cooling sun hoodie", "防晒凉感卫衣", "611030")
VIRAL_MARKETS = ("SG", "MY", "TH", "DE", "FR")

# what the unit economics assume for every product: rates in 1/100 % of the price, duty of the customs value
RATES = {"commission": 1_500, "ads": 900, "returns": 600, "payment_fee": 290}
DUTY_BP = {"US": 750, "SG": 0, "MY": 500, "TH": 1_000, "DE": 800, "FR": 800}
IMPORT_VAT_BP = {"US": 0, "SG": 900, "MY": 1_000, "TH": 700, "DE": 1_900, "FR": 2_000}
SOURCE = "sample assumption"


def factories(trade: str = "") -> list[Factory]:
    """The makers, or only those of one trade."""
    return [factory for factory in FACTORIES if not trade or trade in factory.trades]


def freights(market: str = "") -> list[Freight]:
    """The carriers, or only those that go to one market."""
    return [freight for freight in FREIGHTS if not market or market in freight.markets]


def offices(market: str = "") -> list[Office]:
    """The helpers, or only those of one market and of China, where goods come from."""
    return [office for office in OFFICES if not market or {market, "CN"} & set(office.places)]
