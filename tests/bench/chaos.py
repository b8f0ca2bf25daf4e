"""Kill -9 of web, worker, broker and PostgreSQL under load: what is lost, what is done twice, how soon it goes on.

    python tests/bench/chaos.py                two hosts, 100 kills of each, about 20 minutes
    python tests/bench/chaos.py --kills 5      a short one
    python tests/bench/chaos.py --beat         with Celery's beat running too

Run it with the project's Python (.venv/bin/python) from the project's folder. It brings its own durable cluster
(fsync on), Valkey without persistence, two web processes and two workers, each restarted at once when it was killed,
as systemd would. Partners at boards report stock over websockets, each order under its own id until it is answered;
invitations fall due all the time. At the end the database alone says what happened (tests/audits.py).
"""

import argparse
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import cycle
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
for outside in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
    os.environ.pop(outside, None)
os.environ["DATABASE_POOL"] = "0"

import django  # noqa: E402

django.setup()

from django.db import Error, OperationalError  # noqa: E402
from django.utils import timezone  # noqa: E402

from alliances.models import Event, Invitation  # noqa: E402
from config.embedded.postgres import Cluster  # noqa: E402
from tests.audits import Wrong, audit  # noqa: E402
from tests.builders.alliances import forming_world, invitation, operating  # noqa: E402
from tests.builders.firms import Firms  # noqa: E402
from tests.databases import Databases, close_connections  # noqa: E402
from tests.loads import Load, Partner  # noqa: E402
from tests.platforms import session_of  # noqa: E402
from tests.processes import server_pid, wait_for  # noqa: E402
from tests.shapes import Broker, Part, Shape  # noqa: E402

PATIENCE_SECONDS = 120.0
ALLIANCES = 3
GOAL_SECONDS = 5.0


def main() -> None:
    """Kill, wait, audit, print."""
    options = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.pop("DATABASE_POOL")  # the processes under test have their own way
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), options.beat) as (shape, cluster):
        firms = forming_world(timezone.now()).firms
        due = deadlines(firms, options.kills, options.pause)
        spare = invitation(forming_world(timezone.now(), firms).approve(timezone.now()), "maker").pk
        partners = [partner for _ in range(ALLIANCES) for partner in boards(firms, shape)]
        with Load(partners) as load:
            wait_for(lambda: all(one.answered for one in partners), seconds=PATIENCE_SECONDS)
            began = time.monotonic()
            killed = kill_all(shape, cluster, options)
            recovered = recovery(spare, load, shape)
            load.rest()
            wait_for(load.is_at_rest, seconds=PATIENCE_SECONDS)
            seconds = time.monotonic() - began
        show(killed, recovered, load, due, seconds)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=100, help="of each kind")
    parser.add_argument("--pause", type=float, default=2.0, help="mean seconds between two kills")
    parser.add_argument("--beat", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


@contextmanager
def world(folder: Path, with_beat: bool) -> Iterator[tuple[Shape, Cluster]]:
    """A durable cluster with a migrated database, and the platform's processes around it."""
    folder.chmod(0o711)
    with Cluster(folder / "cluster").start() as cluster:
        databases = Databases(cluster)
        databases.point_to(databases.shared.name)
        shape = Shape(folder, databases.shared.url, Broker(folder))
        shape.add_host()
        shape.add_host()
        beat = Part("beat", beat_command(folder), shape.environment, folder)
        try:
            shape.start()
            if with_beat:
                beat.start()
            yield shape, cluster
        finally:
            beat.kill()
            shape.stop()
            close_connections()


def beat_command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "config", "beat", "-s", str(folder / "beat")]


def deadlines(firms: Firms, kills: int, pause: float) -> list[int]:
    """Invitations whose time ends one after the other while the killing goes on."""
    now, length = timezone.now(), 4 * kills * pause
    count = max(4, min(20, kills))
    found = []
    for number in range(count):
        one = invitation(forming_world(now, firms).approve(now), "maker")
        due_at = timezone.now() + timedelta(seconds=5 + length * number / count)
        Invitation.objects.filter(pk=one.pk).update(due_at=due_at)
        found.append(one.pk)
    return found


def boards(firms: Firms, shape: Shape) -> list[Partner]:
    """The maker's and the carrier's board of an alliance at work."""
    now = timezone.now()
    made = forming_world(now, firms)
    alliance, webs = operating(made, now), cycle(shape.webs)
    users = (made.firms.maker.worker, made.firms.carrier.worker)
    return [
        Partner(lambda: next(webs), session_of(user), str(alliance.key), f"place {number}")
        for number, user in enumerate(users)
    ]


