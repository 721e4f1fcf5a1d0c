"""A client over FIX, the engine's real rules, and a venue: everything but sockets and processes, in a test's hand."""

from msgspec.structs import replace

from gateway import link
from gateway.cell import Cell, SessionKind, SessionPlan
from gateway.codec.text import SOH, Fields, fields
from gateway.rules import FromLink
from gateway.sessions import SessionGranted, SessionLoggedOn, SessionReady
from oms.domain.events import Event
from tests.support import orders
from tests.support.model_engine import Engine, Row

CLIENT = "ALPHA"
PRINCIPAL = f"fix:{CLIENT}"
PLAN = SessionPlan(CLIENT, SessionKind.CLIENTS, accounts=frozenset({"DESK1"}), default_account="DESK1")
CELL = replace(orders.CELL, sessions=(*orders.CELL.sessions, PLAN))
BOOT = "boot"


class ClientSide:
    """Both sessions are up; the client's worker hands over whatever it is given, unless it is told to be deaf."""

    def __init__(self, cell: Cell = CELL, journal: list[Row] | None = None) -> None:
        self.engine = Engine(cell, journal or [], orders.SECOND)
        self.released: list[link.Send] = []
        """What went out to the client's worker."""
        self.is_deaf = False
        self.is_venue_deaf = False
        """Whether the venue's worker says nothing of what it is given."""
        self.raws: dict[str, str] = {}
        """What went out to the venue last, by ClOrdID."""
        self.number = 0
        """The last MsgSeqNum(34) under which a report was handed over."""
        self._client_number = self.engine.state.sessions[CLIENT].next_target - 1
        self._venue_number = self.engine.state.sessions[orders.SESSION].next_target - 1
        for session in (orders.SESSION, CLIENT):
            known = self.engine.state.sessions[session]
            grant = SessionGranted(session, 1, known.last_sender + 1, known.next_target, 10_000, trusted=True, pid=1)
            self.add(grant, SessionLoggedOn(session), SessionReady(session))
        self.engine.state.quotes["EURUSD"] = replace(orders.QUOTE, at_ns=self.engine.at_ns)

    def add(self, *events: Event) -> None:
        """Facts, committed."""
        for event in events:
            self.engine.add(event)
        self.commit()

    def asks(self, text: str, number: int = 0) -> list[Fields]:
        """The client sends `35=D|11=…`; returns what it hears because of that."""
        self._client_number = number or self._client_number + 1
        self._take(CLIENT, self._client_number, text)
        return self.commit()

    def venue_says(self, text: str) -> list[Fields]:
        """The venue sends `35=8|11=…`; returns what the client hears because of that."""
        self._venue_number += 1
        self._take(orders.SESSION, self._venue_number, text)
        return self.commit()

    def worker_says(self, frame: link.FromWorker) -> list[Fields]:
        """A frame of the client's worker."""
        self.engine.take(FromLink(CLIENT, self.engine.state.sessions[CLIENT].grant, frame))
        return self.commit()

    def commit(self) -> list[Fields]:
        """Make everything durable; the workers do what they are told."""
        heard: list[Fields] = []
        for out in self.engine.commit():
            if not isinstance(out.frame, link.Send):
                continue
            if out.session != CLIENT:
                self.raws[out.frame.cl_ord_id] = out.frame.text
                if not self.is_venue_deaf:
                    self.engine.take(FromLink(out.session, out.grant, _sent(self.engine, out.session, out.frame)))
                continue
            assert out.grant == self.engine.state.sessions[CLIENT].grant
            self.released.append(out.frame)
            heard.append(fields(out.frame.text.encode()))
            if not self.is_deaf:
                self.number = self.engine.state.sessions[CLIENT].last_sender + 1
                self.engine.take(FromLink(CLIENT, out.grant, handed_over(out.frame, self.number)))
        self.engine.commit()
        return heard

    def _take(self, session: str, number: int, text: str) -> None:
        msg_type, _, rest = text.partition("|")
        raw = f"8=FIX.4.4|9=0|{msg_type}|34={number}|{rest}|10=000|".replace("|", SOH).encode("latin-1")
        self.engine.take(FromLink(session, self.engine.state.sessions[session].grant, link.Received(raw)))


def handed_over(send: link.Send, number: int) -> link.Sent:
    """What the worker says when it has handed the report over."""
    return link.Sent(number, "", "", send.msg_type, send.text.encode(), send.seq)


def _sent(engine: Engine, session: str, send: link.Send) -> link.Sent:
    number = engine.state.sessions[session].last_sender + 1
    return link.Sent(number, send.cl_ord_id, send.root_id, send.msg_type, send.text.encode())
