"""Which devices and robots a notice is put on the way to, and when it may go."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alliances.models import Delivery, Notice
from alliances.notices import KINDS, Kind
from firms.queries import Pushed, Reader, pushed, robots_for
from firms.quiet import gathered, send_at


@dataclass(frozen=True)
class Occasion:
    """Something that people are told at a time: its kind, its key, and until when it matters."""

    kind: str
    key: str
    until: datetime | None
    now: datetime

    @property
    def told(self) -> Kind:
        return KINDS[self.kind]

    def may_go(self, reader: Reader) -> datetime:
        """When a reader may be disturbed with it."""
        deadline = self.until if self.told.urgency == "deadline" else None
        return send_at(self.now, reader.quiet, until=deadline, is_urgent=self.told.urgency == "always")

    def goes(self, reader: Reader, wish: Pushed) -> datetime:
        """When it goes to somebody's devices: what is not urgent waits for what it is gathered with."""
        may_go = self.may_go(reader)
        return gathered(may_go, wish.pace, wish.zone) if self.told.urgency == "ordinary" else may_go


def plan_deliveries(occasion: Occasion, notices: list[Notice], readers: Iterable[Reader]) -> None:
    """Put on their way what was told of an occasion; who was told of it before is not told again."""
    known = {reader.user_id: reader for reader in readers}
    wishes = {key: wish for key, wish in pushed(known).items() if wish.wants(occasion.told.group)}
    chats = robots_for(_firms(notices), occasion.told.group)
    wanted = {row.key for row in notices if row.user_id in wishes or row.firm_id in chats}
    for_devices, for_groups = [], []
    for one in Notice.objects.filter(key__in=wanted).order_by("pk"):
        reader = known[one.user_id]
        if wish := wishes.get(one.user_id):
            for_devices.append(_to_devices(one, occasion, reader, wish))
        if one.firm_id in chats:
            for_groups.append(_to_group(one, occasion, reader))
    Delivery.objects.bulk_create([*for_devices, *for_groups], ignore_conflicts=True)


def _firms(notices: list[Notice]) -> set[int]:
    return {row.firm_id for row in notices if row.firm_id}


def _to_devices(notice: Notice, occasion: Occasion, reader: Reader, wish: Pushed) -> Delivery:
    at = occasion.goes(reader, wish)
    return Delivery(key=f"push/{notice.key}", notice=notice, user_id=notice.user_id, send_at=at)


def _to_group(notice: Notice, occasion: Occasion, reader: Reader) -> Delivery:
    """A group is told an occasion once, however many of its people are."""
    key, at = f"robot/{notice.firm_id}/{occasion.key}", occasion.may_go(reader)
    return Delivery(key=key, notice=notice, firm_id=notice.firm_id, send_at=at)
