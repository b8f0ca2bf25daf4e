"""Start the whole platform: database, migrations, sample world, web, websockets, worker and beat."""

import io
import os
import signal
import time
from argparse import ArgumentParser
from contextlib import ExitStack
from socket import socket
from typing import Any

import segno
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections
from rich.console import Console

from config.embedded import migrations, platform
from config.embedded.binaries import EmbeddedError
from config.embedded.certificates import certificates_for
from config.embedded.postgres import Cluster
from config.embedded.steps import Steps
from config.sample import director
from config.translations import compile_all


class Command(BaseCommand):
    """`python3 manage.py up`."""

    help = "Start the whole platform on this machine, and its database unless DATABASE_URL names one."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--host", help="where to listen; with --lan everywhere, else on this machine alone"
        )
        parser.add_argument(
            "--lan", action="store_true", help="serve the local network by HTTPS, and show how phones join"
        )
        parser.add_argument("--data", metavar="DIR", help="where the database and the files are kept")
        parser.add_argument(
            "--sample", action="store_true", help="a sample world, even in a database of yours"
        )
        parser.add_argument("--no-sample", action="store_true", help="start empty")
        parser.add_argument("--timings", action="store_true", help="print how long each step took")

    def handle(self, *args: Any, **options: Any) -> None:
        for order in (
            signal.SIGINT,
            signal.SIGTERM,
        ):  # a script that starts us in the background ignores SIGINT
            signal.signal(order, signal.default_int_handler)
        steps = Steps(Console(highlight=False))
        try:
            self._run(steps, options)
        except EmbeddedError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            steps.console.print("\n  stopped")

    def _run(self, steps: Steps, options: dict[str, Any]) -> None:
        with ExitStack() as stack:
            host = options["host"] or ("0.0.0.0" if options["lan"] else "127.0.0.1")  # noqa: S104 - asked for
            listener = stack.enter_context(platform.listen(host, options["port"]))
            cluster = self._prepare(steps, stack)
            logins = build_sample_world(steps) if settings.SAMPLE_WORLD else ""
            tls = certificates_for(settings.LAN, settings.LAN_AUTHORITY.parent) if options["lan"] else None

            def announce() -> None:
                self._announce(listener, steps, logins, options["timings"])
                if tls:
                    show_phones_the_way(steps.console, settings.PUBLIC_URL, tls.fingerprint())

            platform.serve(listener, announce, cluster, tls)

    def _prepare(self, steps: Steps, stack: ExitStack) -> Cluster:
        cluster = Cluster(settings.DATA_DIR)
        if os.environ["DATABASE_URL"] == cluster.url():
            with steps.step("database"):
                stack.enter_context(cluster)
            if not cluster.is_owner:
                raise EmbeddedError(
                    f"the platform already runs on {settings.DATA_DIR}: stop it, or choose --data"
                )
        with steps.step("migrations") as progress:
            if migrations.are_pending():
                call_command("migrate", database="owner", interactive=False, stdout=progress)
            connections["owner"].close()
        with steps.step("translations"):
            compile_all()
        return cluster

    def _announce(self, listener: socket, steps: Steps, logins: str, with_timings: bool) -> None:
        address = f"{settings.PUBLIC_URL}/" if settings.LAN else _address(listener)
        steps.console.print(f"\n  Murmuration runs: [bold]{address}[/]   (Ctrl-C stops it)")
        if logins:
            steps.console.print(logins, markup=False)
        if with_timings:
            self._print_timings(steps)

    def _print_timings(self, steps: Steps) -> None:
        began = float(os.environ.get("MURMURATION_BEGAN", time.time()))
        for what, seconds in {**steps.seconds, "from the command to ready": time.time() - began}.items():
            steps.console.print(f"  {seconds:6.2f} s  {what}")


def show_phones_the_way(console: Console, url: str, fingerprint: str) -> None:
    """Print what a phone's camera reads, and what its owner compares before trusting the authority."""
    drawn = io.StringIO()
    segno.make(f"{url}/install/", error="m").terminal(drawn, border=2, compact=True)
    console.print(drawn.getvalue(), markup=False, highlight=False, no_wrap=True)
    console.print(f"  A phone on this network: scan it, or open {url}/install/", highlight=False)
    console.print(f"  SHA-256 of the certificate to trust:\n  {fingerprint}\n", highlight=False)


def build_sample_world(steps: Steps) -> str:
    """Let `sample_world` build what is missing; return the log-ins that it prints."""
    logins = io.StringIO()
    with steps.step("sample world") as progress:
        director.resume()
        call_command("sample_world", stdout=logins, stderr=progress)
    return logins.getvalue()


def _address(listener: socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
