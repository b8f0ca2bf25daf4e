"""The slots of an alliance, and the rules of who may hold them (source: domain.md, "Slots")."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = frozenset(_EU.split())


class Route(StrEnum):
    """How the goods reach the market."""

    A = "A"  # finished stock, by air
    B = "B"  # a pilot lot of 100-200 made, by air, into an overseas warehouse
    C = "C"  # bulk made, by sea


class Module(StrEnum):
    """Which part of the alliance a slot belongs to."""

    MANUFACTURING = "manufacturing"  # makes and packs the goods
    LOGISTICS = "logistics"  # moves, clears, stores and delivers them
    MARKETING = "marketing"  # shows and sells them
    QUALITY = "quality"  # inspects them, independently
    CUSTOMS = "customs"  # declares them
    RECORD = "record"  # answers for them before the law


class Slot(StrEnum):
    """A role that the plan needs; a seat is a slot with the firm that holds it."""

    MAKER = "maker"  # makes the lot or gives it from stock
    PART_MAKER = "part_maker"  # packaging, labels, parts
    QUALITY = "quality"  # approves the sample, inspects the lot
    FORWARDER = "forwarder"  # books and runs the line-haul
    EXPORT_BROKER = "export_broker"  # declares the export
    IMPORT_BROKER = "import_broker"  # clears the import
    WAREHOUSE = "warehouse"  # keeps the stock in the market
    LAST_MILE = "last_mile"  # brings a unit to the buyer
    LISTING = "listing"  # localises and publishes the listing, one for each language
    CREATIVE = "creative"  # makes photos and video
    CREATORS = "creators"  # finds creators and runs them
    LIVE = "live"  # runs the live-stream
    ADS = "ads"  # runs the campaigns
    SELLER = "seller"  # seller of record: sells in its own name, receives the pay-out
    IMPORTER = "importer"  # importer of record: owes duty and import VAT
    EU_RESPONSIBLE = "eu_responsible"  # person responsible for product safety in the EU
    COORDINATOR = "coordinator"  # decides to replenish or stop; the seller where nobody else is named


class SlotRule(StrEnum):
    """What a firm must satisfy to hold a slot."""

    ANY = "any"  # nothing beyond the competency
    INDEPENDENT = "independent"  # its legal person is not a maker's
    IN_EU = "in_eu"  # established in the European Union
    SPEAKS = "speaks"  # works in the language of the slot


RULE_TEXTS: Mapping[SlotRule, str] = {
    SlotRule.ANY: "",
    SlotRule.INDEPENDENT: "The quality firm must not be the same legal person as a maker.",
    SlotRule.IN_EU: "The responsible person must be established in the European Union.",
    SlotRule.SPEAKS: "The listing firm must work in the language of the listing.",
}


@dataclass(frozen=True)
class SlotSpec:
    """One slot of a plan."""

    slot: Slot  # the role
    key: str  # unique in the plan: the slot, or "listing:de" where there is one for each language
    module: Module  # part of the alliance
    low: int  # fewest seats
    high: int  # most seats
    rule: SlotRule = SlotRule.ANY  # what its firm must satisfy
    language: str = ""  # BCP 47 language of a listing, else empty

    @property
    def is_mandatory(self) -> bool:
        return self.low > 0


@dataclass(frozen=True)
class Holder:
    """A firm in a seat, as far as the slot rules look at it."""

    key: str  # slot key that it holds
    legal_person: str  # legal entity behind the firm
    country: str  # ISO 3166-1 alpha-2 country of establishment


@dataclass(frozen=True)
class Mode:
    """A Chinese customs supervision mode."""

    code: str  # customs code
    title: str  # what it is for
    sends_ahead: bool  # may stock be sent before consumers have ordered?
    needs_warehouse: bool  # does it require a warehouse in the market?


MODES: Mapping[str, Mode] = {
    mode.code: mode
    for mode in (
        Mode("9610", "B2C parcel, direct mail", sends_ahead=False, needs_warehouse=False),
        Mode("9710", "B2B direct export", sends_ahead=True, needs_warehouse=False),
        Mode("9810", "export to an overseas warehouse", sends_ahead=True, needs_warehouse=True),
        Mode("1210", "bonded e-commerce", sends_ahead=True, needs_warehouse=False),
        Mode("0110", "general trade", sends_ahead=True, needs_warehouse=False),
        Mode("1039", "market procurement", sends_ahead=True, needs_warehouse=False),
    )
}

_FIXED: tuple[tuple[Slot, Module, int, int, SlotRule], ...] = (
    (Slot.MAKER, Module.MANUFACTURING, 1, 1, SlotRule.ANY),
    (Slot.PART_MAKER, Module.MANUFACTURING, 0, 3, SlotRule.ANY),
    (Slot.QUALITY, Module.QUALITY, 1, 1, SlotRule.INDEPENDENT),
    (Slot.FORWARDER, Module.LOGISTICS, 1, 1, SlotRule.ANY),
    (Slot.EXPORT_BROKER, Module.CUSTOMS, 1, 1, SlotRule.ANY),
    (Slot.IMPORT_BROKER, Module.CUSTOMS, 1, 1, SlotRule.ANY),
    (Slot.LAST_MILE, Module.LOGISTICS, 1, 1, SlotRule.ANY),
    (Slot.CREATIVE, Module.MARKETING, 1, 1, SlotRule.ANY),
    (Slot.CREATORS, Module.MARKETING, 1, 2, SlotRule.ANY),
    (Slot.LIVE, Module.MARKETING, 0, 1, SlotRule.ANY),
    (Slot.ADS, Module.MARKETING, 1, 1, SlotRule.ANY),
    (Slot.SELLER, Module.RECORD, 1, 1, SlotRule.ANY),
    (Slot.IMPORTER, Module.RECORD, 1, 1, SlotRule.ANY),
    (Slot.COORDINATOR, Module.RECORD, 0, 1, SlotRule.ANY),
)


def slots_for(
    route: Route, market_country: str, supervision_mode: str, languages: Iterable[str]
) -> tuple[SlotSpec, ...]:
    """The slots of a plan on `route` into one market (ISO 3166-1 alpha-2).

    Raises KeyError for an unknown supervision mode.
    """
    specs = [SlotSpec(slot, slot.value, module, low, high, rule) for slot, module, low, high, rule in _FIXED]
    specs.append(_warehouse(route, MODES[supervision_mode]))
    specs += [_listing(language) for language in sorted(set(languages))]
    if market_country in EU:
        specs.append(
            SlotSpec(Slot.EU_RESPONSIBLE, Slot.EU_RESPONSIBLE.value, Module.RECORD, 1, 1, SlotRule.IN_EU)
        )
    order = list(Slot)
    return tuple(sorted(specs, key=lambda spec: (order.index(spec.slot), spec.key)))


def _warehouse(route: Route, mode: Mode) -> SlotSpec:
    """Direct mail keeps no stock in the market, so there the slot closes entirely."""
    low = 1 if mode.needs_warehouse else 0
    high = 1 if mode.sends_ahead and (mode.needs_warehouse or route is not Route.A) else low
    return SlotSpec(Slot.WAREHOUSE, Slot.WAREHOUSE.value, Module.LOGISTICS, low, high)


def _listing(language: str) -> SlotSpec:
    return SlotSpec(
        Slot.LISTING, f"{Slot.LISTING.value}:{language}", Module.MARKETING, 1, 1, SlotRule.SPEAKS, language
    )


def slot_of(key: str) -> Slot:
    """The slot behind a seat's key: "listing:de" and "maker:2" are a listing and a maker."""
    return Slot(key.partition(":")[0])


