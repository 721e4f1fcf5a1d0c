"""The lean venue as a protocol core: bytes in, answers out, no I/O. `tests.bench.venue` is the process around it."""

import re
from collections.abc import Callable

from tests.bench.fix_text import CHECKSUM_TAG, SOH, Clock, fields, framed

TICK_S = 0.1  # how often quotes are sent again
BID, OFFER = b"1.38490", b"1.38510"
QUOTED_SIZE = b"100000000"

# An order as QuickFIX writes it: the body in ascending order of tags. Any other layout goes the slow way, through `fields`.
LIMIT_ORDER = re.compile(
    rb"\x0135=D\x01.*?\x0111=([^\x01]+).*?\x0138=([^\x01]+)\x0140=2\x0144=([^\x01]+).*?\x0154=(.)\x0155=([^\x01]+)", re.DOTALL
)
Order = tuple[bytes, bytes, bytes, bytes, bytes]  # OrderID, OrderQty, Price, Side, Symbol


class Session:
    """Our half of one FIX session: the CompIDs, our next MsgSeqNum(34), HeartBtInt(108). It outlives its connections."""

    def __init__(self, ours: bytes, peer: bytes) -> None:
        self.header = b"\x0134=%%d\x0149=%b\x0152=%%b\x0156=%b\x01" % (ours, peer)
        self.next_out = 1
        self.heart_bt_int = 30

    def message(self, msg_type: bytes, body: bytes, sending_time: bytes) -> bytes:
        """The next message of this session."""
        number = self.next_out
        self.next_out += 1
        return framed(b"35=" + msg_type + self.header % (number, sending_time) + body)


