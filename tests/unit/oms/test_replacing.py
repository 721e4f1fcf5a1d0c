"""The rules of a replace, each at its boundary."""

import pytest
from msgspec.structs import replace

from oms import deciding
from oms.domain.chain import RequestState
from oms.domain.commands import DecideAgain
from oms.domain.events import (
    CancelRequested,
    Event,
    ExecutionReported,
    MessageSent,
    ReplaceRequested,
    RequestDoubted,
    RequestNotSent,
    RequestReissued,
)
from oms.domain.fields import ExecType, MsgType, OrdStatus, OrdType
from oms.domain.refusal import Refusal
from oms.domain.terms import Instructions
from tests.support.orders import (
    GRANT,
    PRINCIPAL,
    SESSION,
    D,
    asked,
    book,
    change,
    fill,
    placed,
    report,
    request_refused,
    said,
    terms,
    unknown,
)

ROOT, NEXT, THIRD = "FG00000001", "FG00000002", "FG00000003"
NEW = said(report(ExecType.NEW, OrdStatus.NEW, exec_id="N1"))
FILLED = said(fill(1_000))
REPLACE = ReplaceRequested(ROOT, NEXT, ROOT, "r0", PRINCIPAL, SESSION, GRANT, terms(2_000))
REPLACE_SENT = MessageSent(ROOT, NEXT, SESSION, 1, 13, "G", "raw")


def test_a_replace_names_the_whole_desired_order() -> None:
    """R9."""
    orders = book(placed(wanted=terms(1_000, "1.38", expire_at_ns=99)), NEW)
    asked = deciding.change(orders, change(order_qty=2_000, price="1.39"), orders.chains[ROOT], GRANT, 5)
    assert asked == ReplaceRequested(ROOT, NEXT, ROOT, "r1", PRINCIPAL, SESSION, GRANT, terms(2_000, "1.39"))


def test_a_replace_without_a_price_keeps_it() -> None:
    orders = book(placed(), NEW)
    asked = deciding.change(orders, change(), orders.chains[ROOT], GRANT, 5)
    assert isinstance(asked, ReplaceRequested)
    assert asked.terms == terms(2_000)


@pytest.mark.parametrize(("expire_at_ns", "is_taken"), [(4, False), (5, False), (6, True)])
def test_a_replace_expires_at_its_instant(expire_at_ns: int, is_taken: bool) -> None:
    orders = book(placed(), NEW)
    asked = deciding.change(orders, change(expire_at_ns=expire_at_ns), orders.chains[ROOT], GRANT, 5)
    assert isinstance(asked, ReplaceRequested) == is_taken
    wanted = terms(2_000, expire_at_ns=expire_at_ns)
    expected = request_refused(MsgType.ORDER_CANCEL_REPLACE_REQUEST, Refusal.EXPIRED, terms=wanted)
    assert is_taken or asked == expected


def test_nothing_is_told_of_an_order_of_others() -> None:
    orders = book(placed(), NEW)
    asked = deciding.change(orders, change(accounts=frozenset()), orders.chains[ROOT], GRANT, 5)
    assert asked == request_refused(MsgType.ORDER_CANCEL_REPLACE_REQUEST, Refusal.UNKNOWN_ORDER, "", terms=None)


def test_a_replace_may_follow_one_without_an_answer_and_names_it() -> None:
    """R8, R9."""
    orders = book(placed(), NEW, REPLACE)
    asked = deciding.change(orders, change(order_qty=3_000), orders.chains[ROOT], GRANT, 5)
    assert asked == ReplaceRequested(ROOT, THIRD, NEXT, "r1", PRINCIPAL, SESSION, GRANT, terms(3_000))


def test_a_replace_does_not_follow_one_of_which_nobody_knows() -> None:
    orders = book(placed(), NEW, REPLACE, REPLACE_SENT, RequestDoubted(ROOT, NEXT, "why"))
    asked = deciding.change(orders, change(), orders.chains[ROOT], GRANT, 5)
    assert asked == request_refused(MsgType.ORDER_CANCEL_REPLACE_REQUEST, Refusal.REQUEST_PENDING)