def mode_refusal(supervision_mode: str, *, sends_ahead: bool) -> str | None:
    """Why the mode forbids the plan, or None. `sends_ahead`: stock leaves before consumers have ordered."""
    mode = MODES.get(supervision_mode)
    if mode is None:
        return f"Unknown supervision mode {supervision_mode}."
    if sends_ahead and not mode.sends_ahead:
        return "9610 needs consumer orders first; stock sent ahead goes 9710, 9810 or 0110."
    return None


def rule_breaches(specs: Sequence[SlotSpec], holders: Sequence[Holder]) -> tuple[tuple[str, SlotRule], ...]:
    """The (slot key, rule) pairs that the holders break; empty when the team is allowed."""
    makers = {holder.legal_person for holder in holders if slot_of(holder.key) is Slot.MAKER}
    rules = {spec.slot: spec.rule for spec in specs}
    return tuple(
        (holder.key, rules[slot])
        for holder in holders
        if (slot := slot_of(holder.key)) in rules and _breaks(rules[slot], holder, makers)
    )


def _breaks(rule: SlotRule, holder: Holder, makers: set[str]) -> bool:
    if rule is SlotRule.INDEPENDENT:
        return holder.legal_person in makers
    return rule is SlotRule.IN_EU and holder.country not in EU
