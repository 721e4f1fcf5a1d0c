"""The FIX worker: one process, one session, QuickFIX and nothing else that is busy.

Turns QuickFIX's callbacks into frames for the engine and the engine's frames into sends. Holds no business state and may be
killed at any moment. It lives and dies with its engine: when the link is lost, or no commit is heard of for too long, what is
not sent is dropped and the process ends.
"""

import os
import random
import select
import threading
import time

from gateway import link
from gateway.crash import crash
from gateway.fix import halting, sent_log
from gateway.fix.config import WorkerConfig
from gateway.fix.ending import EXIT_HALTED, EXIT_LEASE_LOST, EXIT_LINK_LOST, EXIT_RELEASED, EXIT_STUCK, end, say
from gateway.fix.folder import hold
from gateway.fix.link_writer import LinkWriter, connected
from gateway.fix.market_data import MarketDataHandler
from gateway.fix.orders_handler import OrdersHandler as OrdersHandler  # noqa: PLC0414
from gateway.fix.patience import Patience
from gateway.fix.port import FixPort, Role, guarded
from gateway.fix.tapped import tapped

DROP_AFTER_S = 2.0
"""Without a sign of the journal for this long, new orders and replaces are dropped."""
END_AFTER_S = 5.0
"""Without a sign of the journal for this long, we log out, so that the venue's cancel-on-disconnect can work."""
CONFLATE_S = 0.02
_TICK_S = 0.25
_NS = 1_000_000_000
_WATCH_S = 1
_STUCK_S = 12
"""Longer than QuickFIX's own wait for a logout: an orderly end is never cut short."""
_RECEIVE_BYTES = 1 << 18
_READS_MAX = 64
_DROPPED_WITHOUT_LEASE = frozenset({"D", "G"})


