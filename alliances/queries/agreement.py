"""The agreement of an alliance: who has to sign it, who has, who may read it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from alliances import terms
from alliances.lifecycle import InvitationState, SeatState, State
from alliances.models import Agreement, Alliance, Invitation, Seat, Signature
from alliances.queries.rows import Row, iso
from firms import queries as firms
from firms.signing import Kind

SIGNING = [State.NEGOTIATING.value, State.EVOLVING.value]
HELD = [SeatState.ACCEPTED.value, SeatState.SIGNED.value]


@dataclass(frozen=True)
class Partner:
    """A seat as the agreement says it."""

    seat: str
    slot: str
    firm: Row
    terms: Row
    total_minor: int
    signature: Signature | None


@dataclass(frozen=True)
class Signing:
    """What a firm has to sign; `own_key` is its public key, when it signs with one of its own."""

    firm: firms.FirmRef
    statement: str
    own_key: str


@dataclass(frozen=True)
class Paper:
    """The agreement for people: what it says, who signed it when and with which key, who has not."""

    alliance: Alliance
    agreement: Agreement
    content: Row
    partners: list[Partner]
    mandates: dict[int, datetime]  # when each firm accepted, by id
    waiting: list[str]  # names of the firms that have not signed
    versions: list[Agreement]

    @property
    def signatures(self) -> list[Signature]:
        found = {one.signature.pk: one.signature for one in self.partners if one.signature}
        return [found[pk] for pk in sorted(found)]


def current(alliance: Alliance) -> Agreement | None:
    """The latest document that names the partners, if one was composed."""
    return alliance.agreements.composed().select_related("supersedes").first()


def signed_by(agreement: Agreement) -> dict[str, Signature]:
    """The signatures of exactly this document, by the keys of the firms."""
    rows = agreement.signatures.filter(hash=agreement.hash).exclude(signature="").exclude(key=None)
    return {str(row.firm.key): row for row in rows.select_related("firm", "key", "by")}


def unsigned(alliance: Alliance) -> list[str]:
    """Keys of the firms that have to sign the current document and have not."""
    found = current(alliance)
    if found is None:
        return []
    former = found.supersedes.text if found.supersedes else ""
    signed = signed_by(found)
    return [key for key in terms.signers(found.text, former) if key not in signed]


def unsigned_seats(alliance: Alliance) -> QuerySet[Seat]:
    """Seats that were accepted by firms which have not signed the document that waits for them."""
    return alliance.seats.filter(state=SeatState.ACCEPTED, firm__key__in=unsigned(alliance))


def is_current(alliance: Alliance) -> bool:
    """Whether there is a document whose hash is that of its text, and whose partners hold the seats."""
    found = current(alliance)
    if found is None or terms.digest(found.text) != found.hash:
        return False
    seats = alliance.seats.filter(state__in=HELD).select_related("firm")
    return terms.holders(found.text) == {str(seat): str(seat.firm.key) for seat in seats if seat.firm}


def is_signed(alliance: Alliance) -> bool:
    """Whether all who have to have signed the document, which is that of the present partners."""
    return not unsigned(alliance) and is_current(alliance)


def offers_accepted(alliance: Alliance, firm_id: int) -> dict[str, str]:
    """The hashes of the offers that a firm has accepted, by seat: its mandate to sign."""
    rows = Invitation.objects.filter(
        seat__alliance=alliance,
        seat__state__in=HELD,
        firm_id=firm_id,
        state=InvitationState.ACCEPTED,
    )
    return {str(row.seat): row.terms_hash for row in rows.select_related("seat")}


def readable_by(user_id: int) -> QuerySet[Alliance]:
    """Alliances whose agreement a person may read: as a partner, or while it is being signed by a firm of theirs."""
    mine = {"seats__firm__members__user_id": user_id, "seats__firm__members__ended_at": None}
    signing = Q(state__in=SIGNING, seats__state=SeatState.ACCEPTED, **mine)
    partner = Q(pk__in=Alliance.objects.seen_by(user_id).values("pk"))
    return Alliance.objects.filter(partner | signing).distinct()


def readable(user_id: int, key: str, *, is_operator: bool) -> Alliance | None:
    rows = Alliance.objects.all() if is_operator else readable_by(user_id)
    return rows.filter(key=key).select_related("product").first()


def to_sign(user_id: int, alliance: Alliance) -> list[firms.FirmRef]:
    """Firms of this person that have to sign now, and for which the person may."""
    waiting = set(unsigned(alliance)) if alliance.state in SIGNING else set()
    return [firm for firm in _signing_for(user_id) if firm.key in waiting]


def _signing_for(user_id: int) -> list[firms.FirmRef]:
    return [firm for firm in firms.firms_of(user_id) if firm.may_sign]


def signings(user_id: int, alliance: Alliance, now: datetime) -> list[Signing]:
    """What this person has to sign now, for each firm."""
    found = current(alliance)
    mine = to_sign(user_id, alliance) if found else []
    return [_signing(alliance, found, firm, now) for firm in mine if found]


def awaiting(user_id: int) -> list[Alliance]:
    """Alliances whose agreement waits for a signature of a firm of this person."""
    mine = {firm.key for firm in _signing_for(user_id)}
    if not mine:
        return []
    rows = readable_by(user_id).filter(
        state__in=SIGNING, agreements__number__gt=Agreement.COMMON, agreements__withdrawn_at=None
    )
    return [alliance for alliance in rows.distinct().order_by("due_at") if mine & set(unsigned(alliance))]


def paper(alliance: Alliance, user_id: int | None, number: int | None = None) -> Paper | None:
    """The latest document that a person may read, or the one of a number; without a person all are readable."""
    versions = _readable_versions(alliance, user_id)
    found = next((row for row in versions if number in {None, row.number}), None)
    if found is None:
        return None
    content: Row = json.loads(found.text)
    signed = signed_by(found)
    must = _must_sign(found) - set(signed)
    return Paper(
        alliance=alliance,
        agreement=found,
        content=content,
        partners=[_partner(row, signed) for row in content["seats"]],
        mandates=_mandates(alliance),
        waiting=sorted({row["firm"]["name"] for row in content["seats"] if row["firm"]["key"] in must}),
        versions=versions,
    )


def agreement_row(agreement: Agreement, *, whole: bool = False) -> Row:
    """An agreement as the record has it; with its text and signatures where it is first shown to its partners."""
    row: Row = {"number": agreement.number, "hash": agreement.hash, "made_at": iso(agreement.made_at)}
    if whole:
        former = agreement.supersedes
        row |= {"text": agreement.text, "supersedes": former.hash if former else ""}
        row["signatures"] = [signature_row(one) for _key, one in sorted(signed_by(agreement).items())]
    return row


def signature_row(signature: Signature) -> Row:
    return {
        "firm": str(signature.firm.key),
        "hash": signature.hash,
        "public_key": signature.key.public_key if signature.key else "",
        "key_kind": signature.key.kind if signature.key else "",
        "signature": signature.signature,
        "at": iso(signature.at),
    }


def total_of(items: Iterable[Any]) -> int:
    """What the items of a seat come to, without shares and what is left over."""
    return sum(item.get("total_minor", item.get("amount_minor", 0)) for item in items)


def _readable_versions(alliance: Alliance, user_id: int | None) -> list[Agreement]:
    versions = list(alliance.agreements.composed().select_related("supersedes"))
    if user_id is None:
        return versions
    mine = {firm.key for firm in firms.firms_of(user_id)}
    return [row for row in versions if _concerns(row, mine)]


def _must_sign(agreement: Agreement) -> set[str]:
    former = agreement.supersedes
    return set(terms.signers(agreement.text, former.text if former else ""))


def _concerns(agreement: Agreement, mine: set[str]) -> bool:
    """A document is read by whom it names; one that waits for signatures in mid-life, by who has to sign it."""
    named = set(terms.holders(agreement.text).values())
    if agreement.supersedes is None:
        return bool(named & mine)
    must = _must_sign(agreement)
    is_bound = must <= set(signed_by(agreement))
    return bool((named if is_bound else must) & mine)


def _signing(alliance: Alliance, agreement: Agreement, firm: firms.FirmRef, now: datetime) -> Signing:
    key = firms.signer_of(firm.id, now)
    signer = key.signer if key else None
    statement = terms.statement(str(alliance.key), firm.key, agreement.hash).decode()
    return Signing(firm, statement, signer.public_key if signer and signer.kind != Kind.KEPT else "")


def _partner(row: Row, signed: dict[str, Signature]) -> Partner:
    offered = row["terms"]
    return Partner(
        seat=row["seat"],
        slot=row["seat"].rpartition("-")[0],
        firm=row["firm"],
        terms=offered | {"items_list": offered.get("items", [])},
        total_minor=total_of(offered.get("items", [])),
        signature=signed.get(row["firm"]["key"]),
    )


def _mandates(alliance: Alliance) -> dict[int, datetime]:
    rows = Invitation.objects.filter(seat__alliance=alliance, state=InvitationState.ACCEPTED)
    return {
        firm: at for firm, at in rows.order_by("-answered_at").values_list("firm_id", "answered_at") if at
    }
