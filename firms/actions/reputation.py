"""What a firm did in an alliance is filed; it may appeal, an operator answers, and its standing follows."""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from config.rows import CLOCK, Actor, Missing, Refused, command, move
from config.wake import wake
from firms.actions.rights import demand_changer, demand_operator, demand_others, membership, person
from firms.models import Appeal, Firm, Observation
from firms.reputation import APPEAL_ANSWERED_IN, Conduct, Outcome, counted, standing, until

log = logging.getLogger(__name__)
NOBODY_ANSWERED = gettext_noop("Nobody answered the appeal in time.")


def file_observations(
    alliance_key: UUID, alliance_title: str, conduct: Iterable[Conduct], *, now: datetime
) -> int:
    """File what firms did in an alliance, inside the caller's transaction; returns how many lines are new.

    The same deed (firm, alliance, subject, dimension) is filed once, however often it is told. The firms are
    locked in the order of their ids, so the caller takes capacity only afterwards.
    """
    rows = sorted(conduct, key=lambda row: (row.firm_id, row.subject))
    ids = sorted({row.firm_id for row in rows})
    firms = list(Firm.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    before = Observation.objects.filter(alliance_key=alliance_key).count()
    Observation.objects.bulk_create(
        (_line(row, alliance_key, alliance_title, now) for row in rows), ignore_conflicts=True
    )
    for firm in firms:
        _stand(firm, now)
    return Observation.objects.filter(alliance_key=alliance_key).count() - before


@command
def appeal(
    actor: Actor,
    firm_key: UUID | str,
    observation_id: int,
    *,
    text: str,
    command_id: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Say why a line of one's own account is wrong; an operator has two weeks to answer. Once for each line."""
    member = membership(actor, firm_key)
    demand_changer(member)
    observation = Observation.objects.filter(firm_id=member.firm_id, pk=observation_id).first()
    if observation is None:
        raise Missing()
    if not text.strip():
        raise Refused("text_missing", _("Say what is wrong with it."))
    made, is_new = Appeal.objects.get_or_create(
        observation=observation,
        defaults={
            "text": text.strip()[:1000],
            "by_id": person(actor),
            "at": now,
            "due_at": now + APPEAL_ANSWERED_IN,
        },
    )
    if not is_new:
        raise Refused("appealed", _("Your firm has appealed against this already."), state=made.state)
    wake("console")
    return {"appeal": made.pk}


@command
def uphold(
    actor: Actor, appeal_id: int, *, answer: str = "", command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Agree with the firm: the line is struck, and stays visible as struck."""
    demand_operator(actor)
    return _answer(actor, appeal_id, Appeal.State.UPHELD, answer, now)


@command
def dismiss(
    actor: Actor, appeal_id: int, *, answer: str, command_id: str | None = None, now: datetime
) -> dict[str, Any]:
    """Let the line stand, with reasons."""
    demand_operator(actor)
    if not answer.strip():
        raise Refused("no_reason", _("Say why."))
    return _answer(actor, appeal_id, Appeal.State.DISMISSED, answer, now)


def act(now: datetime) -> int:
    """Uphold what nobody answered, and forget what is too old to count; returns how many firms it touched."""
    late = Appeal.objects.due(now).values_list("pk", flat=True)
    faded = Firm.objects.filter(trust_until_at__lte=now).order_by("pk").values_list("pk", flat=True)
    return sum(_uphold_late(pk, now) for pk in list(late)) + sum(_fade(pk, now) for pk in list(faded))


def _uphold_late(appeal_id: int, now: datetime) -> bool:
    """One failure must not keep the others waiting."""
    try:
        with transaction.atomic():
            _answer(CLOCK, appeal_id, Appeal.State.UPHELD, NOBODY_ANSWERED, now)
    except Refused as refused:
        log.info("appeal %s: %s", appeal_id, refused)
        return False
    return True


@transaction.atomic
def _fade(firm_id: int, now: datetime) -> bool:
    _stand(_locked(firm_id), now)
    return True


def _answer(actor: Actor, appeal_id: int, state: str, answer: str, now: datetime) -> dict[str, Any]:
    found = Appeal.objects.filter(pk=appeal_id).select_related("observation").first()
    if found is None:
        raise Missing()
    demand_others(actor, [found.observation.firm_id])
    firm = _locked(found.observation.firm_id)
    said = {"answer": answer.strip()[:1000], "answered_by_id": actor.user_id, "answered_at": now}
    if not move(found, Appeal.State.OPEN, state, **said):
        raise Refused("answered", _("This appeal was answered already."))
    _stand(firm, now)
    wake("console")
    return {"appeal": appeal_id, "state": state, "trust": firm.trust}


def _locked(firm_id: int) -> Firm:
    return Firm.objects.select_for_update(no_key=True).get(pk=firm_id)


def _line(row: Conduct, alliance_key: UUID, alliance_title: str, now: datetime) -> Observation:
    good, bad = row.evidence
    return Observation(
        firm_id=row.firm_id,
        slot=row.slot,
        scope=row.scope[:80],
        dimension=row.dimension.value,
        outcome=row.outcome.value,
        good=good,
        bad=bad,
        alliance_key=alliance_key,
        alliance_title=alliance_title,
        subject=row.subject,
        title=row.title[:200],
        at=row.at,
        filed_at=now,
    )


def _stand(firm: Firm, now: datetime) -> None:
    """Write the standing that follows from what counts now, and when that changes by itself."""
    deeds = counted((row.deed for row in firm.observations.standing(now)), now)
    kinds = Counter(deed.outcome for deed in deeds)
    firm.trust, firm.trust_until_at = standing(deeds), until(deeds)
    firm.promises_kept, firm.promises_late = kinds[Outcome.KEPT], kinds[Outcome.LATE]
    firm.promises_broken = kinds[Outcome.BROKEN]
    firm.save(update_fields=["trust", "trust_until_at", "promises_kept", "promises_late", "promises_broken"])
