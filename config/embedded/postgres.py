"""The life cycle of the embedded PostgreSQL: one data folder, one server, one owner at a time.

The process that holds the lock on the data folder starts the server as its direct child and is its owner; the
kernel stops the child when the thread that started it ends, however it ends. Every other process attaches.
Whether a server runs stands in the server's own `postmaster.pid`.
"""

import fcntl
import hashlib
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

from config.embedded.binaries import Account, EmbeddedError, find_programs, major_version, server_account
from config.embedded.creation import APP, DATABASE, admit_client, create
from config.embedded.server import STOP_SECONDS, end, launch, servers_on, settings

START_SECONDS = 60.0  # crash recovery replays the write-ahead log first
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_FOLDER = 90  # the kernel allows 107 bytes for the whole path
PLAIN_PATH = re.compile(r"[\w/.+-]+")  # needs no quoting in a list of folders


def attach(data_dir: Path) -> "Cluster | None":
    """The cluster that runs on `data_dir`, or None when none answers there. Cheap: one file, one socket."""
    cluster = Cluster(data_dir)
    return cluster if cluster.is_ready() else None


def default_data_dir(project: Path) -> Path:
    """Where `up` keeps its data: inside the project, unless root's server could not reach it there."""
    if os.geteuid() != 0 or server_account().reaches(project):
        return project / ".data"
    return Path("/var/lib/murmuration") / _digest(project)


class Cluster:
    """An embedded PostgreSQL on one data folder: start it or find it running, then ask for its `url`."""

    def __init__(self, data_dir: Path | str) -> None:
        self.data_dir = Path(data_dir).resolve()
        self.files = self.data_dir / "postgres"
        self.log_path = self.data_dir / "postgres.log"
        self._lock: IO[str] | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def is_owner(self) -> bool:
        """Whether this object started the server, and so will stop it."""
        return self._server is not None

    def has_died(self) -> bool:
        """Whether the server that this object started has ended without being asked; `start` starts it again."""
        return self._server is not None and self._server.poll() is not None

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """The address of `database` for `role`, over the private socket."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_dir), safe='/')}"

    @property
    def socket_dir(self) -> Path:
        """The folder of the server's socket: beside the data, or in /tmp where that path would not do."""
        folder = self.data_dir / "socket"
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER or not PLAIN_PATH.fullmatch(str(folder)):
            return Path(tempfile.gettempdir()) / f"murmuration-{_digest(self.data_dir)}"
        return folder

    def is_ready(self) -> bool:
        """Whether the server accepts connections now."""
        lines = self._status()
        if len(lines) < 8 or lines[7].strip() != "ready":
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket_dir / SOCKET)) == 0

    def start(self, *, durable: bool = True) -> Self:
        """Start the server, or attach to the one that another process started. Raises EmbeddedError.

        Only the main thread may start it, for the server dies with the thread that did. `durable=False`
        trades safety against power loss for speed: for throw-away clusters.
        """
        self._prepare_folder()
        if self.has_died():
            self._start_server(durable)
        deadline = time.monotonic() + START_SECONDS
        while not self.is_owner and not self.is_ready():
            if self._take_lock():
                self._start_server(durable)
            elif time.monotonic() > deadline:
                raise EmbeddedError(f"{self.data_dir} is held by a process whose database does not answer")
            else:
                time.sleep(0.05)
        return self

    def stop(self) -> None:
        """Stop the server that this object started; does nothing when it only attached."""
        if self._server:
            end(self._server)
            self._server = None
        if self._lock:
            self._lock.close()
            self._lock = None

    def _prepare_folder(self) -> None:
        if not self.data_dir.exists():
            self.data_dir.mkdir(parents=True)
            self.data_dir.chmod(0o711)  # for the server's user to pass through
        account = server_account()
        if not account.reaches(self.data_dir):
            raise EmbeddedError(
                f"the user {account.name}, who must run PostgreSQL, cannot reach {self.data_dir}: "
                "choose another folder with --data, or set DATABASE_URL to a server of yours"
            )

    def _take_lock(self) -> bool:
        lock = (self.data_dir / "postgres.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    def _start_server(self, durable: bool) -> None:
        try:
            account = server_account()
            programs = find_programs(account, self.data_dir)
            self._clear_away_predecessor()
            if not self.files.exists():
                create(self.files, programs, account)
            self._check_files(programs, account)
            admit_client(self.files)
            self._server = self._launch(programs, account, durable)
            self._wait_until_ready(self._server)
        except BaseException:
            self.stop()
            raise

    def _check_files(self, programs: Path, account: Account) -> None:
        if self.files.stat().st_uid != account.uid:
            raise EmbeddedError(f"{self.files} belongs to another user: run as that user, or choose --data")
        written_by = (self.files / "PG_VERSION").read_text().strip()
        found = major_version(programs, account)
        if written_by != str(found):
            raise EmbeddedError(
                f"{self.files} was written by PostgreSQL {written_by}, but {programs} is {found}: set PG_BIN"
            )

    def _launch(self, programs: Path, account: Account, durable: bool) -> subprocess.Popen[bytes]:
        command = [str(programs / "postgres"), "-D", str(self.files)]
        chosen = settings(self._make_socket_dir(account), durable)
        command += [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
        return launch(command, account, self.log_path)

    def _make_socket_dir(self, account: Account) -> Path:
        folder = self.socket_dir
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), account.uid):
            raise EmbeddedError(f"{folder} belongs to somebody else: remove it")
        os.chown(folder, account.uid, account.gid)
        return folder

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not (self._status()[:1] == [str(server.pid)] and self.is_ready()):
            if server.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL did not start; {self.log_path} ends:\n{self._log_tail()}")
            time.sleep(0.01)

    def _clear_away_predecessor(self) -> None:
        """End what a killed owner left, to the last backend; only then are its marks of no more use.

        PostgreSQL takes a mark for valid while a process has its number, be it a stranger or one that is dead
        and not yet taken leave of.
        """
        deadline = time.monotonic() + STOP_SECONDS
        while left := servers_on(self.files):
            if time.monotonic() > deadline:
                _quit(left)
                deadline += STOP_SECONDS
            time.sleep(0.02)
        (self.files / "postmaster.pid").unlink(missing_ok=True)
        (self.socket_dir / f"{SOCKET}.lock").unlink(missing_ok=True)

    def _status(self) -> list[str]:
        try:
            return (self.files / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _log_tail(self) -> str:
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-10:])


def _quit(processes: list[int]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGQUIT)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]
