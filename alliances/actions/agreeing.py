"""One agreement is composed when every mandatory seat is accepted, and signed with a key of each partner."""

import logging
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alliances import terms
from alliances.actions.committing import commit, drop_optional, join
from alliances.actions.steps import advance, announce_to_operators, lock_by, may, person, tell_firm
from alliances.lifecycle import InvitationState, SeatState, State
from alliances.models import Agreement, Alliance, Invitation, Signature
from alliances.queries import agreement as queries
from alliances.queries.rows import iso
from config.rows import CLOCK, Actor, Missing, Refused, command
from firms import actions as firms_actions
from firms import queries as firms
from firms.signing import CannotOpen, fits

log = logging.getLogger(__name__)


@command
def sign(
    actor: Actor,
    alliance_key: str,
    *,
    signature: str = "",
    firm_key: str = "",
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Post the signature that a firm made with its own key; without one, the key that the platform keeps signs.

    Raises Missing; Refused `nothing_to_sign`, `wrong_signature`, `own_key`, `which_firm`.
    """
    alliance, firm = _waiting(actor, alliance_key, firm_key)
    agreement = alliance.agreement
    found = _signer(firm.id, now)
    statement = terms.statement(str(alliance.key), firm.key, agreement.hash)
    made = signature.strip() or _kept_signature(alliance, agreement, firm, found, statement)
    if not fits(found.signer.public_key, made, statement):
        text = _(
            "This signature does not fit the agreement and your firm's key. Sign the text exactly as it is."
        )
        raise Refused("wrong_signature", text, statement=statement.decode())
    _keep(alliance, agreement, firm.id, "".join(made.split()), found.key_id, actor, now, command_id)
    bind_when_signed(alliance, now)
    return {"alliance": alliance_key, "hash": agreement.hash, "state": alliance.state}


def negotiate(alliance: Alliance, now: datetime) -> None:
    """Every mandatory seat is accepted: write the agreement and have it signed; when all have, commit."""
    advance(alliance, "negotiate", CLOCK, now)
    drop_optional(alliance, now)
    sign_kept(alliance, compose(alliance, now), now)
    bind_when_signed(alliance, now)


def compose(alliance: Alliance, now: datetime) -> Agreement:
    """Write the document that names the present partners with their terms; it supersedes the one in force.

    Operators see it at once; the partners' record has it when it binds them, with all its signatures.
    """
    if queries.unsigned(alliance):
        take_back(alliance, now)
    former = queries.current(alliance)
    number = former.number + 1 if former else Agreement.COMMON + 1
    text = terms.document(
        alliance.common.text,
        _seats(alliance),
        number=number,
        supersedes=former.hash if former else "",
        dated=iso(now) or "",
    )
    made = Agreement.objects.create(
        alliance=alliance, number=number, supersedes=former, text=text, hash=terms.digest(text), made_at=now
    )
    row = queries.agreement_row(made, whole=True)
    announce_to_operators(alliance, "agreement_composed", CLOCK, now, agreement=row)
    return made


def sign_kept(alliance: Alliance, agreement: Agreement, now: datetime) -> None:
    """Sign for every firm whose key the platform keeps and whose mandate covers the document; tell the others."""
    waiting = queries.unsigned(alliance)
    seats = alliance.seats.filter(state__in=queries.HELD, firm__key__in=waiting).order_by("firm_id")
    for firm_id, firm_key in dict.fromkeys(seats.values_list("firm_id", "firm__key")):
        found = _signer(firm_id, now)
        statement = terms.statement(str(alliance.key), str(firm_key), agreement.hash)
        covered = _is_covered(alliance, agreement, firm_id, str(firm_key))
        made = _made(found, statement) if covered else None
        if made:
            _keep(alliance, agreement, firm_id, made, found.key_id, CLOCK, now)
        else:
            _ask_to_sign(alliance, firm_id, now)


def take_over(alliance: Alliance, now: datetime) -> None:
    """A seat was accepted in mid-life: a new agreement supersedes the old one, and is signed by whom it concerns."""
    sign_kept(alliance, compose(alliance, now), now)
    bind_when_signed(alliance, now)


def bind_when_signed(alliance: Alliance, now: datetime) -> None:
    """Bind the partners, or who joins them, as soon as all who have to have signed the same document."""
    if alliance.state == State.NEGOTIATING and may(alliance, "commit", now):
        commit(alliance, now)
    elif alliance.state == State.EVOLVING and queries.is_signed(alliance):
        for seat in alliance.seats.filter(state=SeatState.ACCEPTED):
            join(alliance, seat, now)


def take_back(alliance: Alliance, now: datetime) -> None:
    """A document that not all have signed is no agreement: the next one takes its number."""
    found = queries.current(alliance)
    if found:
        alliance.agreements.filter(pk=found.pk).update(withdrawn_at=now)


def _seats(alliance: Alliance) -> list[dict[str, Any]]:
    held = list(alliance.seats.filter(state__in=queries.HELD))
    known = firms.identities(seat.firm_id for seat in held if seat.firm_id)
    return [
        {"seat": str(seat), "firm": _firm(known[seat.firm_id]), "terms": seat.terms}
        for seat in held
        if seat.firm_id
    ]


def _firm(found: firms.Identity) -> dict[str, Any]:
    numbers = [{"kind": kind, "value": value} for kind, value in found.identifiers]
    return {"key": found.key, "name": found.name, "country": found.country, "identifiers": numbers}


def _signer(firm_id: int, now: datetime) -> firms.FirmSigner:
    found = firms.signer_of(firm_id, now)
    if found is None:
        firms_actions.keep_key(firm_id, now=now)
        found = firms.signer_of(firm_id, now)
    if found is None:
        raise Refused("no_key", _("The firm has no key that is valid now."))
    return found


def _made(found: firms.FirmSigner, statement: bytes) -> str | None:
    """The signature, unless the key is the firm's own, or was encrypted under a setting that is lost."""
    try:
        return found.signer.sign(statement)
    except CannotOpen:
        log.exception("key %s cannot be opened", found.key_id)
        return None


def _is_covered(alliance: Alliance, agreement: Agreement, firm_id: int, firm_key: str) -> bool:
    """Whether the document contains exactly the terms that the firm has accepted."""
    return terms.offers_in(agreement.text, firm_key) == queries.offers_accepted(alliance, firm_id)


def _kept_signature(
    alliance: Alliance, agreement: Agreement, firm: firms.FirmRef, found: firms.FirmSigner, statement: bytes
) -> str:
    made = _made(found, statement)
    if made is None:
        raise Refused("own_key", _("Your firm signs with its own key: paste the signature."))
    if not _is_covered(alliance, agreement, firm.id, firm.key):
        raise Refused("no_mandate", _("The agreement is not exactly what your firm has accepted."))
    return made


def _keep(
    alliance: Alliance,
    agreement: Agreement,
    firm_id: int,
    signature: str,
    key_id: int,
    actor: Actor,
    now: datetime,
    command_id: str | None = None,
) -> None:
    made = Signature.objects.create(
        agreement=agreement,
        firm_id=firm_id,
        by_id=actor.user_id,
        key_id=key_id,
        hash=agreement.hash,
        signature=signature,
        at=now,
    )
    row = queries.agreement_row(agreement)
    shown = queries.signature_row(made)
    announce_to_operators(
        alliance, "signed", actor, now, command_id=command_id, agreement=row, signature=shown
    )


def _ask_to_sign(alliance: Alliance, firm_id: int, now: datetime) -> None:
    """The firm has to sign itself: its desk shows it."""
    accepted = Invitation.objects.filter(
        seat__alliance=alliance, firm_id=firm_id, state=InvitationState.ACCEPTED
    )
    latest = accepted.select_related("seat", "stream").order_by("-answered_at").first()
    if latest:
        tell_firm(latest, "to_sign", CLOCK, now)


def _waiting(actor: Actor, alliance_key: str, firm_key: str) -> tuple[Alliance, firms.FirmRef]:
    """The alliance, locked, and this person's firm that has to sign its agreement."""
    user_id = person(actor)
    seen = queries.readable_by(user_id).filter(key=alliance_key).values_list("pk", flat=True).first()
    alliance = lock_by(pk=seen)
    if not queries.readable_by(user_id).filter(pk=alliance.pk).exists():
        raise Missing
    mine = [firm for firm in queries.to_sign(user_id, alliance) if firm_key in {"", firm.key}]
    if not mine:
        raise Refused("nothing_to_sign", _("There is nothing for you to sign here now."))
    if len(mine) > 1:
        raise Refused("which_firm", _("Say for which of your firms you sign."))
    return alliance, mine[0]
