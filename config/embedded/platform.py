"""The platform in one process: web and websockets on the main thread, Celery's worker and beat beside them.

The same code runs as separate processes with a Redis broker; see docs/settings.md.
"""

import errno
import logging
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from celery.beat import Scheduler, Service
from celery.signals import worker_init
from celery.worker import state

from config.asgi import application
from config.celery import app
from config.embedded.binaries import EmbeddedError
from config.embedded.certificates import Certificates
from config.embedded.postgres import Cluster

logger = logging.getLogger(__name__)

STOP_SECONDS = 5.0
WORKER_THREADS = 4
WS_BYTES = 64 * 1024  # a frame above it is not even read; the protocol itself allows less


def listen(host: str, port: int) -> socket.socket:
    """Take the address before anything slow is done. Raises EmbeddedError when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise EmbeddedError(_refusal(host, port, error)) from error
    return listener


def serve(
    listener: socket.socket,
    on_ready: Callable[[], None],
    cluster: Cluster | None = None,
    tls: Certificates | None = None,
) -> None:
    """Run the platform until Ctrl-C or SIGTERM; `on_ready` is called once it answers. With `tls`, by HTTPS.

    Should the database of `cluster` die meanwhile, it is started again.
    """
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume")  # static files are small
    with _pump():
        Server(web(tls), on_ready, cluster).run(sockets=[listener])


class Server(uvicorn.Server):
    """Says when it answers, and looks after its database."""

    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[], None], cluster: Cluster | None = None
    ) -> None:
        super().__init__(config)
        self._on_ready, self._cluster = on_ready, cluster

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second, on the main thread: the only one that may start the database."""
        if self._cluster and self._cluster.has_died():
            logger.error("the database has died and is started again")
            self._cluster.start()
        return await super().on_tick(counter)


def web(tls: Certificates | None = None) -> uvicorn.Config:
    """How the platform is served."""
    return uvicorn.Config(
        application,
        lifespan="on",
        ws="websockets-sansio",  # the one whose transport frames can be written into
        ws_max_size=WS_BYTES,
        ws_per_message_deflate=False,  # costs 34 KB a connection, and frames are encoded once for all
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
    )


@contextmanager
def _pump() -> Iterator[None]:
    """Run Celery's worker and beat while the block runs."""
    worker = app.WorkController(
        pool="threads",
        concurrency=WORKER_THREADS,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker_init.send(sender=worker)  # as Celery's own command does: a task gives its database connection back
    beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
    threads = [
        threading.Thread(target=worker.start, name="worker", daemon=True),
        threading.Thread(target=beat.start, name="beat", daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        state.should_stop = 0  # type: ignore[assignment] # the status with which the worker's own loop leaves
        beat.stop()
        for thread in threads:
            thread.join(STOP_SECONDS)
        if threads[0].is_alive():
            logger.warning("a task still runs and is left behind; its lease will expire")


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken: stop what listens there, or choose another with --port"
    if error.errno == errno.EACCES:
        return f"only root may listen on port {port}: choose one from 1024 on with --port"
    return f"cannot listen on {host}:{port}: {error.strerror}"
