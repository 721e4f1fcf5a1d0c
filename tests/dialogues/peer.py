"""A FIX counterparty for tests: a real QuickFIX initiator whose received messages can be awaited one by one."""

import queue
import threading
from pathlib import Path
from typing import Self

from gateway.codec.text import Fields, fields, text
from gateway.codec.version import FIX_44, Version
from gateway.fix.config import Endpoint, SessionConfig
from gateway.fix.port import FixPort

DEADLINE_S = 10.0
NOW = "20260102-03:04:05.678"
"""TransactTime(60) of what the peer sends when it says nothing else."""
_ALIVE: list["Peer"] = []  # A test that fails keeps its objects for a while; QuickFIX crashes when they die in the wrong order.
_HEADER = (8, 9, 35, 34, 43, 49, 52, 56, 97, 122)


def broker_comp_id(port: int) -> str:
    """CompID of the broker at `port`: sessions are global in QuickFIX, so each test's session needs an identity of its own."""
    return f"SIMBROKER{port}"


class Peer:
    """One initiator session. Use as a context manager; it logs on at entry and out at exit."""

    def __init__(
        self,
        port: int,
        store: Path,
        comp_id: str = "FIXGATE",
        *,
        reset_on_logon: bool = False,
        persist_messages: bool = False,
        version: Version = FIX_44,
        start_s: float = DEADLINE_S,
        broker: str = "",
    ) -> None:
        """broker: whom to log on to, if it is not the one that listens at `port`."""
        there = broker or broker_comp_id(port)
        config = SessionConfig("peer", comp_id, there, version, reset_on_logon=reset_on_logon, persist_messages=persist_messages)
        _ALIVE.append(self)
        self._version = version
        self._start_s = start_s
        self._received: queue.Queue[Fields] = queue.Queue()
        self.online = threading.Event()
        self._port = FixPort("initiator", (config,), Endpoint("127.0.0.1", port), store, self)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Connect and log on."""
        self._port.start()
        if not self.online.wait(self._start_s):
            self._port.stop()
            raise AssertionError("no Logon")

    def stop(self) -> None:
        """Log out and close: some three seconds."""
        self._port.stop()

    def send(self, msg_type: str, *body: tuple[int, str]) -> None:
        """Send one message. Header fields in `body` come first, as FIX wants them."""
        ordered = [one for one in body if one[0] in _HEADER] + [one for one in body if one[0] not in _HEADER]
        assert self._port.send("peer", text(self._version.begin_string, msg_type, ordered))

    def receive(self, within_s: float = DEADLINE_S) -> Fields:
        """The next application message (and Reject(3)), in order of arrival. Raises queue.Empty."""
        return self._received.get(timeout=within_s)

    def receive_until(self, msg_type: str, within_s: float = DEADLINE_S) -> Fields:
        """The next message of that type; what comes before it is passed over."""
        while dict(found := self.receive(within_s))[35] != msg_type:
            pass
        return found

    def receive_rest(self, quiet_s: float = 0.5) -> list[Fields]:
        """All that still comes until the line is quiet."""
        rest: list[Fields] = []
        try:
            while True:
                rest.append(self.receive(quiet_s))
        except queue.Empty:
            return rest

    def hears_nothing(self, for_s: float) -> bool:
        """Whether the line stays quiet."""
        try:
            self.receive(for_s)
        except queue.Empty:
            return True
        return False

    def logged_on(self, session: str) -> None:
        self.online.set()

    def logged_out(self, session: str) -> None:
        self.online.clear()

    def outgoing_admin(self, session: str, raw: bytes) -> None: ...

    def outgoing_app(self, session: str, raw: bytes) -> None: ...

    def incoming_admin(self, session: str, raw: bytes) -> None:
        found = fields(raw)
        if (35, "3") in found:
            self._received.put(found)

    def incoming_app(self, session: str, raw: bytes) -> None:
        self._received.put(fields(raw))


def order(cl_ord_id: str, *changes: tuple[int, str]) -> list[tuple[int, str]]:
    """Body of a NewOrderSingle(D): buy 100 EURUSD at the market unless `changes` say otherwise."""
    body = {11: cl_ord_id, 55: "EURUSD", 54: "1", 38: "100", 40: "1", 60: NOW}
    return list((body | dict(changes)).items())
