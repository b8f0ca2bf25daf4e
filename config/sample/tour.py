"""What a visitor is told: who may log in, and alliances to look at."""

from datetime import datetime
from typing import Any

from alliances import actions as alliances
from alliances.lifecycle import InvitationState, State
from alliances.models import Alliance, Invitation
from config.sample import actors, logins, places
from config.sample.world import OPERATOR
from firms.models import Firm, Member, User
from matching import actions as matching
from matching.models import Opportunity, Product, Proposal

LIVE = [State.OPERATING.value, State.WINDING_DOWN.value, State.SETTLING.value]
HERE, ELSEWHERE = "seasonal-cards", places.VIRAL[0]
ROLES = {"maker": "maker", "carrier": "forwarder", "marketer": "ads"}


def greeting() -> str:
    """The log-ins in words, for the terminal."""
    lines = [f"  password of all sample people: {logins.password()}"]
    lines += [f"  {role:9} {email}" for role, email in _people().items()]
    return "\n".join(lines)


def _people() -> dict[str, str]:
    people = {"operator": OPERATOR}
    for role, name in places.HOSTS.items():
        firm = Firm.objects.get(legal_name=f"{name} {places.MARK}")
        people[role] = _user(firm.pk, Member.Role.OWNER).email
        people[f"{role}'s"] = _user(firm.pk, Member.Role.WORKER).email
    return people


def guide(now: datetime) -> dict[str, Any]:
    """Users, passwords and tokens by role; an alliance in which they take part, and one in which they do not.

    Where there are no such alliances yet, they are founded through the same verbs, which takes some seconds.
    """
    with_them = _alliance(HERE, "US", now)
    without = _alliance(ELSEWHERE, "SG", now)
    strangers = set(without.seats.exclude(firm=None).values_list("firm_id", flat=True))
    users: dict[str, Any] = {"operator": _entry(User.objects.get(email=OPERATOR), None, now)}
    for role, slot in ROLES.items():
        firm = _holder(with_them, slot, strangers)
        users[role] = _entry(_user(firm.pk, Member.Role.OWNER), firm, now)
        users[f"{role}_worker"] = _entry(_user(firm.pk, Member.Role.WORKER), firm, now)
    partners = set(with_them.seats.exclude(firm=None).values_list("firm_id", flat=True))
    outsider = Firm.objects.filter(is_sample=True).exclude(pk__in=partners | strangers).earliest("pk")
    users["outsider"] = _entry(_user(outsider.pk, Member.Role.OWNER), outsider, now)
    return {
        "users": users,
        "alliance": str(with_them.key),
        "foreign_alliance": str(without.key),
    }


def _entry(user: User, firm: Firm | None, now: datetime) -> dict[str, Any]:
    return {
        "email": user.email,
        "password": logins.password(),
        "token": logins.token_of(user, now),
        "firm": str(firm.key) if firm else None,
        "firm_name": firm.legal_name if firm else None,
    }


def _user(firm_id: int, role: str) -> User:
    return (
        Member.objects.active().select_related("user").filter(firm_id=firm_id, role=role).earliest("pk").user
    )


def _holder(alliance: Alliance, slot: str, strangers: set[int]) -> Firm:
    """The firm in a seat of this kind that is not in the other alliance; else any partner that is not."""
    seats = (
        alliance.seats.exclude(firm=None).exclude(firm_id__in=strangers).select_related("firm").order_by("pk")
    )
    seat = seats.filter(slot__startswith=slot).first() or seats.earliest("pk")
    return Firm.objects.get(seats=seat)


def _alliance(product: str, market: str, now: datetime) -> Alliance:
    """A working alliance around a product; founded by hand when there is none."""
    found = Alliance.objects.filter(product__key=product, state__in=LIVE).order_by("-founded_at").first()
    return found or _form(product, market, now)


def _form(product: str, market: str, now: datetime) -> Alliance:
    opportunity = _opportunity(Product.objects.get(key=product), market, now)
    matching.propose(opportunity.pk, now=now)
    proposal = opportunity.proposals.filter(state=Proposal.State.STANDING).earliest("rank")
    operator = actors.operator()
    matching.open_report(operator, str(proposal.key), now=now)
    made = alliances.approve(operator, str(proposal.key), reason=actors.MARK, now=now)
    alliance = Alliance.objects.get(key=made["alliance"])
    for invitation in Invitation.objects.filter(seat__alliance=alliance, state=InvitationState.PENDING):
        alliance.refresh_from_db()
        if alliance.state == State.INVITING:
            alliances.accept(
                actors.owner_of(invitation.firm_id),
                str(invitation.key),
                terms_hash=invitation.terms_hash,
                now=now,
            )
    alliances.act(now)
    return Alliance.objects.get(pk=alliance.pk)


def _opportunity(product: Product, market: str, now: datetime) -> Opportunity:
    """The open opportunity of a product, or one raised by hand."""
    open_states = [Opportunity.State.OPEN, Opportunity.State.PROPOSED, Opportunity.State.BLOCKED]
    found = product.opportunities.filter(state__in=open_states).first()
    if found is None:
        key = matching.raise_opportunity(
            actors.operator(),
            product.key,
            markets=[{"market": market, "units_p10": 4_000, "units_p50": 12_000, "units_p90": 24_000}],
            half_life_days=21,
            reason="sample: an alliance to look at",
            now=now,
        )
        found = Opportunity.objects.get(key=key)
    return found
