"""Capacity under 64 writers: nothing is overbooked, and what exactness costs beside the same statements alone.

    python -m tests.bench.reservations [--attempts 20000] [--minutes 40] [--alliances 200]

On a throw-away database (not durable), in one run: holds of scarce capacity through `firms.actions`, all tries of
`--attempts` unless the minutes are over before (each writer holds one thing at a time and gives it back after some
thirty more tries, so that weeks are full most of the time and are fought for whenever something comes back), a part of
the same statements sent by psycopg without the platform, then approvals (alliance, seats, invitations and events in one
transaction) and acceptances (with their holds and events) through `alliances.actions`. Of both, half are done by the
platform; the other half are recorded and taken back, and then their very statements are sent by psycopg
(tests/bench/replay.py). All writers are connected before the clock starts. Afterwards the ledger is summed.
"""

# ruff: noqa: E402 - the settings come before the models

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
import django

django.setup()

import psycopg
from django.db import connection, connections, transaction

from alliances import actions
from alliances.models import Invitation
from config.embedded.creation import APP, OWNER
from config.rows import Refused
from firms import actions as firms_actions
from firms.actions import Wanted
from firms.models import Reservation
from tests.bench.replay import Script, ids_apart, record, replay
from tests.builders.alliances import NOW, SeatOf, needs, standing_proposal
from tests.builders.firms import publish, small_world
from tests.databases import Databases, throw_away_cluster

LINES, WEEKS, ROOM, MOST = 8, 4, 12, 9
GIVES_BACK = 0.03  # of the tries of a writer that holds something
ALONE = 20_000  # tries that are sent without the platform
SELECT = (
    "SELECT id, published_units - used_units FROM firms_capacityweek WHERE line_id = %s AND week_on BETWEEN %s AND %s "
    "AND used_units < published_units ORDER BY id FOR UPDATE"
)
EXISTS = "SELECT 1 FROM firms_reservation WHERE purpose = %s AND state <> 'released'"
INSERT = (
    "INSERT INTO firms_reservation (key, week_id, purpose, units, state, held_at) "
    "VALUES (gen_random_uuid(), %s, %s, %s, 'held', now())"
)
WEEKS_OF = "SELECT week_id FROM firms_reservation WHERE purpose = %s AND state <> 'released'"
LOCK = "SELECT id FROM firms_capacityweek WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
RELEASE = (
    "UPDATE firms_reservation SET state = 'released', released_at = now() "
    "WHERE purpose = %s AND state <> 'released'"
)
Work = Callable[[int], Sequence[bool]]


def spread(work: Work, options: argparse.Namespace) -> tuple[list[bool], float]:
    """Runs one share of the work for each writer, in several processes; returns what came of each, and seconds.

    The clock starts when every writer has its connection.
    """
    connections.close_all()
    context: Any = multiprocessing.get_context("fork")
    each, queue = options.writers // options.processes, context.Queue()
    ready = context.Barrier(each * options.processes + 1)

    def write(writer: int) -> list[bool]:
        connection.ensure_connection()
        ready.wait()
        return list(work(writer))

    def process(first: int) -> None:
        with ThreadPoolExecutor(each) as pool:
            found = [done for share in pool.map(write, range(first, first + each)) for done in share]
        queue.put(found)
        queue.close()
        queue.join_thread()
        os._exit(0)

    running = [context.Process(target=process, args=(n * each,)) for n in range(options.processes)]
    for one in running:
        one.start()
    ready.wait()
    started = time.perf_counter()
    found = [done for _ in running for done in queue.get()]
    seconds = time.perf_counter() - started
    for one in running:
        one.join()
    return found, seconds


def tried(act: Callable[[], Any]) -> bool:
    try:
        with transaction.atomic():
            act()
    except Refused:
        return False
    return True


def holding(lines: Sequence[int], tries: int, until: float) -> Work:
    """Each writer wants a few units somewhere, again and again, and keeps what it gets for a while."""

    def work(writer: int) -> list[bool]:
        chance, done, mine = Random(writer), list[bool](), list[str]()
        for n in range(tries):
            if time.monotonic() > until:
                break
            if mine and chance.random() < GIVES_BACK:
                tried(partial(firms_actions.release, mine.pop(0), now=NOW))
            want = Wanted(chance.choice(lines), NOW.date(), NOW.date(), chance.randint(1, MOST))
            purpose = f"bench/{writer}-{n}"
            done.append(tried(partial(firms_actions.hold, purpose, [want], now=NOW)))
            mine += [purpose] * done[-1]
        connections.close_all()
        return done

    return work


def bare(lines: Sequence[int], tries: int, url: str) -> Work:
    """The same statements without the platform."""

    def work(writer: int) -> list[bool]:
        chance, done, mine = Random(writer), list[bool](), list[str]()
        with psycopg.connect(url) as link:
            for n in range(tries):
                if mine and chance.random() < GIVES_BACK:
                    _give_back(link, mine.pop(0))
                line, units, purpose = chance.choice(lines), chance.randint(1, MOST), f"bare/{writer}-{n}"
                done.append(_take(link, purpose, line, units))
                mine += [purpose] * done[-1]
        return done

    return work


