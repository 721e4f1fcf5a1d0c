"""The judge of the crash loop finds each thing that can be wrong, on ledgers made by hand."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from gateway.simulator.fields import OrdRejReason, OrdType, Side, TimeInForce
from gateway.simulator.report import Report
from oms.domain.chain import RequestState
from oms.domain.fields import CxlRejReason, ExecType, MsgType, OrdStatus
from tests.crash.account import Answer, Asked, Held, HeldRequest, Outage
from tests.crash.judge import Kind, Verdict, judge

PX = Decimal("1.385")


def asked(client_order_id: str = "C1", *answers: Answer) -> Asked:
    """A new order, accepted as FG1 unless other answers are given."""
    return Asked("desk", client_order_id, MsgType.NEW_ORDER_SINGLE, list(answers) or [Answer("FG1", "FG1")])


def request(
    cl_ord_id: str = "FG1",
    state: RequestState = RequestState.DONE,
    client_order_id: str = "C1",
    msg_type: MsgType = MsgType.NEW_ORDER_SINGLE,
) -> HeldRequest:
    return HeldRequest(cl_ord_id, msg_type, state, "desk", client_order_id, placed_at_ns=50)


def held(
    *requests: HeldRequest, cum_qty: int = 0, avg_px: Decimal = PX, ord_status: OrdStatus = OrdStatus.NEW, root_id: str = "FG1"
) -> Held:
    """An order as the gateway has it: NEW and untraded unless told otherwise."""
    return Held(root_id, ord_status, Decimal(cum_qty), avg_px if cum_qty else Decimal(0), requests or (request(),))


def opened(cl_ord_id: str = "FG1", order_id: str = "B1") -> Report:
    return Report(
        seq=1,
        at_ns=1,
        exec_id="E1",
        cl_ord_id=cl_ord_id,
        order_id=order_id,
        ord_status=OrdStatus.NEW,
        exec_type=ExecType.NEW,
        side=Side.BUY,
        ord_type=OrdType.LIMIT,
        order_qty=Decimal(200),
        price=PX,
        time_in_force=TimeInForce.DAY,
    )


def traded(last_qty: int, order_id: str = "B1", last_px: Decimal = PX) -> Report:
    return msgspec.structs.replace(
        opened(order_id=order_id),
        exec_type=ExecType.TRADE,
        ord_status=OrdStatus.PARTIALLY_FILLED,
        last_qty=Decimal(last_qty),
        last_px=last_px,
    )


def judged(
    orders: Sequence[Held], ledger: Sequence[Report], asks: Sequence[Asked] | None = None, outages: Sequence[Outage] = ()
) -> Verdict:
    return judge([asked()] if asks is None else asks, orders, ledger, outages)


def kinds(verdict: Verdict) -> list[Kind]:
    return [violation.kind for violation in verdict.violations]


def test_an_order_that_both_have_alike_is_right() -> None:
    order = held(cum_qty=150, ord_status=OrdStatus.PARTIALLY_FILLED)
    assert judged([order], [opened(), traded(100), traded(50)]) == Verdict((), orders=1, refused=0, not_sent=0)


# --- lost -------------------------------------------------------------------------------------------------------------


def test_an_order_that_the_broker_never_had_is_lost() -> None:
    assert kinds(judged([held()], [])) == [Kind.LOST]


def test_an_order_that_the_gateway_forgot_is_lost() -> None:
    assert set(kinds(judged([], []))) == {Kind.LOST}


def test_an_order_that_the_gateway_has_under_another_id_is_lost() -> None:
    asks = [asked("C1", Answer("FG7", "FG7"))]
    assert kinds(judged([held()], [opened()], asks)) == [Kind.LOST]


def test_an_order_that_only_the_broker_has_is_lost() -> None:
    assert kinds(judged([held()], [opened(), opened("FG2", "B2")])) == [Kind.LOST]


def test_an_order_called_not_sent_that_the_broker_has_is_lost() -> None:
    order = held(request(state=RequestState.NOT_SENT))
    assert kinds(judged([order], [opened()], outages=[Outage(0, 100)])) == [Kind.LOST]


def test_an_ending_that_the_gateway_missed_is_lost() -> None:
    canceled = msgspec.structs.replace(opened(), exec_type=ExecType.CANCELED, ord_status=OrdStatus.CANCELED)
    assert kinds(judged([held()], [opened(), canceled])) == [Kind.LOST]


def test_an_order_not_sent_in_an_outage_is_counted_and_right() -> None:
    order = held(request(state=RequestState.NOT_SENT), ord_status=OrdStatus.REJECTED)
    assert judged([order], [], outages=[Outage(40, 60)]) == Verdict((), orders=1, refused=0, not_sent=1)


def test_an_order_not_sent_while_all_was_well_is_lost() -> None:
    order = held(request(state=RequestState.NOT_SENT), ord_status=OrdStatus.REJECTED)
    assert kinds(judged([order], [], outages=[Outage(60, 90)])) == [Kind.LOST]


# --- repeated ---------------------------------------------------------------------------------------------------------


def test_two_orders_under_one_cl_ord_id_are_a_repetition() -> None:
    assert Kind.REPEATED in kinds(judged([held()], [opened(), opened(order_id="B2")]))


def test_two_orders_for_one_request_of_the_client_are_a_repetition() -> None:
    orders = [held(), held(request("FG2"), root_id="FG2")]
    assert Kind.REPEATED in kinds(judged(orders, [opened(), opened("FG2", "B2")]))


def test_two_different_answers_are_a_repetition() -> None:
    asks = [asked("C1", Answer("FG1", "FG1"), Answer("FG2", "FG2"))]
    assert kinds(judged([held()], [opened()], asks)) == [Kind.REPEATED]


def test_an_order_that_was_refused_and_taken_is_a_repetition() -> None:
    asks = [asked("C1", Answer(refusal="SESSION_DOWN"))]
    assert kinds(judged([held()], [opened()], asks)) == [Kind.REPEATED]


def test_an_order_sent_twice_as_if_new_is_a_repetition_though_the_broker_caught_it() -> None:
    refused = msgspec.structs.replace(
        opened(), exec_type=ExecType.REJECTED, ord_status=OrdStatus.NEW, ord_rej_reason=OrdRejReason.DUPLICATE_ORDER
    )
    assert kinds(judged([held()], [opened(), refused])) == [Kind.REPEATED]


def test_a_cancel_sent_twice_as_if_new_is_a_repetition() -> None:
    refused = Report(
        seq=2,
        at_ns=1,
        exec_id="E2",
        cl_ord_id="FG2",
        order_id="B1",
        ord_status=OrdStatus.NEW,
        cxl_rej_reason=CxlRejReason.DUPLICATE_CL_ORD_ID,
    )
    assert kinds(judged([held()], [opened(), refused])) == [Kind.REPEATED]


# --- money ------------------------------------------------------------------------------------------------------------


def test_a_fill_booked_twice_is_found() -> None:
    order = held(cum_qty=200, ord_status=OrdStatus.PARTIALLY_FILLED)
    assert kinds(judged([order], [opened(), traded(100)])) == [Kind.BOOKED_TWICE]


def test_a_fill_booked_at_another_price_is_found() -> None:
    order = held(cum_qty=100, avg_px=Decimal("1.38501"), ord_status=OrdStatus.PARTIALLY_FILLED)
    assert kinds(judged([order], [opened(), traded(100)])) == [Kind.BOOKED_TWICE]


def test_a_fill_of_an_order_that_the_broker_never_had_is_found() -> None:
    order = held(request(state=RequestState.REFUSED), cum_qty=100)
    assert kinds(judged([order], [])) == [Kind.BOOKED_TWICE]


def test_a_fill_that_the_gateway_missed_is_lost() -> None:
    order = held(cum_qty=100, ord_status=OrdStatus.PARTIALLY_FILLED)
    assert kinds(judged([order], [opened(), traded(100), traded(100)])) == [Kind.FILLS_LOST]


# --- in doubt ---------------------------------------------------------------------------------------------------------


def test_an_unknown_request_is_found() -> None:
    cancel = request("FG2", RequestState.UNKNOWN, "C2", MsgType.ORDER_CANCEL_REQUEST)
    order = held(request(), cancel, ord_status=OrdStatus.NEW)
    assert kinds(judged([order], [opened()])) == [Kind.UNKNOWN]


def test_a_request_without_an_answer_is_unsettled() -> None:
    assert kinds(judged([held(request(state=RequestState.SENT))], [opened()])) == [Kind.UNSETTLED]


def test_a_client_without_an_answer_is_unsettled() -> None:
    unanswered = Asked("desk", "C2", MsgType.NEW_ORDER_SINGLE)
    assert kinds(judged([held()], [opened()], [asked(), unanswered])) == [Kind.UNSETTLED]


def test_a_refused_order_is_counted_and_right() -> None:
    refused = asked("C2", Answer(refusal="SESSION_DOWN"), Answer(refusal="SESSION_DOWN"))
    assert judged([held()], [opened()], [asked(), refused]) == Verdict((), orders=1, refused=1, not_sent=0)
