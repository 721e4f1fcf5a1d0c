"""QuickFIX's log: the one place that sees every message as it was on the wire, also those that QuickFIX then drops by itself.

It is called before a message that came in is looked at, and, for one that leaves, between the store and the socket, where
nothing else of ours is: a crash point.
"""

from collections.abc import Callable
from typing import Any

import quickfix

from gateway.crash import crash
from gateway.fix.tap import Tap

Guard = Callable[[Callable[..., None]], Callable[..., None]]
"""What makes a callback of one that may raise: QuickFIX must see no exception."""


class _WireLog(quickfix.Log):
    """Tells the tap, if there is one. Called on QuickFIX's threads."""

    def __init__(self, tap: Tap | None, guard: Guard) -> None:
        super().__init__()
        self._incoming = guard(_nothing if tap is None else tap.incoming)
        self._event = guard(_nothing if tap is None else tap.event)

    def clear(self) -> None: ...
    def backup(self) -> None: ...

    def onIncoming(self, text: str) -> None:
        self._incoming(text)

    def onEvent(self, text: str) -> None:
        self._event(text)

    def onOutgoing(self, text: str) -> None:
        crash("worker.in_log_outgoing", text)


def _nothing(_text: str) -> None: ...


class WireLogFactory(quickfix.LogFactory):
    """One log for each session, and one for all. QuickFIX owns them; without a reference here Python would free them too."""

    def __init__(self, tap: Tap | None, guard: Guard) -> None:
        super().__init__()
        self._tap = tap
        self._guard = guard
        self._logs: list[_WireLog] = []

    def create(self, *_: Any) -> _WireLog:
        log = _WireLog(self._tap, self._guard)
        log.__disown__()
        self._logs.append(log)
        return log

    def destroy(self, _log: Any) -> None: ...
