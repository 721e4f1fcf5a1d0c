"""QuickFIX's threads keep Python's state while business messages come, and give it back at logout."""

import threading
from pathlib import Path

from gateway.fix.config import Endpoint, SessionConfig
from gateway.fix.port import FixPort
from tests.support.polling import eventually
from tests.support.ports import free_port

ORDER = "8=FIX.4.4\x019=0\x0135=D\x0111=%d\x0138=100\x0140=1\x0154=1\x0155=EURUSD\x0160=20260101-00:00:00\x0110=000\x01"


class Listener:
    """Counts in a variable of the thread that it is called on: it starts anew whenever that thread's state does."""

    def __init__(self) -> None:
        self._thread = threading.local()
        self.is_logged_on = False
        self.counts: list[int] = []
        self.count_at_logout = -1

    def logged_on(self, session: str) -> None:
        self.is_logged_on = True

    def logged_out(self, session: str) -> None:
        self.is_logged_on = False
        self.count_at_logout = getattr(self._thread, "count", 0)

    def outgoing_admin(self, session: str, raw: bytes) -> None: ...
    def outgoing_app(self, session: str, raw: bytes) -> None: ...
    def incoming_admin(self, session: str, raw: bytes) -> None: ...

    def incoming_app(self, session: str, raw: bytes) -> None:
        self._thread.count = getattr(self._thread, "count", 0) + 1
        self.counts.append(self._thread.count)


def test_a_thread_keeps_its_state_between_messages_and_over_reconnects(tmp_path: Path) -> None:
    endpoint = Endpoint("127.0.0.1", free_port())
    here, there = Listener(), Listener()
    acceptor = FixPort("acceptor", (SessionConfig("S", "BROKER", "US"),), endpoint, tmp_path / "there", there)
    initiator = FixPort("initiator", (SessionConfig("S", "US", "BROKER"),), endpoint, tmp_path / "here", here)
    acceptor.start()
    try:
        for day in range(2):
            initiator.start()
            eventually(lambda: here.is_logged_on)
            for number in range(3):
                initiator.send("S", ORDER % number)
            eventually(lambda: len(there.counts) == 3 * (day + 1))  # noqa: B023  It is asked at once.
            initiator.stop()
            eventually(lambda: not there.is_logged_on)
            assert there.count_at_logout == 3
    finally:
        acceptor.stop()
    assert there.counts == [1, 2, 3, 1, 2, 3]
