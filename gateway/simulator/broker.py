"""The simulated broker as a process: two FIX sessions, one book, one ledger; or a stage for scenarios.

Who does what. QuickFIX's thread reads a request, decides it under the one lock, and hands the ledger line to the kernel before
`incoming_app` returns: only then does QuickFIX count the message. So a SIGKILL at any moment leaves a request that QuickFIX asks
for again, or one in the ledger, or both; the repetition carries PossDupFlag(43)=Y and is answered with the order's status. The
fsync is left to the outbox's thread, before it sends: a burst shares one, and nobody hears of what is not on disk. (A power
loss may also roll back QuickFIX's own store, which is never synced; a simulator does not promise more than that.) The quotes
have a thread of their own and meet the book under the same lock. No lock is held while anything is sent.
"""

import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator

from gateway.codec import text as fix_text
from gateway.codec.text import Fields, Garbled, fields
from gateway.codec.version import FIX_44, VERSIONS, Version
from gateway.fix.config import Endpoint, SessionConfig
from gateway.fix.port import FixPort, guarded
from gateway.simulator import entries, fault_file, quotes
from gateway.simulator.book import Book
from gateway.simulator.config import SimulatorConfig
from gateway.simulator.entries import Unusable
from gateway.simulator.faults import Bust, NoStatus, Partial, RejectNew
from gateway.simulator.fields import SECOND_NS
from gateway.simulator.ledger import Ledger, LedgerDamaged, LedgerInUse
from gateway.simulator.market_data import MarketData
from gateway.simulator.network import Network
from gateway.simulator.outbox import Outbox
from gateway.simulator.playing import Unexpected
from gateway.simulator.quote import Quote
from gateway.simulator.quotes import MS_NS, Move, QuotesUnreadable
from gateway.simulator.report import Report
from gateway.simulator.requests import Malformed, MassStatusRequest, NewOrder, StatusRequest, Unsupported, read
from gateway.simulator.scenario import ScenarioUnreadable, load
from gateway.simulator.sent import SentLog
from gateway.simulator.stage import CaseUnknown, Stage
from gateway.simulator.switchboard import Switchboard
from oms.domain.fields import ExecType

ORDERS, MARKET_DATA = "orders", "market-data"
EXIT_CANNOT_START = 2
_TIME_PASSES_S = 0.2
_STOP_S = 15
_UNSUPPORTED, _OTHER = "3", "0"  # BusinessRejectReason(380)


class CannotStart(Exception):
    """The configuration, a file or the port is wrong: says which."""


