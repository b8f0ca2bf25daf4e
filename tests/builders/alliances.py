"""A small world with one standing proposal, and the steps that bring its alliance where a test needs it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from alliances import actions
from alliances.lifecycle import InvitationState, State, TaskState
from alliances.models import Alliance, Change, Invitation, Seat, Task
from config.rows import Actor
from firms.models import Line, Member, User
from matching.blueprint import Route, Slot, graph
from matching.models import Opening, Opportunity, Product, Proposal, ProposedSeat, RiskReport
from matching.plan.graph import to_json
from tests.builders.firms import NOW, FirmOf, Firms, maker, publish, small_world

UNITS = 100
PRICE_MINOR = 2_500
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_numbers = count(1)

FIGURES = {  # of a risk report, as far as partners are shown them
    "p_on_time": 0.71,
    "p_trend_alive": 0.55,
    "dispatchable": {"p50": 12.0, "p80": 15.0, "p95": 19.0},
    "margin": {"p_loss": 0.08},
}


@dataclass(frozen=True)
class SeatOf:
    """A seat of a proposal: who is asked, in this order, and on which terms."""

    slot: str
    firms: list[FirmOf]
    items: list[dict[str, Any]] = field(default_factory=list)
    capacity: list[dict[str, Any]] = field(default_factory=list)
    is_mandatory: bool = True


@dataclass(frozen=True)
class World:
    """The firms (a second maker stands in), what they have free, and a proposal whose risk the operator opened."""

    firms: Firms
    rival: FirmOf
    sewing: Line
    rival_sewing: Line
    space: Line
    proposal: Proposal

    @property
    def operator(self) -> Actor:
        return self.firms.operator.actor

    @property
    def operator_user(self) -> User:
        return self.firms.operator

    def approve(self, now: datetime = NOW) -> Alliance:
        actions.approve(self.operator, str(self.proposal.key), reason="it pays", now=now)
        return Alliance.objects.get(proposal=self.proposal)


def forming_world(now: datetime = NOW, firms: Firms | None = None) -> World:
    """Make the world: maker (or rival), carrier and seller are mandatory; a live-streamer is optional."""
    firms, number = firms or small_world(now), next(_numbers)
    rival = maker(firms.operator, now, name="Yiwu Trousers")
    sewing, rival_sewing = (
        publish(firm, f"Pilot lots {number}", UNITS, now) for firm in (firms.maker, rival)
    )
    space = publish(firms.carrier, f"Air space {number}", UNITS, now)
    seats = [
        SeatOf("maker", [firms.maker, rival], making(), needs(sewing, now=now)),
        SeatOf("forwarder", [firms.carrier], carrying(), needs(space, now=now)),
        SeatOf("seller", [firms.seller], [{"kind": "remainder", "label": "What is left"}]),
        SeatOf("live", [rival], [fixed(30_000)], is_mandatory=False),
    ]
    proposal = standing_proposal(firms, seats, now)
    _let_the_rival_use_its_own_line(proposal, needs(rival_sewing, now=now))
    return World(firms, rival, sewing, rival_sewing, space, proposal)


def per_unit(units: int, unit_minor: int, label: str = "Units made") -> dict[str, Any]:
    total = units * unit_minor
    return {
        "kind": "per_unit",
        "label": label,
        "units": units,
        "unit_minor": unit_minor,
        "total_minor": total,
    }


def fixed(amount_minor: int, label: str = "Fee") -> dict[str, Any]:
    return {"kind": "fixed", "label": label, "amount_minor": amount_minor}


def making(units: int = UNITS) -> list[dict[str, Any]]:
    return [per_unit(units, 600), fixed(5_000, "Engagement")]


def carrying(units: int = UNITS) -> list[dict[str, Any]]:
    return [per_unit(units, 150, "Units carried")]


def needs(line: Line, units: int = UNITS, now: datetime = NOW) -> list[dict[str, Any]]:
    until_on = now.date() + timedelta(days=3)
    return [
        {"line": line.pk, "from_on": now.date().isoformat(), "until_on": until_on.isoformat(), "units": units}
    ]


def standing_proposal(
    firms: Firms, seats: list[SeatOf], now: datetime = NOW, *, units: int = UNITS
) -> Proposal:
    """A proposal for Germany on route B whose current risk report the operator has opened."""
    opportunity = _opportunity(firms.operator, now)
    proposal = Proposal.objects.create(
        opportunity=opportunity,
        rank=1,
        route="B",
        currency="EUR",
        units=units,
        revenue_minor=units * PRICE_MINOR,
        cost_minor=units * 1_200,
        margin_minor=units * 1_300,
        bound_minor=units * 1_400,
        dispatchable_on=now.date() + timedelta(days=20),
        ends_on=now.date() + timedelta(days=90),
        plan={
            "by_market": {"DE": units},
            "start_on": now.date().isoformat(),
            "prices_minor": {"DE": PRICE_MINOR},
        },
        tasks=to_json(graph(Route.B, {Slot(seat.slot) for seat in seats}, market_country="DE")),
        inputs_hash="1" * 64,
        made_at=now,
    )
    for seat in seats:
        first, *rest = seat.firms
        ProposedSeat.objects.create(
            proposal=proposal,
            slot=seat.slot,
            is_mandatory=seat.is_mandatory,
            firm=first.firm,
            terms=_terms(seat, now),
            candidates=[{"firm": firm.id, "terms": _terms(seat, now)} for firm in rest],
        )
    open_risk(proposal, firms.operator, now)
    return proposal


def open_risk(proposal: Proposal, user: User, now: datetime = NOW) -> RiskReport:
    """The current risk report of the proposal, opened by this person."""
    report, _ = RiskReport.objects.get_or_create(
        proposal=proposal,
        inputs_hash=proposal.inputs_hash,
        seed=1,
        defaults={"figures": FIGURES, "made_at": now},
    )
    Opening.objects.create(report=report, user=user, opened_at=now)
    return report


def invitations(alliance: Alliance, **where: Any) -> list[Invitation]:
    """The invitations that wait for an answer."""
    waiting = Invitation.objects.filter(seat__alliance=alliance, state=InvitationState.PENDING, **where)
    return list(waiting.order_by("pk"))


def invitation(alliance: Alliance, slot: str) -> Invitation:
    """The latest invitation to a seat, whatever became of it."""
    return Invitation.objects.filter(seat__alliance=alliance, seat__slot=slot).latest("pk")


def actor_of(firm_id: int | None, role: str = "owner") -> Actor:
    return Member.objects.select_related("user").get(firm_id=firm_id, role=role).user.actor


def accept(found: Invitation, now: datetime = NOW) -> dict[str, Any]:
    owner = actor_of(found.firm_id)
    return actions.accept(owner, str(found.key), terms_hash=found.terms_hash, now=now)


def decline(found: Invitation, now: datetime = NOW) -> dict[str, Any]:
    return actions.decline(actor_of(found.firm_id), str(found.key), reason="full", now=now)


def accept_mandatory(alliance: Alliance, now: datetime = NOW) -> Alliance:
    for found in invitations(alliance, seat__is_mandatory=True):
        accept(found, now)
    return fresh(alliance)


def committed(world: World, now: datetime = NOW) -> Alliance:
    """An alliance whose partners are bound; the optional seat was left out."""
    return accept_mandatory(world.approve(now), now)


def operating(world: World, now: datetime = NOW) -> Alliance:
    """An alliance that works; the one that the module has brought there, when it has."""
    if there := _reached(world, State.OPERATING):
        return there
    alliance = committed(world, now)
    actions.act(now)
    return fresh(alliance)


def task(alliance: Alliance, code: str) -> Task:
    return Task.objects.get(alliance=alliance, code=code)


def worker(found: Task) -> Actor:
    assert found.seat is not None
    return actor_of(found.seat.firm_id, "worker")


def do(found: Task, now: datetime = NOW, **reported: Any) -> None:
    """Start and finish a task as a worker of the firm that answers for it; all units done and sold, unless told."""
    actor = worker(found)
    if found.state == TaskState.READY:
        actions.start(actor, found.pk, now=now)
    if found.needs_evidence and not found.evidence_count:
        actions.post_evidence(actor, found.pk, text="looked at and in order", now=now)
    units = found.target_units
    usual = {} if units is None else {"done_units": units, "revenue_minor": _revenue(found, units)}
    actions.finish(actor, found.pk, **{**usual, **reported}, now=now)


def work_off(
    alliance: Alliance, now: datetime = NOW, *, until: str = "", **reported: dict[str, Any]
) -> Alliance:
    """Do every task that is ready, again and again, but stop before the task `until`."""
    while ready := [row for row in alliance.tasks.filter(state=TaskState.READY) if row.code != until]:
        for found in ready:
            do(found, now, **reported.get(found.code, {}))
    return fresh(alliance)


def winding_down(world: World, now: datetime = NOW, **reported: dict[str, Any]) -> Alliance:
    return work_off(operating(world, now), now, **reported)


def settling(world: World, now: datetime = NOW, **reported: dict[str, Any]) -> Alliance:
    """An alliance whose settlement is shown since `now` + the cooling-off."""
    if not reported and (there := _reached(world, State.SETTLING)):
        return there
    alliance = winding_down(world, now, **reported)
    actions.act(now + DAY)
    return fresh(alliance)


def shown_shares(world: World, now: datetime = NOW) -> Alliance:
    """As `settling`, with the work written as done instead of worked off: for tests of what comes after it."""
    if there := _reached(world, State.SETTLING):
        return there
    alliance = operating(world, now)
    waiting = list(alliance.tasks.exclude(code="E3"))
    while waiting:
        found = next(row for row in waiting if not row.after.exclude(state=TaskState.FINISHED).exists())
        units = found.target_units or 0
        Task.objects.filter(pk=found.pk).update(
            state=TaskState.FINISHED,
            started_at=now,
            finished_at=now,
            done_units=units,
            revenue_minor=_revenue(found, units),
        )
        waiting.remove(found)
    alliance.tasks.filter(code="E3").update(state=TaskState.READY)
    do(task(alliance, "E3"), now)
    actions.act(now + DAY)
    return fresh(alliance)


def dissolved(world: World, now: datetime = NOW) -> Alliance:
    alliance = settling(world, now)
    confirm_all(alliance, now + DAY + HOUR)
    return fresh(alliance)


def confirm_all(alliance: Alliance, now: datetime) -> None:
    for firm_id in list(alliance.settlement.shares.values_list("firm_id", flat=True)):
        actions.confirm(actor_of(firm_id), str(alliance.key), now=now)


def seat(alliance: Alliance, slot: str) -> Seat:
    return Seat.objects.get(alliance=alliance, slot=slot)


def change_proposed(alliance: Alliance, now: datetime = NOW) -> Change:
    """A change that waits for an operator: less is wanted than was planned."""
    figures = {"planned_units": 100, "expected_units": 100, "wanted_units": 30}
    figures |= {"least_units": 20, "most_units": 50, "revised_units": 30}
    return Change.objects.create(
        alliance=alliance, kind=Change.Kind.DEMAND, figures=figures, made_at=now, due_at=now + 3 * DAY
    )


def fresh(alliance: Alliance) -> Alliance:
    return Alliance.objects.get(pk=alliance.pk)


def _terms(seat_of: SeatOf, now: datetime) -> dict[str, Any]:
    return {
        "slot": seat_of.slot,
        "currency": "EUR",
        "items": seat_of.items,
        "capacity": seat_of.capacity,
        "from_on": now.date().isoformat(),
        "until_on": (now.date() + timedelta(days=90)).isoformat(),
        "offers": [],
        "markets": ["DE"],
        "what": [],
    }


def _let_the_rival_use_its_own_line(proposal: Proposal, capacity: list[dict[str, Any]]) -> None:
    planned = proposal.seats.get(slot="maker")
    for candidate in planned.candidates:
        candidate["terms"]["capacity"] = capacity
    planned.save()


def _opportunity(raised_by: User, now: datetime) -> Opportunity:
    number = next(_numbers)
    product = Product.objects.create(key=f"trousers-{number}", title=f"Wide trousers {number}", hs6="620342")
    return Opportunity.objects.create(
        product=product,
        raised_by=raised_by,
        reason="seen at the fair",
        state=Opportunity.State.PROPOSED,
        currency="EUR",
        survival=[1.0],
        raised_at=now,
        propose_at=now,
        until_at=now + timedelta(days=60),
    )


def _reached(world: World, state: State) -> Alliance | None:
    return Alliance.objects.filter(proposal=world.proposal, state=state).first()


def _revenue(found: Task, units: int) -> int:
    return units * PRICE_MINOR if found.reports_revenue else 0
