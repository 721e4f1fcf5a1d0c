"""Orders through the real rules, past workers that die anywhere, sessions that drop and a venue that answers when it likes.

After every step: nothing is at the venue twice, nothing given up is there, quantities are what was executed. When all is quiet
at the end: whatever was accepted is at the venue exactly once, or is NOT_SENT and never was there."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from msgspec.structs import replace

from gateway import granting, link
from gateway.administering import LogOnSession, LogOutSession, SetNumbers
from gateway.cell import Cell
from gateway.resting import LayToRest
from gateway.rules import Command
from gateway.sessions import Phase
from gateway.taking import Takes
from oms.domain.acts import MassCancelRequested
from oms.domain.chain import OPEN, Chain, RequestState
from oms.domain.commands import MassCancel
from oms.domain.fields import MsgType
from tests.support import model_worker, orders
from tests.support.model_engine import Engine, Row, events
from tests.support.model_parts import SESSION, Parts
from tests.support.model_venue import Venue, Verdict
from tests.support.model_wire import Wire
from tests.support.model_worker import Death, Disk, Worker

QUIET_ROUNDS = 3_000
LOGONS_MAX, LOOKS_MAX = 10, 12
"""In so many logons, and looks at each, every doubt is resolved by a venue that answers."""
few = st.integers(1, 6)


def with_takes(takes: Takes) -> Cell:
    return replace(orders.CELL, sessions=tuple(replace(plan, takes=takes) for plan in orders.CELL.sessions))


class OrderPath(Parts, RuleBasedStateMachine):
    """One engine, one worker at a time, one venue; every frame and message moves when a rule says so."""

    cell = with_takes(Takes(mass_cancel=True))

    def __init__(self) -> None:
        super().__init__()
        self.journal: list[Row] = []
        self.wire, self.disk = Wire(), Disk()
        self.venue = Venue(self.wire)
        self.clients = 0
        self.copy: link.SentLog | None = None
        self.engine = Engine(self.cell, self.journal, orders.SECOND)
        self.links: list[Worker] = []
        """Every worker whose socket the engine has not read to its end."""
        self.grants: dict[Worker, int] = {}
        self.waiting: list[Worker] = []
        self.holder: Worker | None = None
        self._quote()
        self.start_worker()
        self._settle()

    # --- clients ---------------------------------------------------------------------------------------------------

    @precondition(lambda self: self._is_ready())
    @rule(qty=st.sampled_from([100, 300, 1_000]), lifetime_ms=st.sampled_from([None, None, 2_000]))
    def place(self, qty: int, lifetime_ms: int | None) -> None:
        expire_at_ns = None if lifetime_ms is None else self.engine.at_ns + lifetime_ms * orders.MS
        self._ask(orders.place(self._client_id(), orders.terms(qty, expire_at_ns=expire_at_ns)))

    @precondition(lambda self: self._chains())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self._ask(orders.cancel(self._client_id(), of="", root_id=self._pick(data)))

    @precondition(lambda self: self._chains())
    @rule(data=st.data(), qty=st.sampled_from([100, 500, 2_000]))
    def replace(self, data: st.DataObject, qty: int) -> None:
        self._ask(orders.change(self._client_id(), qty, of="", root_id=self._pick(data)))

    @rule(is_taken=st.booleans())
    def mass_cancel(self, is_taken: bool) -> None:
        self.venue.takes_mass_cancels = is_taken
        self._ask(MassCancel(orders.PRINCIPAL, self._client_id(), orders.ACCOUNTS))

    # --- the engine ------------------------------------------------------------------------------------------------

    @rule()
    def what_has_ended_is_laid_to_rest(self) -> None:
        book = self.engine.state.book
        self.engine.take(LayToRest(SESSION, tuple((root_id,) for root_id in book.chains if root_id not in book.live)))

    @rule(count=few, newest_first=st.booleans())
    def engine_reads(self, count: int, newest_first: bool) -> None:
        for _ in range(count):
            self._read_one(newest_first=newest_first)

    @rule()
    def engine_reads_all(self) -> None:
        while any(worker.told for worker in self.links):
            self._read_one()

    @rule()
    def commit(self) -> None:
        for out in self.engine.commit():
            if isinstance(out.frame, link.Grant):
                self._hand_over(out.frame.grant)
            if self.holder is not None and self.grants.get(self.holder) == out.grant and self.holder.is_alive:
                self.holder.frames.append(out.frame)

    @rule()
    def engine_dies(self) -> None:
        """What was not committed never happened; the workers end with their engine."""
        if self.engine.is_durable():
            self._assert_folds_to_the_same()
        self.links, self.waiting, self.grants, self.holder = [], [], {}, None
        self.worker.die()
        self.engine = Engine(self.cell, self.journal, self.engine.at_ns)
        assert not self._is_ready()
        self._quote()
        self.start_worker()

    @rule(ms=st.sampled_from([1, 500, 3_000, 3_000, 70_000]), is_quiet=st.booleans())
    def time_passes(self, ms: int, is_quiet: bool) -> None:
        self.engine.at_ns += ms * orders.MS
        if not is_quiet:
            self._quote()
        self.engine.look_again()

    @rule(steps=st.integers(1, 30))
    def all_goes_well(self, steps: int) -> None:
        for _ in range(steps):
            self._step()

    @rule()
    def session_gets_ready(self) -> None:
        for _ in range(QUIET_ROUNDS):
            if self._is_ready() or not self._step():
                break

    # --- the worker ------------------------------------------------------------------------------------------------

    @precondition(lambda self: not self.worker.is_alive)
    @rule()
    def start_worker(self) -> None:
        self.worker = Worker(SESSION, self.disk, self.wire)
        self.links.append(self.worker)

    @precondition(lambda self: self.worker.is_alive)
    @rule(last_words=st.booleans())
    def worker_dies(self, last_words: bool) -> None:
        self.worker.die(last_words=last_words)

    @precondition(lambda self: not self.worker.is_alive)
    @rule(back=st.integers(0, 3))
    def machine_reboots(self, back: int) -> None:
        """The disk forgets what was not forced to it."""
        self.disk.boot_id += "+"
        self.disk.next_sender = max(1, self.disk.next_sender - back)

    @precondition(lambda self: not self.worker.is_alive)
    @rule()
    def log_is_lost(self) -> None:
        self.disk.log = None

    @rule()
    def log_is_copied(self) -> None:
        self.copy = self.disk.log

    @precondition(lambda self: not self.worker.is_alive)
    @rule()
    def log_is_restored(self) -> None:
        """The log of an older start is put back. An older copy of the same start's could not be told from the right one."""
        if self.copy is None or self.disk.log is None or self.copy.grant != self.disk.log.grant:
            self.disk.log = self.copy

    @precondition(lambda self: self.worker.is_alive)
    @rule()
    def out(self) -> None:
        """What was decided goes as far as the wire."""
        self.commit()
        while self.worker.frames:
            self._take()
        self.worker.flush()

    @precondition(lambda self: self.worker.is_alive)
    @rule(death=st.sampled_from(Death))
    def worker_dies_while_it_sends(self, death: Death) -> None:
        self.commit()
        while len(self.worker.frames) > 1:
            self._take()
        self.worker.flush()
        if self.worker.frames:
            self._take(death)

    @precondition(lambda self: self.worker.frames)
    @rule()
    def worker_takes(self) -> None:
        self._take()

    @precondition(lambda self: self._next_is_a_question())
    @rule()
    def worker_drops_a_question(self) -> None:
        self.worker.drop()

    @rule()
    def worker_flushes(self) -> None:
        self.worker.flush()

    # --- the session and the venue -----------------------------------------------------------------------------------

    @precondition(lambda self: self.worker.may_connect and not self.wire.is_up)
    @rule()
    def connect(self) -> None:
        self._drain_wire()
        self.worker.connect()

    @precondition(lambda self: not self.wire.is_up)
    @rule(next_sender=st.sampled_from([1, 7, 500]))
    def an_operator_sets_our_number(self, next_sender: int) -> None:
        """Agreed with the venue once it is durable; a session that is not out yet is left alone."""
        self._drain_wire()
        self._ask(LogOutSession("operator", self._client_id(), SESSION, "why"))
        epoch = self.engine.state.sessions[SESSION].session_epoch
        self._ask(SetNumbers("operator", self._client_id(), SESSION, "why", next_sender=next_sender))
        if self.engine.state.sessions[SESSION].session_epoch != epoch:
            self.worker.die()  # It is told to stop.
            self.venue.next_target, self.venue.heard_to, self.venue.asked_up_to = next_sender, next_sender - 1, 0
        self._ask(LogOnSession("operator", self._client_id(), SESSION, "why"))
        self.commit()

    @precondition(lambda self: self.wire.is_up)
    @rule()
    def session_drops(self) -> None:
        self.worker.disconnect()

    @precondition(lambda self: self.wire.to_us and self.worker.is_alive)
    @rule(count=few)
    def worker_hears(self, count: int) -> None:
        for _ in range(count):
            if self.worker.is_alive and self.wire.to_us:
                self.worker.hear()

    @precondition(lambda self: self.wire.to_venue)
    @rule(count=few)
    def venue_hears(self, count: int) -> None:
        for _ in range(min(count, len(self.wire.to_venue))):
            self.venue.hear()

    @rule(is_mute=st.booleans())
    def venue_answers_questions_or_none(self, is_mute: bool) -> None:
        self.venue.is_mute = is_mute

    @precondition(lambda self: self.venue.live())
    @rule(data=st.data(), verdict=st.sampled_from(Verdict))
    def venue_decides(self, data: st.DataObject, verdict: Verdict) -> None:
        order = data.draw(st.sampled_from(self.venue.live()))
        self.venue.decide(order, verdict, qty=100)

    @precondition(lambda self: self.venue.executed)
    @rule(data=st.data())
    def venue_repeats_itself(self, data: st.DataObject) -> None:
        self.venue.repeat(data.draw(st.integers(1, self.venue.executed)))

    # --- what must hold ----------------------------------------------------------------------------------------------

    @invariant()
    def nothing_arrives_twice(self) -> None:
        assert len(set(self.venue.arrived)) == len(self.venue.arrived), f"arrived twice: {self.venue.arrived}"

    @invariant()
    def what_was_given_up_never_arrived(self) -> None:
        arrived = {cl_ord_id for _, cl_ord_id in self.venue.arrived}
        given_up = {r.cl_ord_id for r in self._requests() if r.state is RequestState.NOT_SENT}
        assert not arrived & given_up, f"given up, and at the venue: {arrived & given_up}"

    @invariant()
    def quantities_are_what_was_executed(self) -> None:
        booked = {c.root_id: c.cum_qty for c in self._chains() if c.cum_qty}
        assert booked == self.engine.traded()

    def teardown(self) -> None:
        self.venue.is_mute = False
        self._settle()
        self._resolve()
        self._assert_folds_to_the_same()
        for chain in self._chains():
            self._assert_settled(chain)
        for event in events(self.journal):
            for root_id in event.root_ids if isinstance(event, MassCancelRequested) else ():
                self._assert_canceled(self.engine.state.book.known(root_id))
        assert not any(self.engine.state.book.to_cancel.values()), "a mass cancel was never carried out"

    def _assert_canceled(self, chain: Chain) -> None:
        """As far as we can: the venue may refuse to cancel an order."""
        is_asked = any(r.msg_type is MsgType.ORDER_CANCEL_REQUEST for r in chain.requests)
        assert is_asked or not chain.is_live, f"escaped a mass cancel: {chain}"

    def _assert_settled(self, chain: Chain) -> None:
        order = self.venue.orders.get(chain.root_id)
        states = [r.state for r in chain.requests]
        assert not OPEN & set(states), f"never resolved: {chain}"
        if order is None:
            assert states[0] is RequestState.NOT_SENT, f"accepted, and not at the venue: {chain}"
        else:
            assert states[0] in {RequestState.DONE, RequestState.REFUSED}
            ours = (chain.ord_status, chain.cum_qty, chain.cl_ord_id)
            theirs = (order.ord_status, Decimal(order.cum_qty), order.cl_ord_id)
            assert ours == theirs, f"{ours} here, {theirs} at the venue: {chain}"

    def _settle(self, *, reconnect: bool = False) -> None:
        """Let everything run that can run, until nothing moves."""
        if reconnect:
            self.session_drops()
        self._quote()
        self.engine.look_again()
        for _ in range(QUIET_ROUNDS):
            if not self._step():
                break
        else:
            raise AssertionError("it never becomes quiet")
        phase = self.engine.state.sessions[SESSION].phase
        assert phase is Phase.READY, f"quiet, and the session is {phase.name}"

    def _resolve(self) -> None:
        """Let the ladder be climbed, at as many logons as it takes: answers to old questions prove nothing."""
        for _ in range(LOGONS_MAX):
            self._settle(reconnect=True)
            for _ in range(LOOKS_MAX):
                self.engine.at_ns += orders.SECOND * 5
                self._settle()
            if not self._in_doubt():
                return
        raise AssertionError(f"still in doubt: {self._in_doubt()}")

    def _in_doubt(self) -> list[str]:
        doubts = self.engine.state.book.doubts.get(SESSION)
        return [] if doubts is None else [*doubts.unknown, *doubts.unconfirmed]

    def _step(self) -> bool:
        """One thing that can be done; False when there is none."""
        worker = self.worker
        if not worker.is_alive:
            self.start_worker()
        elif worker.unsaid:
            worker.flush()
        elif self.engine.hole:
            self._cut()
        elif any(w.told or not w.is_alive for w in self.links):
            self._read_one()
        elif not self.engine.is_durable():
            self.commit()
        elif worker.frames:
            self._take()
        elif worker.may_connect and not self.wire.is_up:
            self.connect()
        elif self.wire.to_venue:
            self.venue.hear()
        elif self.wire.to_us:
            worker.hear()
        elif self.venue.undecided():
            self.venue.decide(self.venue.undecided()[0], Verdict.YES)
        else:
            return False
        return True

    # --- helpers -----------------------------------------------------------------------------------------------------

    def _client_id(self) -> str:
        self.clients += 1
        return f"c{self.clients - 1}"

    def _pick(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(chain.root_id for chain in self._chains())))

    def _ask(self, command: Command) -> None:
        answer = self.engine.take(command)
        assert self.engine.take(command) == answer, "asked again, answered otherwise"


class OrderPathWithMassStatus(OrderPath):
    """The same with a counterparty that takes OrderMassStatusRequest(35=AF)."""

    cell = with_takes(Takes(mass_cancel=True))


@pytest.mark.parametrize("machine", [OrderPath, OrderPathWithMassStatus])
def test_every_order_is_at_the_venue_once_or_not_at_all(
    machine: type[RuleBasedStateMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (granting, link):
        monkeypatch.setattr(module, "BLOCK", model_worker.GRANT_BLOCK)
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=200, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)),
    )
