"""The one way out of the orders session: reports leave in ledger order, after they are on disk, while the peer is logged on.

Its length is not bounded: what waits here is in the ledger anyway, and a broker never drops a report.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

import msgspec

from gateway.codec.version import FIX_44, Version
from gateway.simulator.faults import AliveButSilent, Delay, Drop, Duplicate, Fault, LateAck, Reorder
from gateway.simulator.ledger import Ledger
from gateway.simulator.report import Report, message
from gateway.simulator.sent import SentLog
from gateway.simulator.switchboard import Switchboard
from oms.domain.fields import ExecType

_LOOK_S = 0.05
_BEFALL = (LateAck, Delay, Drop, Duplicate, Reorder)


class _Waiting(msgspec.Struct, frozen=True):
    what: Report | str
    due_s: float
    poss_resend: bool = False
    fault: Fault | None = None


class Outbox:
    """A queue and the thread that empties it. The thread holds no lock while it sends."""

    def __init__(
        self, ledger: Ledger, sent: SentLog, send: Callable[[str], bool], faults: Switchboard, version: Version = FIX_44
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
        with self._changed:
            self._waiting.extend([self._fated(one) for one in what])
            self._changed.notify()

    def set_logged_on(self, logged_on: bool) -> None:
        with self._changed:
            self._logged_on = logged_on
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
            else:
                self._say(one.what, one.poss_resend, one.fault)

    def _say(self, report: Report, poss_resend: bool, fault: Fault | None) -> None:
        self._ledger.sync(report.seq)
        text = message(report, self._version, poss_resend=poss_resend)
        copies = 0 if isinstance(fault, Drop) else 1 + (fault.copies if isinstance(fault, Duplicate) else 0)
        stored = [self._send(text) for _ in range(copies)]
        if all(stored) and report.seq:  # What is dropped counts as said, or the next start would say it.
            self._sent.mark(report.exec_id)

    def _put_again(self, past: Iterable[Report]) -> None:
        unmarked = [report for report in past if report.exec_id not in self._sent.past]
        self._waiting.extend([_Waiting(report, 0.0, poss_resend=True) for report in unmarked])

    def _fated(self, what: Report | str) -> _Waiting:
        """With the fault that befalls it, which is settled when it is said, however long it then waits."""
        now_s = time.monotonic()
        if isinstance(what, str):
            return _Waiting(what, now_s)
        msg_type = "9" if what.exec_type is None else "8"
        self._faults.strike(AliveButSilent, msg_type)
        kinds = _BEFALL if what.exec_type is ExecType.NEW else _BEFALL[1:]
        fault = self._faults.strike(kinds, msg_type)
        held_ms = fault.ms if isinstance(fault, LateAck | Delay | Reorder) else 0
        return _Waiting(what, now_s + held_ms / 1000, fault=fault)

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
        if not self._waiting or not self._logged_on:
            return None
        if self._faults.is_on(AliveButSilent):
            return _LOOK_S  # It may end by itself.
        if isinstance(self._waiting[0].fault, Reorder) and len(self._waiting) > 1:
            self._let_overtake()
        return max(self._waiting[0].due_s - time.monotonic(), 0)

    def _let_overtake(self) -> None:
        """The second goes first; the first then follows at once, and is overtaken no more."""
        late = self._waiting.popleft()
        self._waiting.insert(1, msgspec.structs.replace(late, due_s=0.0, fault=None))