def kill_all(shape: Shape, cluster: Cluster, options: argparse.Namespace) -> Counter[str]:
    """Kill one after the other, in an order of chance; what was killed is started again at once."""
    chance, killed = random.Random(options.seed), Counter[str]()
    kinds = ["web", "worker", "broker", "PostgreSQL"] * options.kills
    chance.shuffle(kinds)
    victims = {"web": cycle(shape.webs), "worker": cycle(shape.workers), "broker": cycle([shape.broker])}
    for number, kind in enumerate(kinds, 1):
        time.sleep(options.pause * chance.uniform(0.3, 1.7))
        if kind == "PostgreSQL":
            kill_database(cluster)
        else:
            part = next(victims[kind])
            wait_for(partial(serves_without, part, shape), seconds=PATIENCE_SECONDS)
            part.kill()
            part.start()
        killed[kind] += 1
        if number % 20 == 0:
            print(f"  {number} of {len(kinds)} kills", file=sys.stderr, flush=True)
    return killed


def serves_without(part: Part, shape: Shape) -> bool:
    """Whether somebody is left who serves: to kill who is still starting would be no kill under load."""
    return part not in shape.webs or any(web.answers() for web in shape.webs if web is not part)


def kill_database(cluster: Cluster) -> None:
    os.kill(server_pid(cluster.data_dir), signal.SIGKILL)
    wait_for(cluster.has_died)
    cluster.start()
    close_connections()


def recovery(spare: int, load: Load, shape: Shape) -> dict[str, float]:
    """Seconds from the last kill until each thing works again; everything waited for in parallel."""
    began = time.monotonic()
    Invitation.objects.filter(pk=spare).update(due_at=timezone.now())
    waited = {
        "every partner's next order is answered": lambda: load.all_answered_after(began),
        "a deadline that fell due with the last kill has acted": lambda: has_expired(spare),
        "both web processes are ready": lambda: all(is_ready(web) for web in shape.webs),
    }
    took: dict[str, float] = {}
    while len(took) < len(waited):
        for what, holds in waited.items():
            if what not in took and holds():
                took[what] = time.monotonic() - began
        assert time.monotonic() - began < PATIENCE_SECONDS, f"still waiting after {took}"
        time.sleep(0.05)
    return took


def has_expired(pk: int) -> bool:
    try:
        return Invitation.objects.filter(pk=pk, state="expired").exists()
    except OperationalError:
        close_connections()
        return False


def is_ready(web: object) -> bool:
    try:
        return bool(web.get("/health/ready/", seconds=1.0).is_success)
    except Exception:
        return False


def show(
    killed: Counter[str], recovered: dict[str, float], load: Load, due: list[int], seconds: float
) -> None:
    """Print the table."""
    try:
        wrong = audit(load.answered, due)
    except Error:
        close_connections()
        wrong = audit(load.answered, due)
    answers = sorted(second for one in load.partners for second in one.answer_seconds)
    print(f"kills                          {', '.join(f'{count} {kind}' for kind, count in killed.items())}")
    print(f"minutes under load             {seconds / 60:.1f}")
    print(
        f"orders answered                {len(load.answered)} ({len(load.answered) / seconds:.0f} a second)"
    )
    print(
        f"  seconds, p50 / p99           {statistics.median(answers):.3f} / {answers[int(len(answers) * 0.99)]:.3f}"
    )
    print(f"connections of {len(load.partners)} boards        {sum(one.connects for one in load.partners)}")
    print(f"deadlines that fell due        {len(due)}")
    print(f"events in the record           {Event.objects.count()}")
    for name in Wrong.__dataclass_fields__:
        print(f"{name:30} {getattr(wrong, name)}")
    print(f"{'gaps seen by boards':30} {sum(one.gaps for one in load.partners)}")
    print(f"{'refusals':30} {dict(sum((one.refused for one in load.partners), Counter())) or 0}")
    print("seconds after the last kill until")
    for what, took in recovered.items():
        print(f"  {what:55} {took:5.1f}")
    is_good = wrong == Wrong() and not sum(one.gaps for one in load.partners)
    print("held" if is_good and max(recovered.values()) <= GOAL_SECONDS else "not held")


if __name__ == "__main__":
    main()