def test_replaces_without_an_answer_are_bounded() -> None:
    replaces = [replace(REPLACE, cl_ord_id=f"G{n}", client_order_id=f"g{n}") for n in range(deciding.PIPELINED_MAX)]
    almost, full = book(placed(), NEW, *replaces[1:]), book(placed(), NEW, *replaces)
    assert isinstance(deciding.change(almost, change(), almost.chains[ROOT], GRANT, 5), ReplaceRequested)
    asked = deciding.change(full, change(), full.chains[ROOT], GRANT, 5)
    assert asked == request_refused(MsgType.ORDER_CANCEL_REPLACE_REQUEST, Refusal.REQUEST_PENDING)


def test_a_larger_quantity_opens_a_filled_order_again() -> None:
    """R6."""
    orders = book(placed(), NEW, FILLED)
    assert isinstance(deciding.change(orders, change(order_qty=1_100), orders.chains[ROOT], GRANT, 5), ReplaceRequested)
    asked = deciding.change(orders, change(order_qty=1_000), orders.chains[ROOT], GRANT, 5)
    assert asked == request_refused(MsgType.ORDER_CANCEL_REPLACE_REQUEST, Refusal.TOO_LATE, terms=terms(1_000))


@pytest.mark.parametrize("ended", [(ExecType.DONE_FOR_DAY, OrdStatus.DONE_FOR_DAY), (ExecType.CANCELED, OrdStatus.CANCELED)])
def test_what_ended_otherwise_is_not_opened_again(ended: tuple[ExecType, OrdStatus]) -> None:
    orders = book(placed(), NEW, said(report(*ended, exec_id="X1")))
    asked = deciding.change(orders, change(), orders.chains[ROOT], GRANT, 5)
    assert asked == request_refused(MsgType.ORDER_CANCEL_REPLACE_REQUEST, Refusal.TOO_LATE)


def test_no_replace_follows_a_cancel() -> None:
    orders = book(placed(), NEW, CancelRequested(ROOT, NEXT, ROOT, "x0", PRINCIPAL, SESSION, GRANT))
    asked = deciding.change(orders, change(), orders.chains[ROOT], GRANT, 5)
    assert asked == request_refused(MsgType.ORDER_CANCEL_REPLACE_REQUEST, Refusal.REQUEST_PENDING)


def test_a_replace_that_a_later_one_superseded_is_not_sent_again() -> None:
    """It would undo the later one, which the venue may have taken."""
    later = ReplaceRequested(ROOT, THIRD, NEXT, "r1", PRINCIPAL, SESSION, GRANT, terms(3_000))
    lost = (placed(), NEW, REPLACE, REPLACE_SENT, later, RequestDoubted(ROOT, NEXT, "why"), asked(NEXT), said(unknown(NEXT)))
    answer = deciding.reissue(book(*lost), DecideAgain(ROOT, NEXT), GRANT, 50, 1_000)
    assert answer == RequestNotSent(ROOT, NEXT, "a later replace was asked for")


def test_the_last_replace_is_sent_again_also_when_an_earlier_one_is_done() -> None:
    later = ReplaceRequested(ROOT, THIRD, NEXT, "r1", PRINCIPAL, SESSION, GRANT, terms(3_000))
    done = said(report(ExecType.REPLACED, OrdStatus.NEW, NEXT, exec_id="R1"))
    asked = deciding.reissue(book(placed(), NEW, REPLACE, later, done), DecideAgain(ROOT, THIRD), 9, 50, 1_000)
    assert asked == RequestReissued(ROOT, THIRD, SESSION, 9)


def test_a_replace_moves_the_stop_or_keeps_it() -> None:
    stop = terms(1_000, "1.39", ord_type=OrdType.STOP_LIMIT, stop_px=D("1.38"))
    orders = book(placed(wanted=stop), NEW)
    moved = deciding.change(orders, change("r1", 1_000, stop_px=D("1.37")), orders.chains[ROOT], GRANT, 5)
    kept = deciding.change(orders, change("r2", 1_000, "1.40"), orders.chains[ROOT], GRANT, 5)
    assert isinstance(moved, ReplaceRequested)
    assert isinstance(kept, ReplaceRequested)
    assert (moved.terms, kept.terms) == (replace(stop, stop_px=D("1.37")), replace(stop, price=D("1.40")))


