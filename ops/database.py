"""The PostgreSQL server that comes with the program: one data folder, one supervisor, no port."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from ops.database_home import (
    BINARIES,
    DatabaseError,
    as_user,
    lock_file_lines,
    open_way_to,
    own_private_folder,
    postmaster_of,
    socket_folder,
    system_user,
)

DATABASE = "fixgate"
SUPERUSER = "postgres"
START_S_MAX = 60.0
STOP_S_MAX = 30.0
POLL_S = 0.02

# Durability is never traded: these are the defaults, said aloud so that no postgresql.auto.conf can weaken them.
DURABILITY = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

# For a journal that is appended all day: fewer checkpoints, hence fewer full pages in the write-ahead log, and no processor
# time for compressing them. Recovery after a crash reads at most max_wal_size. A new segment of the log is not filled with zeros
# first: that held every commit up for 60 ms, every 16 MB.
JOURNAL = {
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "wal_compression": "off",
    "wal_init_zero": "off",
    "wal_buffers": "16MB",
    "jit": "off",
    "max_connections": "60",
}

PRIVATE = {"listen_addresses": "", "unix_socket_permissions": "0700", "timezone": "UTC", "log_timezone": "UTC"}


class DatabaseInUse(DatabaseError):
    """Another living process supervises this data folder."""


class EmbeddedPostgres:
    """One server in one folder, a child of this process. Methods may block for seconds: call from a thread where that matters."""

    def __init__(self, folder: Path, *, settings: dict[str, str] | None = None) -> None:
        """Nothing happens before `start`. `settings` are added to ours; durability cannot be overridden."""
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.sockets = socket_folder(self.folder)
        self._settings = JOURNAL | (settings or {}) | PRIVATE | DURABILITY
        self._user = system_user()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def dsn(self) -> str:
        """Where a client of this machine connects: a URL over the Unix socket, for the user that started the server (or root)."""
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        if self._process is None:
            raise DatabaseError("the embedded PostgreSQL was not started")
        return self._process.pid

    def running(self) -> bool:
        """Whether the postmaster lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Initialise the folder where it is new, end what a dead supervisor left, start, and wait until clients are let in."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._claim()
        try:
            self._prepare_folders()
            self._end_orphan()
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._launch()
        except BaseException:
            self.stop()
            raise
        return self

    def restart_if_dead(self) -> bool:
        """Start again if the postmaster is gone. True if that was needed."""
        if self._lock is None:
            raise DatabaseError("the embedded PostgreSQL was not started")
        if self.running():
            return False
        self._launch()
        return True

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything is written. Returns when the server is gone; may be called twice."""
        process, self._process = self._process, None
        try:
            if process is not None and process.poll() is None:
                end(process)
        finally:
            if self.sockets.parent != self.folder:
                with suppress(OSError):  # Only tidiness: an empty temporary folder.
                    self.sockets.rmdir()
            self._release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _claim(self) -> None:
        """Hold the folder until `stop` or death: the kernel gives the lock back even after SIGKILL."""
        lock = (self.folder / "supervisor.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise DatabaseInUse(f"another process supervises the PostgreSQL in {self.folder}") from None
        self._lock = lock

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _prepare_folders(self) -> None:
        for folder in (self.data, self.sockets):
            if self._user is not None:
                open_way_to(folder, self._user)
            own_private_folder(folder, self._user)
        self.log.touch(mode=0o600)

    def _end_orphan(self) -> None:
        """End the server of a supervisor that was killed. The lock says that nobody else looks after it."""
        pid = postmaster_of(self.data)
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_S_MAX
        while postmaster_of(self.data) == pid:
            if time.monotonic() > deadline:
                raise DatabaseError(f"the PostgreSQL {pid} that an earlier run left in {self.data} does not end")
            time.sleep(POLL_S)

    def _initialise(self) -> None:
        """Make the cluster aside and move it into place, so that a death half-way leaves no half a cluster."""
        fresh = self.folder / "initial"
        shutil.rmtree(fresh, ignore_errors=True)
        own_private_folder(fresh, self._user)
        options = ["--auth=trust", "--encoding=UTF8", "--no-locale", f"--username={SUPERUSER}", "--no-instructions"]
        self._run("initdb", f"--pgdata={fresh}", *options)
        single = ["--single", "-D", str(fresh), "postgres"]
        self._run("postgres", *single, script=f"CREATE DATABASE {DATABASE}\n")
        self.data.rmdir()
        fresh.rename(self.data)

    def _run(self, program: str, *arguments: str, script: str = "") -> None:
        """Run one of the server's programs to its end."""
        command = as_user(self._user, [str(BINARIES / program), *arguments])
        done = subprocess.run(command, input=script.encode(), capture_output=True, cwd=self.folder)
        if done.returncode != 0:
            raise DatabaseError(f"{program} failed: {done.stderr.decode(errors='replace').strip()}")

    def _launch(self) -> None:
        """Start until it stays: backends that outlived a killed postmaster hold its shared memory for a moment."""
        deadline = time.monotonic() + START_S_MAX
        while not self._attempt(deadline):
            if time.monotonic() > deadline:
                raise DatabaseError(f"PostgreSQL does not start in {self.data}:\n{self._end_of_log()}")
            time.sleep(POLL_S * 5)

    def _attempt(self, deadline: float) -> bool:
        """Start once and wait until clients are let in. False if the server gave up."""
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        command = as_user(self._user, [str(BINARIES / "postgres"), "-D", str(self.data), "-k", str(self.sockets), *options])
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal must reach the supervisor, not the database under it.
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        while not self._ready():
            if not self.running():
                return False
            if time.monotonic() > deadline:
                raise DatabaseError(f"PostgreSQL in {self.data} is not ready after {START_S_MAX:g} s:\n{self._end_of_log()}")
            time.sleep(POLL_S)
        return True

    def _ready(self) -> bool:
        """Whether the postmaster itself wrote, under its own process id, that it takes connections."""
        lines = lock_file_lines(self.data)
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _end_of_log(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask the postmaster for a fast shutdown, and for an immediate one when it takes too long: the log brings the rest back."""
    for request in (signal.SIGINT, signal.SIGQUIT):
        process.send_signal(request)
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            continue
        return
    raise DatabaseError(f"the PostgreSQL {process.pid} does not end")
