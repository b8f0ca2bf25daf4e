"""Two hosts in network namespaces: one is cut off, the other goes on, and the first catches up when it returns.

    .venv/bin/python tests/bench/hosts.py [--cut 15]

As root, with `ip` (iproute2). The database and the broker stand with the first host; the second host, with a web
process and a worker, reaches them by TCP over a pair of virtual network cards, one of which is taken down. Partners at
the second host's boards come in by a Unix socket, which the cut does not touch.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
for outside in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
    os.environ.pop(outside, None)
os.environ["DATABASE_POOL"] = "0"

import django  # noqa: E402

django.setup()

import httpx  # noqa: E402
import psycopg  # noqa: E402
from django.utils import timezone  # noqa: E402

from alliances.models import Invitation, Stream  # noqa: E402
from config.embedded import postgres  # noqa: E402
from config.embedded.creation import APP, SUPERUSER  # noqa: E402
from config.embedded.postgres import Cluster  # noqa: E402
from tests.audits import Wrong, audit  # noqa: E402
from tests.builders.alliances import forming_world, invitation, operating  # noqa: E402
from tests.databases import Databases, close_connections  # noqa: E402
from tests.loads import Load, Partner  # noqa: E402
from tests.platforms import session_of  # noqa: E402
from tests.processes import wait_for  # noqa: E402
from tests.shapes import Broker, Shape, Web  # noqa: E402

NUMBER = os.getpid() % 250 + 1
SPACE, CARD, FAR_CARD = f"mm{NUMBER}", f"mmh{NUMBER}", f"mmf{NUMBER}"
HERE, THERE = f"10.231.{NUMBER}.1", f"10.231.{NUMBER}.2"
PATIENCE_SECONDS = 120.0


def main() -> None:
    """Cut the second host off, wait, let it return, audit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cut", type=float, default=15.0, help="seconds")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.pop("DATABASE_POOL")
    with tempfile.TemporaryDirectory() as folder, network(), world(Path(folder)) as shape:
        run(shape, options.cut)


def run(shape: Shape, cut_seconds: float) -> None:
    now = timezone.now()
    made = forming_world(now)
    alliance = operating(made, now)
    users = (made.firms.maker.worker, made.firms.carrier.worker)
    near, far = (boards(shape.webs[number], users, str(alliance.key), number) for number in (0, 1))
    found: dict[str, float] = {}
    with Load([*near, *far]) as load:
        wait_for(lambda: all(one.answered for one in load.partners), seconds=PATIENCE_SECONDS)
        link("down")
        cut_at = time.monotonic()
        due = invitation(forming_world(timezone.now(), made.firms).approve(timezone.now()), "maker")
        Invitation.objects.filter(pk=due.pk).update(due_at=timezone.now() - timedelta(seconds=1))
        before = len(load.answered)
        found["cut: every board of the first host is answered"] = until(lambda: go_on(near, cut_at))
        found["cut: a deadline acts"] = until(lambda: has_expired(due.pk))
        found["cut: the second host says that it is not ready"] = until(lambda: not is_ready(shape.webs[1]))
        time.sleep(max(0.0, cut_seconds - (time.monotonic() - cut_at)))
        meanwhile = len(load.answered) - before
        link("up")
        back_at = time.monotonic()
        found["back: the second host is ready"] = until(lambda: is_ready(shape.webs[1]))
        found["back: its boards are answered again"] = until(lambda: go_on(far, back_at), back_at)
        load.rest()
        wait_for(load.is_at_rest, seconds=PATIENCE_SECONDS)
        found["at rest: all boards have the newest version"] = until(
            lambda: {one.version for one in load.partners} == {head(alliance.stream_id)}
        )
    wrong = audit(load.answered, [due.pk])
    for what, seconds in found.items():
        print(f"{what:55} {seconds:6.2f} s")
    print(f"orders answered while it was cut off: {meanwhile}; in all {len(load.answered)}")
    print(f"gaps {sum(one.gaps for one in load.partners)}, {wrong}")
    print("held" if wrong == Wrong() and not sum(one.gaps for one in load.partners) else "not held")


def boards(web: Web, users: tuple, key: str, number: int) -> list[Partner]:
    return [
        Partner(lambda: web, session_of(user), key, f"{web.name} {n} {number}")
        for n, user in enumerate(users)
    ]


def go_on(partners: list[Partner], moment: float) -> bool:
    return all(
        one.answer_seconds and one.last_answer_at - one.answer_seconds[-1] > moment for one in partners
    )


def until(condition: Callable[[], bool], since: float | None = None) -> float:
    began = since or time.monotonic()
    wait_for(condition, seconds=PATIENCE_SECONDS)
    return time.monotonic() - began


def has_expired(pk: int) -> bool:
    return Invitation.objects.filter(pk=pk, state="expired").exists()


def head(stream_id: object) -> int:
    return Stream.objects.values_list("version", flat=True).get(pk=stream_id)


def is_ready(web: Web) -> bool:
    try:
        answer = web.get("/health/ready/", seconds=12.0)
    except httpx.HTTPError as failed:
        print(f"  {web.name}: {failed!r}", file=sys.stderr)
        return False
    if not answer.is_success:
        print(f"  {web.name}: {answer.text}", file=sys.stderr)
    return answer.is_success


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def link(state: str) -> None:
    ip("link", "set", CARD, state)


@contextmanager
def network() -> Iterator[None]:
    """A namespace with one card of a pair; the other is here."""
    ip("netns", "add", SPACE)
    try:
        ip("link", "add", CARD, "type", "veth", "peer", "name", FAR_CARD, "netns", SPACE)
        ip("addr", "add", f"{HERE}/24", "dev", CARD)
        ip("-n", SPACE, "addr", "add", f"{THERE}/24", "dev", FAR_CARD)
        ip("-n", SPACE, "link", "set", "lo", "up")
        ip("-n", SPACE, "link", "set", FAR_CARD, "up")
        link("up")
        yield
    finally:
        ip("netns", "del", SPACE)  # and with it both cards


@contextmanager
def world(folder: Path) -> Iterator[Shape]:
    """A cluster that listens on the card too, and both hosts."""
    folder.chmod(0o711)
    usual = postgres.settings
    postgres.settings = lambda *args: {**usual(*args), "listen_addresses": HERE}
    with Cluster(folder / "cluster").start() as cluster:
        with (cluster.files / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {HERE}/24 trust\n")
        with psycopg.connect(cluster.url(SUPERUSER, SUPERUSER), autocommit=True) as line:
            line.execute("SELECT pg_reload_conf()")
        databases = Databases(cluster)
        databases.point_to(databases.shared.name)
        shape = Shape(folder, databases.shared.url, Broker(folder, HERE))
        shape.add_host()
        shape.add_host(
            database_url=f"postgresql://{APP}@{HERE}/{databases.shared.name}",
            redis_url=shape.broker.url(HERE),
            inside=["ip", "netns", "exec", SPACE],
        )
        try:
            yield shape.start()
        except AssertionError:
            print(*(f"{part.name}:\n{part.log[-3000:]}" for part in shape.parts), sep="\n", file=sys.stderr)
            raise
        finally:
            shape.stop()
            close_connections()


if __name__ == "__main__":
    main()