class Venue:
    """What all connections share: the sessions, every order ever filled, and the names it gives out."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id.encode()  # Makes OrderID and ExecID unique over restarts of the venue.
        self.sessions: dict[bytes, Session] = {}
        self.orders: dict[bytes, Order] = {}  # by ClOrdID(11)
        self.reports = 0
        self.clock = Clock()

    def session(self, ours: bytes, peer: bytes) -> Session:
        """The session with `peer`, with the numbers of its last connection."""
        return self.sessions.setdefault(peer, Session(ours, peer))


class Conversation:
    """One connection as a protocol core: bytes in, answers out, no I/O."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.session: Session | None = None
        self.closing = False
        self.quotes: dict[bytes, bytes] = {}  # body of the snapshot by MDReqID(262)
        self._rest = b""
        self._quiet_ticks = 0
        self._new = self._trade = b""
        self._answers: dict[bytes, Callable[[Session, dict[bytes, bytes], bytes], bytes]] = {
            b"0": self._nothing,
            b"1": self._test_request,
            b"2": self._resend_request,
            b"3": self._nothing,
            b"4": self._nothing,
            b"5": self._logout,
            b"A": self._again,
            b"D": self._new_order,
            b"F": self._cancel,
            b"H": self._status,
            b"V": self._market_data,
        }

    def receive(self, data: bytes) -> bytes:
        """The answers to `data`, which may start and end within a message."""
        # Cut before each CheckSum's value: a piece starts with that of the message before it.
        *messages, self._rest = (self._rest + data).split(CHECKSUM_TAG)
        now = self.venue.clock.now()
        answers = []
        for message in messages:
            order = LIMIT_ORDER.search(message) if self.session else None
            answers.append(self._fill(now, *order.groups()) if order else self._other(message + SOH, now))
        reply = b"".join(answers)
        if reply:
            self._quiet_ticks = 0
        return reply

    def tick(self) -> bytes:
        """What is due every `TICK_S`: the quotes again, and a Heartbeat if nothing else was sent for HeartBtInt."""
        if self.session is None:
            return b""
        now = self.venue.clock.now()
        self._quiet_ticks += 1
        if self.quotes:
            self._quiet_ticks = 0
        if self._quiet_ticks * TICK_S >= self.session.heart_bt_int:
            self._quiet_ticks = 0
            return self.session.message(b"0", b"", now)
        return b"".join(self.session.message(b"W", body, now) for body in self.quotes.values())

    def _fill(self, now: bytes, cl_ord_id: bytes, order_qty: bytes, price: bytes, side: bytes, symbol: bytes) -> bytes:
        """New, then Trade in full at `price`. Runs once per order: everything that can be is in the templates."""
        session, venue = self.session, self.venue
        assert session is not None
        report, number = venue.reports + 1, session.next_out
        venue.reports += 2
        session.next_out += 2
        order_id = b"%b-%d" % (venue.run_id, report)
        venue.orders[cl_ord_id] = (order_id, order_qty, price, side, symbol)
        named = b"37=%b\x0111=%b\x0155=%b\x0154=%b\x0138=%b\x0160=%b\x01" % (order_id, cl_ord_id, symbol, side, order_qty, now)
        return framed(self._new % (number, now, report, order_qty, named)) + framed(
            self._trade % (number + 1, now, report + 1, order_qty, price, order_qty, price, named)
        )

    def _other(self, message: bytes, now: bytes) -> bytes:
        """Everything but a plain limit order."""
        values = fields(message)
        if self.session is None:
            return self._logon(values, now)
        answer = self._answers.get(values[b"35"])
        if answer is None:
            body = b"45=%b\x01372=%b\x01380=3\x01" % (values[b"34"], values[b"35"])  # 380=3: unsupported message type
            return self.session.message(b"j", body, now)
        return answer(self.session, values, now)

    def _logon(self, values: dict[bytes, bytes], now: bytes) -> bytes:
        if values.get(b"35") != b"A":
            self.closing = True  # The first message of a connection must be a Logon.
            return b""
        session = self.session = self.venue.session(values[b"56"], values[b"49"])
        report = b"35=8" + session.header + b"17=%b-%%d\x01" % self.venue.run_id
        self._new = report + b"150=0\x0139=0\x01151=%b\x0114=0\x016=0\x01%b"
        self._trade = report + b"150=F\x0139=2\x0132=%b\x0131=%b\x01151=0\x0114=%b\x016=%b\x01%b"
        return self._again(session, values, now)

    def _again(self, session: Session, values: dict[bytes, bytes], now: bytes) -> bytes:
        """Answer a Logon: the first one, or one that resets the numbers while the session is up."""
        session.heart_bt_int = int(values[b"108"])
        reset = values.get(b"141") == b"Y"
        if reset:
            session.next_out = 1
        return session.message(b"A", b"98=0\x01108=%d\x01%b" % (session.heart_bt_int, b"141=Y\x01" if reset else b""), now)

    def _logout(self, session: Session, _values: dict[bytes, bytes], now: bytes) -> bytes:
        self.closing = True
        return session.message(b"5", b"", now)

    def _nothing(self, _session: Session, _values: dict[bytes, bytes], _now: bytes) -> bytes:
        return b""

    def _test_request(self, session: Session, values: dict[bytes, bytes], now: bytes) -> bytes:
        return session.message(b"0", b"112=%b\x01" % values[b"112"], now)

    def _resend_request(self, session: Session, values: dict[bytes, bytes], now: bytes) -> bytes:
        """One SequenceReset-GapFill from BeginSeqNo(7) to our next number; it takes no number of its own."""
        header = session.header % (int(values[b"7"]), now)
        return framed(b"35=4" + header + b"43=Y\x01122=%b\x01123=Y\x0136=%d\x01" % (now, session.next_out))

    def _new_order(self, _session: Session, values: dict[bytes, bytes], now: bytes) -> bytes:
        """An order without a limit price, or laid out in another way than QuickFIX does."""
        price = values.get(b"44") or (OFFER if values[b"54"] == b"1" else BID)
        return self._fill(now, values[b"11"], values[b"38"], price, values[b"54"], values[b"55"])

    def _cancel(self, session: Session, values: dict[bytes, bytes], now: bytes) -> bytes:
        """Canceled, whatever became of the order: an echo, not a broker."""
        return self._report(session, values, b"4", b"4", b"41=%b\x01" % values[b"41"], now)

    def _status(self, session: Session, values: dict[bytes, bytes], now: bytes) -> bytes:
        """ExecType=OrderStatus(I): Filled if we had the order, else Rejected as an unknown order."""
        if values[b"11"] in self.venue.orders:
            return self._report(session, values, b"I", b"2", b"", now)
        return self._report(session, values, b"I", b"8", b"103=5\x01", now)  # 103=5: unknown order

    def _report(
        self, session: Session, values: dict[bytes, bytes], exec_type: bytes, ord_status: bytes, more: bytes, now: bytes
    ) -> bytes:
        """A report on the order that `values` names by OrigClOrdID(41) or ClOrdID(11)."""
        unknown = (b"NONE", b"0", b"0", values[b"54"], values[b"55"])
        order = self.venue.orders.get(values.get(b"41", values[b"11"]))
        order_id, order_qty, price, side, symbol = order or unknown
        self.venue.reports += 1
        status = b"17=%b-%d\x01150=%b\x0139=%b\x01151=0\x01" % (self.venue.run_id, self.venue.reports, exec_type, ord_status)
        totals = b"14=%b\x016=%b\x0137=%b\x0111=%b\x01" % (order_qty, price, order_id, values[b"11"])
        named = b"55=%b\x0154=%b\x0138=%b\x0160=%b\x01" % (symbol, side, order_qty, now)
        return session.message(b"8", status + totals + named + more, now)

    def _market_data(self, session: Session, values: dict[bytes, bytes], now: bytes) -> bytes:
        """A snapshot now, and with SubscriptionRequestType(263)=1 again with every tick. One Symbol(55) per request."""
        md_req_id = values[b"262"]
        if values[b"263"] == b"2":  # 2: unsubscribe
            self.quotes.pop(md_req_id, None)
            return b""
        sides = b"269=0\x01270=%b\x01271=%b\x01269=1\x01270=%b\x01271=%b\x01" % (BID, QUOTED_SIZE, OFFER, QUOTED_SIZE)
        body = b"262=%b\x0155=%b\x01268=2\x01%b" % (md_req_id, values[b"55"], sides)
        if values[b"263"] == b"1":  # 1: snapshot and updates
            self.quotes[md_req_id] = body
        return session.message(b"W", body, now)
