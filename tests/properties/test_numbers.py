"""The same order path while the venue begins its numbers anew, is set back, or asks again: nothing twice, nothing lost.

After a hold, people release the session and take the venue's numbers for right, as they would once they have compared the orders.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from gateway import granting, link, sessions
from gateway.administering import LogOnSession, ReleaseHalt
from oms.domain.chain import OPEN, QUESTIONS_COUNTED, Chain, Request, RequestState
from oms.domain.commands import ResolveRequest
from oms.domain.fields import OrdStatus
from oms.doubts import asked_as
from tests.properties.test_order_path import OrderPath
from tests.support import model_worker, orders
from tests.support.model_engine import folded, receipts, shape
from tests.support.model_parts import SESSION
from tests.support.model_wire import Body


def is_kept(path: OrderPath) -> bool:
    """Whether a person has to come."""
    session = path.engine.state.sessions[SESSION]
    return bool(session.halted) or session.hold is not None


def _is_lost(chain: Chain, request: Request) -> bool:
    """Whether it is UNKNOWN, and no answer can be told any more from the others."""
    asked = chain.request(asked_as(chain, request.cl_ord_id))
    return request.state is RequestState.UNKNOWN and asked is not None and asked.questions > QUESTIONS_COUNTED


class Numbers(OrderPath):
    """The venue's FIX session is not what it was; its business is."""

    def __init__(self) -> None:
        super().__init__()
        self.releases = 0

    @rule(says_so=st.booleans(), unheard=st.integers(0, 4))
    def venue_begins_anew(self, says_so: bool, unheard: int) -> None:
        """By ResetSeqNumFlag(141)=Y at the next logon, or without a word where its numbers show it: we have heard higher ones. Or
        they do not, because so many session messages of its new ones were never heard, and the next one fits."""
        self.session_drops()
        self._drain_wire()
        self.commit()
        if self._has_unheard():
            return
        says_so = says_so or self.engine.state.sessions[SESSION].next_target == 1
        self.venue.said.clear()
        self.venue.next_target = self.venue.heard_to + 1 if not says_so else 1
        self.venue.begins_anew = says_so
        for _ in range(0 if says_so else unheard):
            self.venue._say("0")

    def _has_unheard(self) -> bool:
        """Whether the venue has said something of orders that it would lose with its numbers: only a person could find that."""
        heard = self.engine.state.sessions[SESSION].next_target - 1
        return any(message.msg_type in {"8", "9", "r"} for message in self.venue.said[heard:])

    @precondition(lambda self: self.engine.state.sessions[SESSION].next_target > 4)
    @rule(back=st.integers(1, 3))
    def venue_is_set_back(self, back: int) -> None:
        """Behind what we have heard of it: what it lost beyond that, no number shows."""
        self.session_drops()
        self._drain_wire()
        self.commit()
        if self._has_unheard():
            return
        heard = min(self.engine.state.sessions[SESSION].next_target - 1, len(self.venue.said))
        del self.venue.said[max(heard - back, 0) :]

    @precondition(lambda self: self.wire.is_up and self.worker.is_logged_on)
    @rule(ahead=st.integers(1, 5))
    def venue_asks_for_what_was_never_sent(self, ahead: int) -> None:
        begin: Body = ((7, str(self.worker.disk.next_sender + ahead)), (16, "0"))
        self.venue._say("2", begin)

    @precondition(is_kept)
    @rule(principal=st.sampled_from(["ann", "bob"]), takes_numbers=st.booleans())
    def person_releases(self, principal: str, takes_numbers: bool) -> None:
        self._release(principal, takes_numbers=takes_numbers)

    def _release(self, principal: str, *, takes_numbers: bool = True) -> None:
        self.releases += 1
        asked = ReleaseHalt(principal, f"release {self.releases}", SESSION, "compared", takes_numbers)
        session = self.engine.state.sessions[SESSION]
        is_kept_out = bool(session.halted) or (session.hold is not None and session.hold.is_down)
        self.engine.take(asked)
        self.commit()
        if session.halted:
            self.waiting.clear()  # None of these was granted a start.
        if is_kept_out:
            self.worker.die()  # Its link is cut, or it hears of the release: it is started again.

    def _step(self) -> bool:
        """When nothing else moves, people come, one after the other."""
        if super()._step():
            return True
        if not is_kept(self):
            return self._is_logged_on_again()
        hold = self.engine.state.sessions[SESSION].hold
        self._release("bob" if hold is not None and hold.released_by == "ann" else "ann")
        return True

    def _is_logged_on_again(self) -> bool:
        """An operator who logged it out could not log it on while it was kept off."""
        if not self.engine.state.sessions[SESSION].is_logged_off:
            return False
        self._ask(LogOnSession("operator", self._client_id(), SESSION, "why"))
        self.commit()
        return True

    def _resolve(self) -> None:
        """So many questions may be lost with the numbers that no answer proves any more what it lacks. Then people look."""
        while True:
            try:
                return super()._resolve()
            except AssertionError:
                if not self._people_look():
                    raise

    def _people_look(self) -> bool:
        """Whether there was something that only they can find out: what became of it at the venue."""
        lost = [(chain.root_id, r.cl_ord_id) for chain in self._chains() for r in chain.requests if _is_lost(chain, r)]
        for root_id, cl_ord_id in lost:
            state = self._what_became_of(root_id, cl_ord_id)
            self._ask(ResolveRequest("ann", self._client_id(), orders.ACCOUNTS, root_id, cl_ord_id, state, "looked"))
            self.commit()
        return bool(lost)

    def _what_became_of(self, root_id: str, cl_ord_id: str) -> RequestState:
        msg_type = next((msg_type for msg_type, arrived in self.venue.arrived if arrived == cl_ord_id), "")
        if not msg_type:
            return RequestState.NOT_SENT
        order = self.venue.orders[root_id]
        is_done = order.ord_status is OrdStatus.CANCELED if msg_type == "F" else order.cl_ord_id == cl_ord_id
        return RequestState.DONE if is_done else RequestState.REFUSED

    def _assert_settled(self, chain: Chain) -> None:
        """An execution that the venue lost with its numbers is known by its status alone, and waits for a person."""
        if chain.told_cum_qty > chain.cum_qty:
            assert chain.told_cum_qty == self.venue.orders[chain.root_id].cum_qty
            assert not OPEN & {request.state for request in chain.requests}
        else:
            super()._assert_settled(chain)

    def _assert_folds_to_the_same(self) -> None:
        assert shape(folded(self.cell, self.journal)) == shape(self.engine.state), "the fold of the journal is not the state"
        counted = [(r.session_epoch, r.msg_seq_num) for r in receipts(self.journal) if r.msg_seq_num < r.next_target]
        assert counted == sorted(set(counted)), f"a number counted twice: {counted}"


def test_nothing_is_sent_or_booked_twice_whatever_becomes_of_the_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (granting, link, sessions):
        monkeypatch.setattr(module, "BLOCK", model_worker.GRANT_BLOCK)
    run_state_machine_as_test(
        Numbers,
        settings=settings(max_examples=150, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)),
    )


def test_a_number_that_was_heard_ahead_is_another_messages_once_the_venue_has_begun_anew() -> None:
    """By chance it is too rare to be found: one logon unheard, the next one above the gap, and numbers that fit after that."""
    path = Numbers()
    path.session_drops()
    path.connect()
    path.venue_hears(1)
    path.session_drops()
    path.connect()
    path.venue_hears(1)
    path.worker_hears(1)
    path.venue_hears(1)
    path.engine_reads_all()
    assert path.engine.state.sessions[SESSION].heard_ahead == {4}
    path.venue_begins_anew(says_so=False, unheard=2)
    path._settle()
    path.teardown()
