"""QuickFIX's log, for one purpose: it is called between the store and the socket, where nothing else of ours is. Tests only."""

from typing import Any

import quickfix

from gateway.crash import crash


class _OutgoingLog(quickfix.Log):
    """Says nothing of anything; a crash point of every message that leaves."""

    def clear(self) -> None: ...
    def backup(self) -> None: ...
    def onIncoming(self, text: str) -> None: ...
    def onEvent(self, text: str) -> None: ...

    def onOutgoing(self, text: str) -> None:
        crash("worker.in_log_outgoing", text)


class OutgoingLogFactory(quickfix.LogFactory):
    """One log for each session, and one for all. QuickFIX owns them; without a reference here Python would free them too."""

    def __init__(self) -> None:
        super().__init__()
        self._logs: list[_OutgoingLog] = []

    def create(self, *_: Any) -> _OutgoingLog:
        log = _OutgoingLog()
        log.__disown__()
        self._logs.append(log)
        return log

    def destroy(self, _log: Any) -> None: ...