class Worker:
    """The main thread: waits for the engine's frames and does what they say."""

    def __init__(self, config: WorkerConfig) -> None:
        self._config = config
        self._session = config.session.name
        config.folder.mkdir(parents=True, exist_ok=True)
        self._lock = hold(config.folder)
        self._halted = halting.why(config.folder)
        """Why it only waits for a release, told through the engine; empty where it may log on."""
        self._connection = connected(config.link_path)
        self._writer = LinkWriter(self._connection)
        self._cutter = link.Cutter()
        self._log: sent_log.Writer | None = None
        self._orders = None if config.is_market_data else self._handler(config)
        self._market_data = MarketDataHandler(self._writer.add, self._writer.flush) if config.is_market_data else None
        handler = self._orders or self._market_data
        assert handler is not None
        self._tapped = tapped(config, handler)
        self._tap = self._tapped.tap
        self._writer.lost = self._tap.lost
        role: Role = "acceptor" if config.is_client else "initiator"
        self._port = FixPort(role, (config.session,), config.endpoint, config.folder / "store", self._tapped, self._tap)
        is_behind_the_door = config.session.token is not None  # It goes round the addresses itself, and rests.
        self._patience = None if config.is_client or is_behind_the_door else Patience(config.endpoint.reach)
        self._is_open = False
        """Whether the engine lets it be logged on."""
        self._is_started, self._granted = False, 0
        self._dropped: set[str] = set()
        """ClOrdID(11) of what a Halt that has been read names, until it has its turn."""
        self._leased_at_s = time.monotonic()
        """When the journal was last known to be alive; the first lease comes with the grant."""

    def _handler(self, config: WorkerConfig) -> OrdersHandler:
        return OrdersHandler(self._writer, self._open_log, self._halt, self._shut, is_client=config.is_client)

    def run(self) -> None:
        """Until the engine says stop. Every other end is an exit code."""
        threading.Thread(target=self._watch, name="watch", daemon=True).start()
        self._hello()
        while True:
            wait_s = CONFLATE_S if self._market_data is not None and self._is_started else _TICK_S
            readable, _, _ = select.select([self._connection], [], [], wait_s)
            if readable and not self._receive():
                return
            self._check_lease()
            self._tap.settle()
            self._rest()
            if self._market_data is not None:
                self._market_data.tick()
            if self._orders is not None and self._is_started:
                self._orders.ask_numbers()
                self._port.ask_missing(self._session)
                for send in self._orders.anew.released():
                    self._hand_over(send)
            self._writer.flush()

    def _hello(self) -> None:
        next_sender, _ = self._port.numbers(self._session)
        log = None if self._config.is_market_data else sent_log.read(self._config.folder / "sent.log")
        self._writer.add(link.Hello(self._session, sent_log.boot_id(), os.getpid(), next_sender, log, self._halted))
        self._writer.flush()
        if self._halted:
            say(
                f"this session is halted: {self._halted}. Compare the venue's orders with ours, agree with it on the sequence"
                f" numbers, and then release it: fixgate session release {self._session}"
            )

    def _receive(self) -> bool:
        """All frames that are there; False after Stop. A Halt is heard before anything that came ahead of it is sent."""
        frames = [link.from_engine.decode(body) for body in self._cutter.feed(self._read())]
        for frame in frames:
            if type(frame) is link.Halt:
                self._dropped.update(frame.cl_ord_ids)
        return all(self._stopped(frame) if type(frame) is link.Halt else self._take(frame) for frame in frames)

    def _read(self) -> bytes:
        """What the engine has said so far, up to a bound: as long as there is more at once, it is read on."""
        parts: list[bytes] = []
        while not parts or (len(parts) < _READS_MAX and select.select([self._connection], [], [], 0)[0]):
            try:
                parts.append(self._connection.recv(_RECEIVE_BYTES))
            except ConnectionResetError:  # Killed with bytes of ours unread.
                parts.append(b"")
            if not parts[-1]:
                self._tap.lost()
                end(EXIT_HALTED if self._halted else EXIT_LINK_LOST, "the engine is gone")
        return b"".join(parts)

    def _take(self, frame: link.FromEngine) -> bool:
        match frame:
            case link.Send():
                self._send(frame)
            case link.Lease():
                self._leased_at_s = frame.asked_ns / _NS  # What the engine's clock said, never when we came to read it.
                if self._log is not None:
                    self._log.acknowledge(frame.acked)
            case link.Grant():
                self._grant(frame)
            case link.Anew():
                self._begin_anew(frame)
            case link.Reserve():
                if self._orders is not None:
                    self._orders.reserve(frame.reserved_to)
            case link.LogOn():
                self._is_open = True
                self._port.open(self._session)
            case link.LogOff():
                self._is_open = False
                self._port.shut(self._session, frame.text)
            case link.Release():
                halting.release(self._config.folder)
                end(EXIT_RELEASED, "a person has released the session; the next worker goes on")
            case link.Stop():
                self._port.stop()
                self._tap.end()
                return False
        return True

    def _stopped(self, halt: link.Halt) -> bool:
        """Nothing that it names leaves any more: what came ahead of it was dropped, and more of it does not come."""
        last_sender = 0 if self._orders is None else self._orders.last_sender
        self._writer.add(link.Halted(halt.latch, last_sender))
        self._dropped.difference_update(halt.cl_ord_ids)
        return True

    def _grant(self, grant: link.Grant) -> None:
        """Only now may the session log on, and only with these numbers."""
        if self._orders is not None:
            self._port.set_numbers(self._session, grant.next_sender, grant.next_target)
            # Last: a log of this epoch is evidence that the store holds the epoch's numbers.
            self._log = sent_log.Writer(self._config.folder / "sent.log", grant.session_epoch, grant.grant)
            self._orders.granted(grant)
        self._tapped.granted(grant.next_target)
        self._is_started, self._granted, self._is_open = True, grant.grant, grant.is_open
        if not grant.is_open:
            self._port.shut(self._session)
        self._port.start()

    def _begin_anew(self, frame: link.Anew) -> None:
        assert self._orders is not None
        self._open_log().begin_anew(frame.session_epoch, self._granted)
        self._orders.begin_anew(frame)

    def _send(self, send: link.Send) -> None:
        if self._orders is None or not self._orders.anew.holds(send):
            self._hand_over(send)

    def _hand_over(self, send: link.Send) -> None:
        crash("worker.frame_read", send)
        reason = self._why_not(send)
        if reason:
            self._writer.add(link.NotSent(send.cl_ord_id, send.root_id, send.msg_type, reason))
            return
        if self._orders is not None:
            self._orders.sending = send
        self._port.send(self._session, send.text)
        crash("worker.sent", send)
        if self._orders is not None:
            self._orders.sending = None

    def _why_not(self, send: link.Send) -> str:
        """The last look before a message leaves; empty if it may. What a client is told is never dropped: QuickFIX keeps it."""
        if self._config.is_client:
            return ""
        if not self._port.is_logged_on(self._session):
            return link.SESSION_DOWN
        if self._orders is not None and not self._orders.has_number():
            return "no sender number is reserved"
        if send.msg_type in _DROPPED_WITHOUT_LEASE and time.monotonic() - self._leased_at_s > DROP_AFTER_S:
            return "the journal has not been heard of"
        if send.cl_ord_id in self._dropped and send.msg_type in _DROPPED_WITHOUT_LEASE:
            return "HALTED"
        if send.expire_at_ns and time.time_ns() >= send.expire_at_ns:
            return "EXPIRED"
        return ""

    def _rest(self) -> None:
        """Let a venue that cannot be reached alone for a while, and longer each time."""
        if self._patience is None or not self._is_started:
            return
        was_resting, is_logged_on = self._patience.is_resting, self._port.is_logged_on(self._session)
        chance = random.random()  # noqa: S311  No secret.
        is_resting = self._patience.look(time.monotonic(), chance, is_wanted=self._is_open, is_logged_on=is_logged_on)
        if is_resting is not was_resting and self._is_open:
            (self._port.shut if is_resting else self._port.open)(self._session)

    def _check_lease(self) -> None:
        if self._is_started and time.monotonic() - self._leased_at_s > END_AFTER_S:
            self._port.stop()
            self._tap.lost()
            end(EXIT_LEASE_LOST, f"no commit for {END_AFTER_S} s")

    def _watch(self) -> None:
        """A second pair of eyes, asleep nearly always: ends the process when the main thread is stuck in a send to a venue
        that does not read, and the engine is gone or silent."""
        poller = select.poll()
        poller.register(self._connection, select.POLLRDHUP)
        while True:
            while not poller.poll(_WATCH_S * 1000) and not self._is_silent():
                pass
            threading.Event().wait(_STUCK_S)
            if poller.poll(0) or self._is_silent():  # After a pause of the whole process all may be well again.
                end(EXIT_STUCK, "the engine is gone or silent, and a send does not return")

    def _is_silent(self) -> bool:
        """Whether the main thread should have ended the process by now. Before the grant there is nothing to end."""
        return self._is_started and time.monotonic() - self._leased_at_s > END_AFTER_S + _WATCH_S

    def _halt(self, code: int, why: str) -> None:
        """End, and let no other worker start, until a person has looked: the same would only happen again, and cost numbers."""
        try:
            halting.halt(self._config.folder, why)
        finally:  # On a full disk too.
            end(code, why)

    def _shut(self) -> None:
        """As if the engine had said LogOff, which it will."""
        self._is_open = False
        self._port.shut(self._session)

    def _open_log(self) -> sent_log.Writer:
        assert self._log is not None, "nothing is sent before the grant"
        return self._log


def run(config: WorkerConfig) -> None:
    """The worker process. Whatever is raised ends it at once: QuickFIX's threads must not outlive their main thread."""
    guarded(lambda: Worker(config).run())()
