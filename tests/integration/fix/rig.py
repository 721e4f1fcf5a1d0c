"""A worker process with its engine's end of the link in a test's hand."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from gateway import link
from gateway.codec.text import text
from gateway.codec.version import FIX_44, Version
from tests.integration.fix.counterparty import DEADLINE_S, NAME, US, Silence

F = TypeVar("F", bound=link.FromWorker)
SESSION = "S"
GRANT = link.Grant(grant=7, session_epoch=1, next_sender=1, next_target=1, reserved_to=10_000)
_START = f"""
import sys
from pathlib import Path
from gateway.codec.version import VERSIONS
from gateway.fix import worker
from gateway.fix.config import Endpoint, SessionConfig, WorkerConfig
from gateway.fix.token import Token
folder, port, socket, kind, broken, begin_string, token = sys.argv[1:]
token = Token(token) if token else None
session = SessionConfig("{SESSION}", "{US}", "{NAME}", VERSIONS[begin_string], reset_on_logon=kind == "data", token=token)
def fail(self, session):
    raise RuntimeError("a callback that fails")
if broken:
    setattr(worker.OrdersHandler, broken, fail)
worker.run(WorkerConfig(session, Endpoint("127.0.0.1", int(port)), Path(folder), Path(socket), kind == "data"))
"""
_REPOSITORY = Path(__file__).parents[3]


class Rig:
    """One worker, connected to us as its engine."""

    def __init__(
        self, folder: Path, port: int, *, kind: str = "orders", broken: str = "", version: Version = FIX_44, token: str = ""
    ) -> None:
        """broken: a callback of the worker's that raises. token: what the front door at `port` wants to see."""
        self.folder = folder
        path = folder / "link.sock"
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._listener.settimeout(DEADLINE_S)
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, str(folder / "fix"), str(port), str(path), kind, broken, version.begin_string, token],
            cwd=_REPOSITORY,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(_REPOSITORY)},
        )
        self._cutter = link.Cutter()
        self._frames: list[link.FromWorker] = []
        self.link: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, what: BaseException | None, where: TracebackType | None) -> None:
        self.hang_up()
        self._listener.close()
        if self.process.poll() is None:
            self.process.kill()
        _, said = self.process.communicate()
        if kind is not None:
            sys.stderr.write(said.decode())

    def hello(self) -> link.Hello:
        """Wait until the worker says who it is."""
        self.link, _ = self._listener.accept()
        return self.hear(link.Hello)

    def granted(self, grant: link.Grant = GRANT) -> Self:
        """Wait for its Hello, and let it log on."""
        self.hello()
        self.say(grant)
        return self

    def say(self, *frames: link.FromEngine) -> None:
        assert self.link is not None
        self.link.sendall(b"".join(link.frame(frame) for frame in frames))

    def hear(self, kind: type[F], within_s: float = DEADLINE_S) -> F:
        """The next frame of that kind; what comes before it is passed over. Raises Silence and EOFError."""
        assert self.link is not None
        deadline_s = time.monotonic() + within_s
        while True:
            while self._frames:
                frame = self._frames.pop(0)
                if isinstance(frame, kind):
                    return frame
            self.link.settimeout(max(deadline_s - time.monotonic(), 0.001))
            try:
                data = self.link.recv(1 << 16)
            except TimeoutError:
                raise Silence from None
            if not data:
                raise EOFError
            self._frames += [link.from_worker.decode(body) for body in self._cutter.feed(data)]

    def sent(self, msg_type: str) -> link.Sent:
        """The next Sent of that type."""
        while (frame := self.hear(link.Sent)).msg_type != msg_type:
            pass
        return frame

    def hang_up(self) -> None:
        if self.link is not None:
            self.link.close()
            self.link = None

    def exit_code(self, within_s: float = DEADLINE_S) -> int:
        return self.process.wait(within_s)


def order(cl_ord_id: str = "FG1", *extra: tuple[int, str], msg_type: str = "D", expire_at_ns: int = 0, seq: int = 9) -> link.Send:
    """A request as the engine writes it."""
    ids = [(11, cl_ord_id)] if msg_type == "D" else [(11, cl_ord_id), (41, "FG0")]
    rest = [(55, "EURUSD"), (54, "1"), (60, "20260102-03:04:05.678"), (38, "1000"), *([(40, "1")] if msg_type == "D" else [])]
    return link.Send(seq, cl_ord_id, cl_ord_id, msg_type, expire_at_ns, text("FIX.4.4", msg_type, [*ids, *rest, *extra]))