class Broker:
    """The book between its sessions and its quotes. Made, started, stopped; a gateway.fix.port.Handler."""

    def __init__(self, config: SimulatorConfig, moves: Iterator[Move]) -> None:
        """`moves` is the market; its first quote is there before anybody can trade."""
        config.data.mkdir(parents=True, exist_ok=True)
        self.config = config
        self._version = VERSIONS[config.begin_string]
        self._moves = moves
        self.faults = _faults(config)
        self._busts: list[tuple[int, Report]] = []
        """Executions that will not have been, each with its time."""
        self._ledger = Ledger(config.data / "ledger.jsonl")
        self._sent = SentLog(config.data / "sent.log")
        self._lock = threading.Lock()
        self._stage = _stage(config)
        self._book = Book(config.symbol, config.displayed_qty, _id_prefix(self._ledger.past, time.time_ns()), self._ledger.past)
        self._market_data = MarketData(config.symbol, config.displayed_qty, self._version)
        self._network = Network(config, self.faults)
        behind = Endpoint("127.0.0.1", self._network.target_port)
        self._port = FixPort("acceptor", _sessions(config, self._version), behind, config.data / "fix", self)
        self._outbox = Outbox(self._ledger, self._sent, lambda text: self._port.send(ORDERS, text), self.faults, self._version)
        self._quoted = threading.Event()
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=guarded(run)) for run in (self._outbox.run, self._drive, self._publish)]

    # --- life ---------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        with self._lock:
            self._record(self._book.on_restart(time.time_ns()))
        self.on_quote(next(self._moves).quote)
        self._port.start()
        self._network.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Log out, close, and leave the files as the next start wants them."""
        self._stopping.set()
        self._quoted.set()
        self._outbox.stop()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_STOP_S)
        self._port.stop()
        self._network.stop()
        self._sent.close()
        self._ledger.close()

    def on_quote(self, quote: Quote) -> None:
        """The market moved."""
        with self._lock:
            self._book.fills_in_halves = self.faults.is_on(Partial)
            self._record(self._book.on_quote(quote, time.time_ns()))
        self._quoted.set()

    # --- what QuickFIX says -------------------------------------------------------------------------------------------

    def logged_on(self, session: str) -> None:
        if session == ORDERS:
            self._outbox.set_logged_on(True)
            if self._stage is not None:
                self._outbox.put(self._stage.log_on(time.time_ns()))

    def logged_out(self, session: str) -> None:
        if session == ORDERS:
            self._outbox.set_logged_on(False)
        else:
            self._market_data.clear()

    def outgoing_admin(self, session: str, raw: bytes) -> None: ...

    def outgoing_app(self, session: str, raw: bytes) -> None: ...

    def incoming_admin(self, session: str, raw: bytes) -> None: ...

    def incoming_app(self, session: str, raw: bytes) -> None:
        try:
            found = fields(raw)
            if session == ORDERS:
                self._order_message(found)
            else:
                self._send_all(self._market_data.handle(found, self._book.quote))
        except Unexpected as failure:
            _say(f"not as the scenario says: {failure}")
            self._refuse(session, raw, _OTHER, str(failure))
        except (Garbled, Malformed) as failure:
            self._refuse(session, raw, _OTHER, str(failure))
        except Unsupported as failure:
            self._refuse(session, raw, _UNSUPPORTED, str(failure))

    def _order_message(self, found: Fields) -> None:
        if self._stage is not None:
            self._outbox.put(self._stage.hear(found, time.time_ns()))
            return
        request = read(found)
        msg_type = dict(found)[35]
        if isinstance(request, StatusRequest | MassStatusRequest) and self.faults.strike(NoStatus, msg_type):
            return
        refuses = isinstance(request, NewOrder) and self.faults.strike(RejectNew, msg_type)
        with self._lock:
            self._book.refuses_new_because = "the broker rejects all orders" if refuses else ""
            self._book.fills_in_halves = self.faults.strike(Partial, msg_type) is not None
            self._record(self._book.handle(request, time.time_ns()))

    def _record(self, reports: list[Report]) -> None:
        """Under the lock: the ledger and the outbox have the same order."""
        self._ledger.write(reports)
        self._outbox.put(reports)
        for trade in [report for report in reports if report.exec_type is ExecType.TRADE]:
            if isinstance(bust := self.faults.strike(Bust, "8"), Bust):
                self._busts.append((trade.at_ns + bust.ms * MS_NS, trade))

    def _refuse(self, session: str, raw: bytes, business_reject_reason: str, why: str) -> None:
        """BusinessMessageReject(j): the message was read and is not understood."""
        plain_why = why.encode("ascii", "backslashreplace").decode("ascii")
        body = [(45, _first(raw, 34)), (372, _first(raw, 35)), (380, business_reject_reason), (58, plain_why)]
        text = fix_text.text(self._version.begin_string, "j", body)
        if session == ORDERS:
            self._outbox.put([text])
        else:
            self._send_all([text])

    # --- the market ---------------------------------------------------------------------------------------------------

    def _drive(self) -> None:
        """Bring each quote when its time has come, and let time pass for orders that expire."""
        for move in self._moves:
            due_s = time.monotonic() + move.delay_ns / SECOND_NS / self.config.speed
            while (left_s := due_s - time.monotonic()) > 0:
                if self._stopping.wait(min(left_s, _TIME_PASSES_S)):
                    return
                self._let_time_pass()
            if self._stopping.is_set():
                return
            self.on_quote(move.quote)
        while not self._stopping.wait(_TIME_PASSES_S):
            self._let_time_pass()

    def _let_time_pass(self) -> None:
        with self._lock:
            now_ns = time.time_ns()
            self._record(self._book.on_time(now_ns))
            due = [trade for due_ns, trade in self._busts if due_ns <= now_ns]
            self._busts = [one for one in self._busts if one[0] > now_ns]
            for trade in due:
                self._record(self._book.bust(trade, now_ns))

    def _publish(self) -> None:
        """Send the latest quote to its subscribers, at most so often; quotes in between are never sent."""
        while not self._stopping.wait(1 / self.config.snapshots_per_s_max):
            self._quoted.wait()
            self._quoted.clear()
            if self._book.quote is not None:
                self._send_all(self._market_data.updates(self._book.quote))

    def _send_all(self, texts: list[str]) -> None:
        for text in texts:
            self._port.send(MARKET_DATA, text)


def run(config: SimulatorConfig) -> int:
    """Be the broker until SIGINT or SIGTERM. Returns the exit code.

    Call it on the main thread of a process of its own. What cannot be started with is said on standard error.
    """
    ends = {signal.SIGINT, signal.SIGTERM}
    for number in ends:
        signal.signal(number, lambda *_: None)  # QuickFIX resets SIGINT at import, and an ignored signal cannot be waited for.
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # Before any thread exists: all inherit it.
    try:
        broker = started(config)
    except CannotStart as failure:
        sys.stderr.write(f"simulator: {failure}\n")
        return EXIT_CANNOT_START
    _say(f"simulator listening on port {config.port}, data in {config.data}")
    signal.sigwait(ends)
    broker.stop()
    return 0


def started(config: SimulatorConfig) -> Broker:
    """A broker that listens. Raises CannotStart."""
    if not config.speed > 0:
        raise CannotStart(f"speed is {config.speed}: it must be more than zero")
    if config.begin_string not in VERSIONS:
        raise CannotStart(f"begin_string is {config.begin_string!r}: it must be one of {', '.join(VERSIONS)}")
    if config.scenarios and config.begin_string != FIX_44.begin_string:
        raise CannotStart(f"begin_string is {config.begin_string!r}: scenarios are played in {FIX_44.begin_string}")
    _try_port(config)
    try:
        broker = Broker(config, market(config))
        broker.start()
    except (QuotesUnreadable, LedgerInUse, LedgerDamaged, Unusable, ScenarioUnreadable, CaseUnknown) as failure:
        raise CannotStart(str(failure)) from failure
    return broker


def market(config: SimulatorConfig) -> Iterator[Move]:
    """The quotes that `config` asks for. Raises QuotesUnreadable."""
    return quotes.replay(quotes.load(config.quotes)) if config.quotes else quotes.random_walk(config.seed)


def _try_port(config: SimulatorConfig) -> None:
    """Before the ledger is open."""
    if not 0 < config.port < 65536:
        raise CannotStart(f"port {config.port}: it must be from 1 to 65535")
    try:
        socket.create_server((config.host, config.port)).close()
    except OSError as failure:
        raise CannotStart(f"port {config.port}: {failure}") from failure


def _faults(config: SimulatorConfig) -> Switchboard:
    """Raises Unusable."""
    board = Switchboard([entry for file in config.fault_files for entry in fault_file.load(file)])
    for words in config.faults:
        board.set(entries.read(words))
    return board


def _sessions(config: SimulatorConfig, version: Version) -> tuple[SessionConfig, ...]:
    """Reports are stored, so that QuickFIX resends them verbatim; old quotes are worth nothing."""
    return (
        SessionConfig(ORDERS, config.sender_comp_id, config.orders_comp_id, version, persist_messages=True),
        SessionConfig(MARKET_DATA, config.sender_comp_id, config.market_data_comp_id, version),
    )


def _stage(config: SimulatorConfig) -> Stage | None:
    """Raises ScenarioUnreadable and CaseUnknown."""
    if not config.scenarios:
        return None
    scenarios = [scenario for file in config.scenarios for scenario in load(file)]
    return Stage(scenarios, config.cases, f"{time.time_ns() // 1_000_000:X}")


def _id_prefix(past: list[Report], now_ns: int) -> str:
    """What all ids of this ledger begin with: another ledger, made after this one was thrown away, never repeats an ExecID."""
    return past[0].exec_id.rpartition("-")[0] if past else f"{now_ns // 1_000_000:X}"


def _first(raw: bytes, tag: int) -> str:
    """The first value of a header tag, read without trusting the rest of the message."""
    return raw.partition(f"\x01{tag}=".encode())[2].partition(b"\x01")[0].decode("latin-1")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
