"""The one way out of the orders session: reports leave in ledger order, after they are on disk, while the peer is logged on.

Its length is not bounded: what waits here is in the ledger anyway, and a broker never drops a report.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

import msgspec

from gateway.codec.version import FIX_44, Version
from gateway.simulator.faults import Board, Fault
from gateway.simulator.ledger import Ledger
from gateway.simulator.report import Report, message
from gateway.simulator.sent import SentLog
from oms.domain.fields import ExecType


class _Waiting(msgspec.Struct, frozen=True):
    what: Report | str
    since_s: float
    poss_resend: bool = False


class Outbox:
    """A queue and the thread that empties it. The thread holds no lock while it sends."""

    def __init__(
        self, ledger: Ledger, sent: SentLog, send: Callable[[str], bool], faults: Board, version: Version = FIX_44
    ) -> None:
        self._ledger = ledger
        self._sent = sent
        self._send = send
        self._version = version
        self._faults = faults
        self._changed = threading.Condition()
        self._waiting: deque[_Waiting] = deque()
        self._logged_on = False
        self._stopping = False
        self._put_again(ledger.past)

    def put(self, what: Iterable[Report | str]) -> None:
        """Queue reports and ready messages."""
        now_s = time.monotonic()
        with self._changed:
            self._waiting.extend([_Waiting(one, now_s) for one in what])
            self._changed.notify()

    def set_logged_on(self, logged_on: bool) -> None:
        with self._changed:
            self._logged_on = logged_on
            self._changed.notify()

    def set_faults(self, faults: Board) -> None:
        with self._changed:
            self._faults = faults
            self._changed.notify()

    def stop(self) -> None:
        """Let `run` return. What still waits is sent after the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def run(self) -> None:
        """Send until stopped."""
        while (one := self._next()) is not None:
            if isinstance(one.what, str):
                self._send(one.what)
                continue
            self._ledger.sync(one.what.seq)
            stored = self._send(message(one.what, self._version, poss_resend=one.poss_resend))
            if stored and one.what.seq:
                self._sent.mark(one.what.exec_id)

    def _put_again(self, past: Iterable[Report]) -> None:
        now_s = time.monotonic()
        unmarked = [report for report in past if report.exec_id not in self._sent.past]
        self._waiting.extend([_Waiting(report, now_s, poss_resend=True) for report in unmarked])

    def _next(self) -> _Waiting | None:
        """The next to send, when it may be sent; None when stopped."""
        with self._changed:
            while not self._stopping:
                wait_s = self._wait_s()
                if wait_s == 0:
                    return self._waiting.popleft()
                self._changed.wait(wait_s)
        return None

    def _wait_s(self) -> float | None:
        """How long until the first in the queue may go; None when that depends on a change."""
        if not self._waiting or not self._logged_on or Fault.SILENT in self._faults:
            return None
        first = self._waiting[0]
        if isinstance(first.what, str) or first.what.exec_type is not ExecType.NEW:
            return 0
        due_s = first.since_s + self._faults.get(Fault.DELAY_ACK, 0) / 1000
        return max(due_s - time.monotonic(), 0)