def _take(link: psycopg.Connection[Any], purpose: str, line: int, units: int) -> bool:
    monday = NOW.date()
    reach = [line, monday.fromordinal(monday.toordinal() - 6), monday]
    with link.transaction():
        rows = link.execute(SELECT, reach).fetchall()
        fits = bool(rows) and rows[0][1] >= units
        if fits:
            link.execute(EXISTS, [purpose])
            link.execute(INSERT, [rows[0][0], purpose, units])
    return fits


def _give_back(link: psycopg.Connection[Any], purpose: str) -> None:
    with link.transaction():
        weeks = [row[0] for row in link.execute(WEEKS_OF, [purpose])]
        link.execute(LOCK, [weeks])
        link.execute(RELEASE, [purpose])


def acting(acts: Sequence[Callable[[], Any]], writers: int) -> Work:
    """Each writer does its share of the acts."""

    def work(writer: int) -> list[bool]:
        done = [tried(act) for act in acts[writer::writers]]
        connections.close_all()
        return done

    return work


def replaying(scripts: Sequence[Script], writers: int, url: str) -> Work:
    """The recorded statements without the platform."""

    def work(writer: int) -> list[bool]:
        with psycopg.connect(url) as link:
            return [replay(link, script) for script in scripts[writer::writers]]

    return work


def both(what: str, acts: Sequence[Callable[[], Any]], options: argparse.Namespace, url: str) -> None:
    """One half of the acts by the platform, the statements of the other half without it."""
    half = len(acts) // 2
    scripts = [record(act) for act in acts[half:]]
    rate = tell(what, *spread(acting(acts[:half], options.writers), options))
    base = tell("their statements alone", *spread(replaying(scripts, options.writers, url), options))
    print(f"{what} at {rate / base:.0%} of their {len(scripts[0].lines)} statements alone", flush=True)


def overbooked() -> int:
    """Weeks with more used than published, or whose sum of live entries is another than what is said to be used."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM firms_capacityweek w WHERE used_units > published_units OR used_units <> "
            "(SELECT coalesce(sum(units), 0) FROM firms_reservation r WHERE r.week_id = w.id AND state <> 'released')"
        )
        return int(cursor.fetchone()[0])


def release_all() -> None:
    """The next round finds all weeks free again."""
    Reservation.objects.live().update(state=Reservation.State.RELEASED, released_at=NOW)


def tell(what: str, done: Sequence[bool], seconds: float) -> float:
    load = os.getloadavg()[0]
    print(f"| {what} | {len(done)} | {sum(done)} | {len(done) / seconds:.0f} | {load:.1f} |", flush=True)
    return len(done) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (
        ("attempts", 20_000),
        ("minutes", 40),
        ("alliances", 200),
        ("writers", 64),
        ("processes", 4),
    ):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    with throw_away_cluster() as cluster:
        made = Databases(cluster)
        made.point_to(made.shared.name)
        firms = small_world()
        rows = [publish(firms.maker, f"Scarce {n}", ROOM, NOW, weeks=WEEKS) for n in range(LINES)]
        lines = [row.pk for row in rows]
        print("| what | tries | done | tries/s | load |\n" + "|---" * 5 + "|")
        tries, until = max(1, options.attempts // options.writers), time.monotonic() + 60 * options.minutes
        rate = tell("holds", *spread(holding(lines, tries, until), options))
        print(f"weeks overbooked: {overbooked()}", flush=True)
        release_all()
        url = cluster.url(APP, made.shared.name)
        few = min(tries, max(1, ALONE // options.writers))
        base = tell("the same statements alone", *spread(bare(lines, few, url), options))
        print(f"holds at {rate / base:.0%} of the statements alone; weeks overbooked: {overbooked()}")
        ids_apart(cluster.url(OWNER, made.shared.name))
        wide = publish(firms.maker, "Wide", 10_000_000, NOW, weeks=WEEKS)
        seats = [SeatOf("maker", [firms.maker], capacity=needs(wide, 5)), SeatOf("seller", [firms.seller])]
        keys = [str(standing_proposal(firms, seats, units=5).key) for _ in range(options.alliances)]
        operator = firms.operator.actor
        both(
            "approvals",
            [lambda k=key: actions.approve(operator, k, reason="bench", now=NOW) for key in keys],  # type: ignore[misc]
            options,
            url,
        )
        waiting = Invitation.objects.filter(state="pending").select_related("firm", "seat").order_by("pk")
        actors = {one.firm.pk: one.owner.actor for one in (firms.maker, firms.seller)}
        found = [
            (str(row.key), row.terms_hash, actors[row.firm_id]) for row in waiting if row.seat.slot == "maker"
        ]
        both(
            "acceptances",
            [
                lambda k=key, t=told, a=by: actions.accept(a, k, terms_hash=t, now=NOW)
                for key, told, by in found
            ],  # type: ignore[misc]
            options,
            url,
        )
        print(f"weeks overbooked: {overbooked()}")
        connections.close_all()


if __name__ == "__main__":
    main()
