"""An alliance in the middle of its work, for tests of boards: maker, carrier and seller with their tasks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.test import Client

from alliances.lifecycle import SeatState, State, TaskState
from alliances.live import record
from alliances.models import Alliance, Grant, Invitation, Seat, Stream, Task
from config.rows import CLOCK
from firms.models import User
from matching.models import Opportunity, Product, Proposal
from tests.builders.firms import NOW, FirmOf, Firms, small_world

ORIGIN = b"http://testserver"


@dataclass(frozen=True)
class World:
    """Firms, and the alliance of three of them."""

    firms: Firms
    alliance: Alliance

    @property
    def maker(self) -> User:
        return self.firms.maker.worker

    def task(self, code: str) -> Task:
        return self.alliance.tasks.get(code=code)


def working_world(now: datetime = NOW) -> World:
    """An operating alliance: M6 (1,000 units) and K2 can begin; L4 waits for M6, S1 for K2."""
    firms = small_world(now)
    return World(firms, operating_alliance(firms, now))


def operating_alliance(firms: Firms, now: datetime = NOW, title: str = "Wide trousers") -> Alliance:
    """Write an operating alliance as rows; how one comes about has its own tests."""
    alliance = Alliance.objects.create(
        title=title,
        **_origin(title, firms.operator, now),
        route="B",
        currency="EUR",
        units=1_000,
        state=State.OPERATING.value,
        entered_at=now,
        founded_at=now,
        operating_at=now,
        due_at=now + timedelta(days=60),
        end_at=now + timedelta(days=60),
        forming=Stream.objects.create(kind=Stream.Kind.FORMING),
        stream=Stream.objects.create(kind=Stream.Kind.ALLIANCE),
    )
    seats = {
        slot: _seat(alliance, slot, firm, now)
        for slot, firm in (("maker", firms.maker), ("forwarder", firms.carrier), ("seller", firms.seller))
    }
    made = _task(alliance, "M6", "Produce the pilot lot", seats["maker"], now, target_units=1_000)
    listed = _task(alliance, "K2", "Listing localised, claims checked, priced", seats["seller"], now)
    _task(alliance, "L4", "Line-haul by air", seats["forwarder"], now, after=made)
    _task(alliance, "S1", "Sellable", seats["seller"], now, after=listed, is_milestone=True)
    return alliance


def invitation_of(alliance: Alliance, firm: FirmOf, now: datetime = NOW) -> Invitation:
    """An invitation that waits for an answer."""
    seat = Seat.objects.create(alliance=alliance, slot="ads", state=SeatState.INVITED.value, firm=firm.firm)
    return Invitation.objects.create(
        seat=seat,
        firm=firm.firm,
        terms="{}",
        terms_hash="0" * 64,
        sent_at=now,
        due_at=now + timedelta(hours=48),
        stream=Stream.objects.create(kind=Stream.Kind.INVITATION),
    )


def cookie_of(user: User) -> tuple[bytes, bytes]:
    """The header with which this person's browser opens a socket."""
    return b"cookie", f"sessionid={session_of(user)}".encode()


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return str(client.session.session_key)


def log_out(session_key: str) -> None:
    SessionStore(session_key).flush()


def end_grant(world: World, firm: FirmOf) -> None:
    """Take a firm's access away, as a verb would."""
    with transaction.atomic():
        Grant.objects.filter(alliance=world.alliance, firm=firm.firm).update(ended_at=NOW)
        record(world.alliance.stream, "left", CLOCK, NOW, changes={})


def dissolve(world: World) -> None:
    """End all access and seal the record, as the verb does; the way there has its own tests."""
    with transaction.atomic():
        Grant.objects.filter(alliance=world.alliance).update(ended_at=NOW)
        dissolved = {"alliance": {"state": "dissolved"}}
        record(world.alliance.stream, "dissolved", CLOCK, NOW, changes=dissolved)
        Stream.objects.filter(pk=world.alliance.stream_id).update(closed_at=NOW)


def _origin(title: str, operator: User, now: datetime) -> dict[str, object]:
    slug = title.lower().replace(" ", "-")
    product, _made = Product.objects.get_or_create(key=slug, defaults={"title": title, "hs6": "620342"})
    opportunity = Opportunity.objects.create(
        product=product,
        raised_by=operator,
        reason="a test",
        state=Opportunity.State.APPROVED,
        survival=[1.0],
        raised_at=now,
        propose_at=now,
        until_at=now + timedelta(days=60),
    )
    proposal = Proposal.objects.create(
        opportunity=opportunity,
        rank=1,
        state=Proposal.State.CHOSEN,
        route="B",
        currency="EUR",
        units=1_000,
        revenue_minor=2_000_000,
        cost_minor=1_000_000,
        margin_minor=1_000_000,
        bound_minor=1_100_000,
        dispatchable_on=date(2026, 3, 28),
        ends_on=date(2026, 5, 1),
        plan={},
        tasks=[],
        inputs_hash="0" * 64,
        made_at=now,
    )
    return {"product": product, "opportunity": opportunity, "proposal": proposal}


def _seat(alliance: Alliance, slot: str, firm: FirmOf, now: datetime) -> Seat:
    Grant.objects.create(alliance=alliance, firm=firm.firm, granted_at=now)
    return Seat.objects.create(alliance=alliance, slot=slot, state=SeatState.SIGNED.value, firm=firm.firm)


def _task(
    alliance: Alliance,
    code: str,
    title: str,
    seat: Seat,
    now: datetime,
    after: Task | None = None,
    **more: object,
) -> Task:
    task = Task.objects.create(
        alliance=alliance,
        code=code,
        title=title,
        seat=seat,
        state=(TaskState.WAITING if after else TaskState.READY).value,
        planned_start_at=now,
        planned_finish_at=now + timedelta(days=3),
        due_at=now + timedelta(days=5),
        **more,
    )
    if after:
        task.after.add(after)
    return task
