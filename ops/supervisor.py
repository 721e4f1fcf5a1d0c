"""`fixgate up`: one machine's processes, started in order, started again when they die, stopped in the reverse order.

PostgreSQL (the embedded one, unless a database is given), the engine, and a FIX worker for each session. Each child is ours
and is ended by its pid. Workers end with their engine by themselves and are started again with it.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from gateway.fix.ending import EXIT_HALTED, EXIT_RELEASED
from ops import door
from ops import settings as files
from ops.commands.exits import ENGINE_DRAINED, ENGINE_DRAINED_LEFT, Exit
from ops.commands.options import SUPERVISED
from ops.database import EmbeddedPostgres
from ops.dev_ca import ensure
from ops.migrations.run import upgrade

_TICK_S = 0.05
_BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0)
_STEADY_S = 10.0
"""A child that lived this long is started again at once."""
_STOP_S = 20.0
_DRAINED: dict[int | None, int] = {ENGINE_DRAINED: Exit.OK, ENGINE_DRAINED_LEFT: Exit.LEFT}
"""By the code of an engine that was drained, ours."""


class Child:
    """One supervised process."""

    def __init__(self, name: str, arguments: list[str], log: Path, environment: dict[str, str], core: int = -1) -> None:
        """`core` is the processor to run on; -1 for ours."""
        self.name = name
        self._core = core
        self._arguments = [sys.executable, "-m", "ops.cli", *arguments]
        self._log = log
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._started_s = 0.0
        self._next_start_s = 0.0
        self._failures = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def code(self) -> int | None:
        """How it ended; None while it runs, or before it was started."""
        return None if self._process is None else self._process.poll()

    def keep_alive(self, now_s: float) -> bool:
        """Start the process if it is not running and its time has come; whether it was started now."""
        if self.pid is not None:
            return False
        if self._process is not None:
            self._note_end(now_s)
        if now_s < self._next_start_s:
            return False
        self._start(now_s)
        return True

    def forgive(self) -> None:
        """Its end was no failure of its own: start it again at once."""
        self._failures = 0
        self._next_start_s = 0.0

    def terminate(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, seconds: float) -> bool:
        """Whether it ended in time."""
        if self._process is None:
            return True
        try:
            self._process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _keep_to_its_core(self, pid: int) -> None:
        try:
            os.sched_setaffinity(pid, {self._core})
        except OSError as error:  # Taken from us since the start: slower, and no reason to end.
            _say(f"{self.name} cannot have processor {self._core} for itself: {error}")

    def _note_end(self, now_s: float) -> None:
        assert self._process is not None
        code = self._process.returncode
        if self._process.stdin is not None:
            self._process.stdin.close()
        if code == EXIT_HALTED:
            _say(f"{self.name} is halted and waits for a person: the end of {self._log} says why, and what to do")
            self._failures = len(_BACKOFF_S)
        elif code == EXIT_RELEASED:
            _say(f"{self.name} was released and starts again")
            self._failures = 0
        else:
            _say(f"{self.name} ended with code {code}; its log is {self._log}")
            self._failures = 0 if now_s - self._started_s > _STEADY_S else self._failures + 1
        self._next_start_s = now_s + _BACKOFF_S[min(self._failures, len(_BACKOFF_S) - 1)]
        self._process = None

    def _start(self, now_s: float) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._arguments,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=os.environ | self._environment,
                start_new_session=True,
            )
        if self._core >= 0:
            self._keep_to_its_core(self._process.pid)
        self._started_s = now_s


class Supervisor:
    """All processes of one installation. The engine is the first child; the workers end with it, and start with it."""

    def __init__(self, file: Path, companions: Mapping[str, list[str]] | None = None) -> None:
        """`companions` are further children, by name: what follows `fixgate` on their command line. Last to be stopped."""
        self.settings = files.load(file)
        self._file = file
        has_door = door.is_wanted(self.settings)
        self._companions = ({"door": ["door", "--config", str(file)]} if has_door else {}) | dict(companions or {})
        self._postgres: EmbeddedPostgres | None = None
        self._children: list[Child] = []
        self._stopping = threading.Event()
        self.exit_code: int = Exit.OK
        self._looking = threading.Lock()

    def start(self) -> None:
        """Everything up, in order; returns when the engine and the workers have been started, not when they are ready."""
        settings = self.settings
        core = self._leave_a_core_to_the_engine()
        principals = [p.spiffe_id.split("/", 4)[4] for p in settings.environment.principals]
        ensure(settings.certificates, settings.environment.environment, principals)
        door.make_certificates(settings)
        dsn = settings.database_url or self._embedded()
        upgrade(dsn)
        environment = {"DATABASE_URL": dsn, SUPERVISED: "1"}
        behind = environment | {door.TOKEN: door.new_token()}
        config = ["--config", str(self._file)]
        self._children = [
            Child("engine", ["engine", *config], self.log_of("engine"), environment, core),
            *(Child(s, ["worker", *config, "--session", s], self.log_of(s), behind) for s in settings.sessions),
            *(
                Child(name, arguments, self.log_of(name), behind if name == "door" else environment)
                for name, arguments in self._companions.items()
            ),
        ]
        self.tick()

    def tick(self) -> None:
        """One look at every child; none once `stop` was asked for."""
        with self._looking:
            if not self._stopping.is_set():
                self._look()

    def run(self) -> None:
        """Look after the children until `stop` is asked for."""
        while not self._stopping.wait(_TICK_S):
            self.tick()

    def ask_to_stop(self) -> None:
        self._stopping.set()

    def stop(self) -> None:
        """The engine logs its sessions out and ends; the workers follow; the database is last.

        A `tick` in another thread is waited for, and is the last: nothing may be started behind our back.
        """
        self._stopping.set()
        with self._looking:
            self._stop()

    def _look(self) -> None:
        if self._postgres is not None and self._postgres.restart_if_dead():
            _say("postgres was dead and has been started again")
        if self._children and self._children[0].code in _DRAINED:
            self.exit_code = _DRAINED[self._children[0].code]
            self._stopping.set()
            return
        now_s = time.monotonic()
        started = [child.keep_alive(now_s) for child in self._children]
        if started[0]:
            for worker in self._children[1 : 1 + len(self.settings.sessions)]:
                worker.forgive()
        if any(started):
            self._write_pids()

    def _stop(self) -> None:
        own = len(self._children) - len(self._companions)
        _end(self._children[:own], self._children[:1])
        _end(self._children[own:], self._children[own:])
        if self._postgres is not None:
            self._postgres.stop()

    def _leave_a_core_to_the_engine(self) -> int:
        """The engine's processor, off which we stay with all that we start; -1 if it has none. Raises ConfigError."""
        core = self.settings.environment.engine_core
        if core == -1:
            return core
        allowed = os.sched_getaffinity(0)
        if core not in allowed or len(allowed) == 1:
            usable = ", ".join(map(str, sorted(allowed)))
            raise files.ConfigError(f"{self._file}: engine_core is {core}; it must be one of several that we may use: {usable}")
        os.sched_setaffinity(0, allowed - {core})
        return core

    def _embedded(self) -> str:
        self._postgres = EmbeddedPostgres(self.settings.data / "postgres")
        return self._postgres.start().dsn

    def log_of(self, name: str) -> Path:
        return self.settings.data / "log" / f"{name}.log"

    def _write_pids(self) -> None:
        """Who is who, for the engineer on call and for the crash tests: `run/pids.json` in the data folder."""
        pids = {child.name: child.pid for child in self._children}
        if self._postgres is not None:
            pids["postgres"] = self._postgres.pid
        file = self.settings.data / "run" / "pids.json"
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(pids))
        fresh.replace(file)


def _end(children: list[Child], told: list[Child]) -> None:
    """Tell some to end, and wait for all."""
    deadline_s = time.monotonic() + _STOP_S
    for child in told:
        child.terminate()
    for child in children:
        if not child.wait(deadline_s - time.monotonic()):
            _say(f"{child.name} did not end in {_STOP_S:.0f} s and is killed")
            child.kill()


def run(file: Path) -> int:
    """`fixgate up`: until SIGINT or SIGTERM."""
    supervisor = Supervisor(file)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.ask_to_stop())
    try:
        supervisor.start()
        _say(f"up: gRPC on {supervisor.settings.environment.listen}, logs in {supervisor.settings.data / 'log'}")
        supervisor.run()
    finally:
        supervisor.stop()
    return supervisor.exit_code


def _say(text: str) -> None:
    sys.stderr.write(f"fixgate: {text}\n")
    sys.stderr.flush()