@pytest.mark.parametrize("ord_type", OrdType)
def test_a_replace_gives_an_order_no_price_of_another_type(ord_type: OrdType) -> None:
    has_price = ord_type in {OrdType.LIMIT, OrdType.STOP_LIMIT, OrdType.LIMIT_ON_CLOSE, OrdType.PEGGED}
    has_stop = ord_type in {OrdType.STOP, OrdType.STOP_LIMIT, OrdType.MARKET_IF_TOUCHED}
    orders = book(placed(wanted=terms(ord_type=ord_type)), NEW)
    priced = deciding.change(orders, change(price="1.4"), orders.chains[ROOT], GRANT, 5)
    stopped = deciding.change(orders, change(stop_px=D("1.4")), orders.chains[ROOT], GRANT, 5)
    assert getattr(priced, "refusal", None) is (None if has_price else Refusal.PRICE_ON_MARKET_ORDER)
    assert getattr(stopped, "refusal", None) is (None if has_stop else Refusal.STOP_PX_ON_PLAIN_ORDER)


def test_a_replace_with_another_stop_is_another_request() -> None:
    stop = terms(1_000, ord_type=OrdType.STOP, price=None, stop_px=D("1.38"))
    asked = ReplaceRequested(ROOT, NEXT, ROOT, "r1", PRINCIPAL, SESSION, GRANT, replace(stop, stop_px=D("1.37")))
    orders = book(placed(wanted=stop), NEW, asked)
    assert deciding.first_answer(orders, change("r1", 1_000, stop_px=D("1.37"))) is not None
    assert deciding.first_answer(orders, change("r1", 1_000, stop_px=D("1.36"))) is None


def test_a_replace_with_other_custom_tags_is_another_request() -> None:
    custom = ((9000, "a"),)
    wanted = terms(2_000, instructions=Instructions(custom=custom))
    orders = book(placed(), NEW, ReplaceRequested(ROOT, NEXT, ROOT, "r1", PRINCIPAL, SESSION, GRANT, wanted))
    assert deciding.first_answer(orders, change("r1", 2_000, custom=custom)) is not None
    assert deciding.first_answer(orders, change("r1", 2_000, custom=((9000, "b"),))) is None


class TestPipelined:
    """Some venues answer only the last of several replaces (R9)."""

    LATER = ReplaceRequested(ROOT, THIRD, NEXT, "r1", PRINCIPAL, SESSION, GRANT, terms(3_000))
    LATER_SENT = MessageSent(ROOT, THIRD, SESSION, 1, 14, "G", "raw")

    def states(self, *facts: Event) -> list[RequestState]:
        return [request.state for request in book(placed(), NEW, *facts).chains[ROOT].requests]

    def replaced(self, cl_ord_id: str) -> ExecutionReported:
        return said(report(ExecType.REPLACED, OrdStatus.NEW, cl_ord_id, exec_id=f"R{cl_ord_id}"))

    def test_what_the_accepted_one_was_built_on_is_done_and_does_not_come_back(self) -> None:
        facts = (REPLACE, REPLACE_SENT, self.LATER, self.LATER_SENT, self.replaced(THIRD))
        assert self.states(*facts) == [RequestState.DONE] * 3
        chain = book(placed(), NEW, *facts, self.replaced(NEXT)).chains[ROOT]
        assert (chain.accepted, chain.terms) == (THIRD, terms(3_000))

    def test_what_nobody_knew_of_is_done_with_too(self) -> None:
        facts = (REPLACE, REPLACE_SENT, self.LATER, self.LATER_SENT, RequestDoubted(ROOT, NEXT, "why"), self.replaced(THIRD))
        assert self.states(*facts) == [RequestState.DONE] * 3

    def test_one_that_was_not_sent_yet_is_not_done(self) -> None:
        facts = (REPLACE, self.LATER, self.LATER_SENT, self.replaced(THIRD))
        assert self.states(*facts) == [RequestState.DONE, RequestState.INTENT, RequestState.DONE]
