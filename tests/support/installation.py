"""A whole installation for tests: `fixgate up` and the simulated broker as real processes, in a folder of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway import crash
from gateway.codec.version import FIX_44, VERSIONS
from ops import settings as files
from ops.database import EmbeddedPostgres
from ops.dev_ca import Identity, ensure
from tests.dialogues.peer import broker_comp_id
from tests.support.front_door import FrontDoor
from tests.support.polling import eventually
from tests.support.ports import free_port

REPOSITORY = Path(__file__).parents[2]
STOP_S = 40.0
"""Longer than the supervisor gives its children."""
PROGRAM = (sys.executable, "-m", "ops.cli")
BROKER = "broker"
JOURNAL = "journal"
"""The engine's own child, which writes the journal."""
_LOG_LINES = 15


class Installation:
    """What one machine runs. Its processes are ended by their own ids, and only if they work in its folder."""

    def __init__(
        self,
        folder: Path,
        faults: Sequence[str] = (),
        engine_core: int = -1,
        begin_string: str = "FIX.4.4",
        *,
        has_client: bool = False,
        crash_points: Path | None = None,
        clients: Sequence[str] = (),
        heart_bt_int_s: int = 10,
        alarms: Mapping[str, int] | None = None,
        door: FrontDoor | None = None,
        snapshot_records: int = 0,
    ) -> None:
        """Write the files of the shipped development environment, with folders and ports of its own; start nothing.

        faults: what the broker is asked for at each start (gateway.simulator.faults), such as `partial`.
        engine_core: a processor for the engine alone; -1 for none.
        begin_string: the version of FIX between the gateway and the broker.
        crash_points: the folder in which crash points are armed (gateway.crash), if any are to be.
        has_client: whether the shipped example of a FIX client may trade, at `client_port`.
        clients: the versions of FIX of more such clients, at `client_ports`.
        door: what stands between the network and the FIX workers; None for nothing.
        heart_bt_int_s: how often the gateway and the broker say that they live: the shorter, the sooner silence is noticed.
        alarms: what of the broker's [alarms] is to be otherwise.
        snapshot_records: after how many records of the journal a snapshot is taken; 0 for as many as the shipped file says.
        """
        self._environment = os.environ | ({crash.VARIABLE: str(crash_points)} if crash_points else {})
        self.folder = folder
        self.file = folder / "environment.toml"
        self.ledger = folder / "broker" / "ledger.jsonl"
        self.broker_port = free_port()
        self.client_ports = {version: free_port() for version in (*([FIX_44.begin_string] if has_client else []), *clients)}
        """Of each FIX client, by its version."""
        self._up: subprocess.Popen[bytes] | None = None
        self._broker: subprocess.Popen[bytes] | None = None
        self.ledger.parent.mkdir(parents=True)
        self._faults = tuple(faults)
        self.door = door
        own = {"snapshot_records": snapshot_records} if snapshot_records else {}
        self._write_files(own | {"engine_core": engine_core}, begin_string, heart_bt_int_s, alarms or {})
        self.settings = files.load(self.file)

    def __enter__(self) -> Self:
        self.start_broker()
        self.start_up()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    # --- life ---------------------------------------------------------------------------------------------------------

    def start_up(self) -> None:
        """Start the supervisor, which starts the rest. It is not ready yet: ask it by a client."""
        self._up = self._start("up", "up", "--config", str(self.file))

    def start_broker(self) -> None:
        """Start the simulated broker, again on the same ledger if it had one. It may not listen yet."""
        port, data = str(self.broker_port), str(self.ledger.parent)
        begin_string = self.settings.counterparties[0].begin_string
        faults = [argument for fault in self._faults for argument in ("--fault", fault)]
        self._broker = self._start(BROKER, "simulator", "--port", port, "--data", data, "--begin-string", begin_string, *faults)

    def stop(self) -> None:
        """End everything, as an operator does; what does not end in time is killed."""
        up, broker = self._up, self._broker
        self._up = self._broker = None
        leftovers = self.pids() if up is not None else {}
        for process in (up, broker):
            if process is not None and process.poll() is None:
                process.terminate()
        for process in (up, broker):
            if process is not None:
                _wait(process)
        for pid in leftovers.values():
            if self._is_ours(pid):
                os.kill(pid, signal.SIGKILL)

    def pause(self, name: str) -> int:
        """SIGSTOP: it hangs, with whatever it had in its hands and in its buffers. Returns the process id."""
        pid = self._living(name)
        os.kill(pid, signal.SIGSTOP)
        return pid

    def kill(self, name: str) -> int:
        """SIGKILL: `broker`, `postgres`, `engine`, `journal` or a session. Returns the process id; waits until there is one."""
        pid = self._living(name)
        os.kill(pid, signal.SIGKILL)
        if name == BROKER and self._broker is not None:
            self._broker.wait()
        return pid

    # --- looks --------------------------------------------------------------------------------------------------------

    def pid(self, name: str) -> int | None:
        """The living process of this name."""
        if name == BROKER:
            broker = self._broker
            return broker.pid if broker is not None and broker.poll() is None else None
        if name == JOURNAL:
            return self._journal_pid()
        pid = self.pids().get(name)
        return pid if pid is not None and self._is_ours(pid) else None

    def is_up(self) -> bool:
        """Whether the supervisor lives."""
        return self._up is not None and self._up.poll() is None

    def pids(self) -> dict[str, int]:
        """What the supervisor last wrote of its children; some may have ended since."""
        try:
            found: dict[str, int | None] = json.loads((self.settings.data / "run" / "pids.json").read_text())
        except FileNotFoundError:
            return {}
        return {name: pid for name, pid in found.items() if pid is not None}

    @property
    def address(self) -> str:
        """Where gRPC listens: host:port."""
        return self.settings.environment.listen

    @property
    def principals(self) -> tuple[str, ...]:
        """As `role/name`, in the order of the file."""
        return tuple(principal.spiffe_id.split("/", 4)[4] for principal in self.settings.environment.principals)

    @property
    def client_port(self) -> int:
        """Of the client that speaks FIX 4.4; 0 where there is none."""
        return self.client_ports.get(FIX_44.begin_string, 0)

    def client_name(self, version: str) -> str:
        """The session of the client that speaks this version."""
        return "EXAMPLE" if version == FIX_44.begin_string else f"EXAMPLE-{version}"

    def identity(self, principal: str) -> Identity:
        """The client certificate of `principal`, such as `trader/desk1`."""
        return ensure(self.settings.certificates, self.settings.environment.environment, self.principals).clients[principal]

    @property
    def dsn(self) -> str:
        """The embedded database's address."""
        return EmbeddedPostgres(self.settings.data / "postgres").dsn

    def ends_of_logs(self) -> str:
        """The last lines of every process, for a failure's message."""
        logs = [*sorted(self.folder.glob("*.log")), *sorted((self.settings.data / "log").glob("*.log"))]
        ends = [(log.name, log.read_text(errors="replace").splitlines()[-_LOG_LINES:]) for log in logs]
        return "\n".join(f"--- {name}\n" + "\n".join(lines) for name, lines in ends)

    # --- below --------------------------------------------------------------------------------------------------------

    def _write_files(self, own: Mapping[str, int], begin_string: str, heart_bt_int_s: int, alarms: Mapping[str, int]) -> None:
        counterparty = self.folder / "simbroker.toml"
        text = (REPOSITORY / "counterparties" / "simbroker.toml").read_text()
        has_mass_requests = VERSIONS[begin_string].has_mass_requests
        port = self.door.venue_port if self.door is not None and self.door.venue_port else self.broker_port
        words = _set(text, port=port, begin_string=begin_string, heart_bt_int_s=heart_bt_int_s, **alarms)
        counterparty.write_text(_set(words, mass_status=has_mass_requests) + (self.door.of_venue if self.door else ""))
        listen, data = f"127.0.0.1:{free_port()}", str(self.folder / "data")
        values: dict[str, object] = {
            "data": data,
            "listen": listen,
            "counterparties": [str(counterparty)],
            **own,
        }
        if self.client_ports:
            values["clients"] = [str(self._client_file(version, port)) for version, port in self.client_ports.items()]
        text = _set((REPOSITORY / "environments" / "dev.toml").read_text(), **values)
        self.file.write_text(text + (self.door.of_environment if self.door else ""))

    def _client_file(self, version: str, port: int) -> Path:
        file = self.folder / f"client-{version}.toml"
        text = (REPOSITORY / "clients" / "example.toml").read_text()
        ids = {"sender_comp_id": broker_comp_id(port), "target_comp_id": "FIXGATE"}
        words = _set(text, name=self.client_name(version), port=port, begin_string=version, **ids)
        file.write_text(words + (self.door.of_client(self.client_name(version)) if self.door else ""))
        return file

    def _start(self, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """In a session of its own, so that Ctrl-C reaches us alone and we end things in order."""
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [*PROGRAM, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
                env=self._environment,
                start_new_session=True,
            )

    def _living(self, name: str) -> int:
        pid = eventually(lambda: self.pid(name), seconds=60)
        assert pid is not None
        return pid

    def _journal_pid(self) -> int | None:
        try:
            engine = self.pid("engine")
            children = Path(f"/proc/{engine}/task/{engine}/children").read_text().split()
            return next(
                (int(pid) for pid in children if b"oms.journal.process" in Path(f"/proc/{pid}/cmdline").read_bytes()), None
            )
        except (FileNotFoundError, ProcessLookupError):  # One of them has ended meanwhile.
            return None

    def _is_ours(self, pid: int) -> bool:
        """Whether the process lives and has our folder among its arguments: process ids are used again."""
        try:
            return os.fsencode(self.folder) in Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return False


@contextmanager
def installation(
    *faults: str,
    has_client: bool = False,
    clients: Sequence[str] = (),
    heart_bt_int_s: int = 10,
    alarms: Mapping[str, int] | None = None,
) -> Iterator[Installation]:
    """A running installation in a temporary folder, gone afterwards.

    The folder is not pytest's: the database runs as another user where we are root, and must get there.
    """
    folder = Path(tempfile.mkdtemp(prefix="fixgate-test-"))
    try:
        with Installation(
            folder, faults, has_client=has_client, clients=clients, heart_bt_int_s=heart_bt_int_s, alarms=alarms
        ) as running:
            yield running
    finally:
        shutil.rmtree(folder)


def _set(text: str, **values: object) -> str:
    """The TOML text with other values for keys that it has."""
    for key, value in values.items():
        text, count = re.subn(rf"^{key} = .*$", f"{key} = {json.dumps(value)}", text, flags=re.MULTILINE)
        assert count == 1, f"{count} lines set {key}"
    return text


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
