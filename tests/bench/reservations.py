"""Capacity under 64 writers: nothing is overbooked, and what exactness costs beside the same statements alone.

    python -m tests.bench.reservations [--attempts 20000] [--alliances 200] [--writers 64] [--processes 4]

On a throw-away database (not durable), in one run: holds and releases of scarce capacity through `firms.actions`, the
same statements sent by psycopg without the platform, then approvals (alliance, seats, invitations and events in one
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

LINES, WEEKS, ROOM, MOST = 8, 4, 40, 9
SELECT = (
    "SELECT id, published_units - used_units FROM firms_capacityweek WHERE line_id = %s AND week_on BETWEEN %s AND %s "
    "ORDER BY id FOR UPDATE"
)
EXISTS = "SELECT 1 FROM firms_reservation WHERE purpose = %s AND state <> 'released'"
INSERT = (
    "INSERT INTO firms_reservation (key, week_id, purpose, units, state, held_at) "
    "VALUES (gen_random_uuid(), %s, %s, %s, 'held', now())"
)
RELEASE = "UPDATE firms_reservation SET state = 'released', released_at = now() WHERE purpose = %s"
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


def holding(lines: Sequence[int], tries: int) -> Work:
    """Each writer holds a few units somewhere, and gives them back now and then."""

    def work(writer: int) -> list[bool]:
        chance, done = Random(writer), []
        for n in range(tries):
            purpose, units = f"bench/{writer}-{n}", chance.randint(1, MOST)
            want = Wanted(chance.choice(lines), NOW.date(), NOW.date(), units)
            done.append(tried(lambda p=purpose, w=want: firms_actions.hold(p, [w], now=NOW)))  # type: ignore[misc]
            if done[-1] and chance.random() < 0.7:
                tried(lambda p=purpose: firms_actions.release(p, now=NOW))  # type: ignore[misc]
        connections.close_all()
        return done

    return work


def bare(lines: Sequence[int], tries: int, url: str) -> Work:
    """The same statements without the platform."""

    def work(writer: int) -> list[bool]:
        chance, done = Random(writer), []
        with psycopg.connect(url) as link:
            for n in range(tries):
                purpose, units = f"bare/{writer}-{n}", chance.randint(1, MOST)
                line, monday = chance.choice(lines), NOW.date()
                with link.transaction():
                    rows = link.execute(
                        SELECT, [line, monday.fromordinal(monday.toordinal() - 6), monday]
                    ).fetchall()
                    link.execute(EXISTS, [purpose])
                    fits = bool(rows) and rows[0][1] >= units
                    if fits:
                        link.execute(INSERT, [rows[0][0], purpose, units])
                done.append(fits)
                if fits and chance.random() < 0.7:
                    with link.transaction():
                        link.execute(
                            "SELECT 1 FROM firms_capacityweek WHERE id = %s FOR UPDATE", [rows[0][0]]
                        )
                        link.execute(RELEASE, [purpose])
        return done

    return work


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
    print(f"| {what} | {len(done)} | {sum(done)} | {len(done) / seconds:.0f} |", flush=True)
    return len(done) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (("attempts", 20_000), ("alliances", 200), ("writers", 64), ("processes", 4)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    with throw_away_cluster() as cluster:
        made = Databases(cluster)
        made.point_to(made.shared.name)
        firms = small_world()
        rows = [publish(firms.maker, f"Scarce {n}", ROOM, NOW, weeks=WEEKS) for n in range(LINES)]
        lines = [row.pk for row in rows]
        print("| what | tries | done | tries/s |\n|---|---|---|---|")
        tries = max(1, options.attempts // options.writers)
        rate = tell("holds", *spread(holding(lines, tries), options))
        release_all()
        url = cluster.url(APP, made.shared.name)
        base = tell("the same statements alone", *spread(bare(lines, tries, url), options))
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
