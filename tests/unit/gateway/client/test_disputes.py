"""What a client says against our reports is a fact about its order, and changes nothing."""

import pytest

from gateway.api.v1 import order_event_pb2
from gateway.api.v1.order_service_pb2 import TradeResponse
from gateway.client.outbox import Outbox
from gateway.control.order_events import encoded
from gateway.facts import Fact
from oms.domain.acts import ReportDisputed
from oms.domain.events import Event, ReportQuarantined
from oms.domain.fields import DKReason
from tests.support import orders
from tests.support.client_side import CELL, CLIENT, ClientSide
from tests.support.model_engine import events, folded

ROOT = "FG00000001"
ORDER = "35=D|11=A|55=EURUSD|54=1|38=1000|40=2|44=1.3850"
ACK = f"35=8|11={ROOT}|37=V1|17=E1|150=0|39=0|38=1000|14=0|151=1000"
FILL = f"35=8|11={ROOT}|37=V1|17=E2|150=F|39=1|32=400|31=1.3850|14=400|151=600"
BUST = f"35=8|11={ROOT}|37=V1|17=E3|19=E2|150=H|39=0|32=400|31=1.3850|14=0|151=1000"


def filled() -> ClientSide:
    """An order of which the client heard that it is there, and traded: under numbers 1 and 2."""
    side = ClientSide()
    side.asks(ORDER)
    side.venue_says(ACK)
    side.venue_says(FILL)
    return side


def told(side: ClientSide) -> tuple[str, int]:
    """ExecID(17) of the last report to the client, and the record that it tells."""
    last = side.released[-1]
    return last.text.split("\x0117=")[1].split("\x01")[0], last.seq


def said(side: ClientSide, text: str) -> Event:
    """What the message made; the order and what the client is told are as before."""
    before = side.engine.state.book.chains[ROOT]
    assert side.asks(text) == []
    assert side.engine.state.book.chains[ROOT] == before
    return events(side.engine.journal)[-1]


def dont_know(exec_id: str, order_id: str = ROOT, rest: str = "|127=C|58=we sold it") -> str:
    return f"35=Q|37={order_id}|17={exec_id}{rest}|55=EURUSD|54=1|38=1000|32=400|31=1.3850"


def test_a_trade_that_it_does_not_know() -> None:
    side = filled()
    exec_id, seq = told(side)
    expected = ReportDisputed(ROOT, CLIENT, "Q", seq, exec_id, DKReason.QUANTITY_EXCEEDS_ORDER, "we sold it")
    assert said(side, dont_know(exec_id)) == expected


@pytest.mark.parametrize("exec_id", ["FG-1", "E2", "nothing"])
def test_a_trade_that_we_never_told_of(exec_id: str) -> None:
    assert said(filled(), dont_know(exec_id, rest="")) == ReportDisputed(ROOT, CLIENT, "Q", 0, exec_id)


def test_a_trade_that_stands_no_more() -> None:
    side = filled()
    exec_id, _ = told(side)
    side.venue_says(BUST)
    assert said(side, dont_know(exec_id, rest="|127=!")) == ReportDisputed(ROOT, CLIENT, "Q", 0, exec_id)


@pytest.mark.parametrize("order_id", ["", "V1", "FG00000002"])
def test_a_trade_of_an_order_that_is_not_its_own(order_id: str) -> None:
    side = filled()
    side.engine.take(orders.place("desk-1"))
    side.commit()
    why = f"the client does not know trade E9 of order {order_id}, and we no such order of it"
    assert said(side, dont_know("E9", order_id)) == ReportQuarantined(CLIENT, why)


@pytest.mark.parametrize("msg_type", ["3", "j"])
def test_a_report_that_it_refuses(msg_type: str) -> None:
    side = filled()
    exec_id, seq = told(side)
    expected = ReportDisputed(ROOT, CLIENT, msg_type, seq, exec_id, text="tag 44")
    assert said(side, f"35={msg_type}|45=2|372=8|380=0|58=tag 44") == expected


def test_a_cancel_reject_that_it_refuses_has_no_exec_id() -> None:
    side = filled()
    side.asks("35=F|11=B|41=A|55=EURUSD|54=1|38=1000")
    side.venue_says(f"35=9|11=FG00000002|41={ROOT}|37=V1|39=0|434=1|102=0")
    assert said(side, "35=3|45=3") == ReportDisputed(ROOT, CLIENT, "3", side.released[-1].seq, "")


def test_a_message_about_no_order_that_it_refuses() -> None:
    side = filled()
    side.asks("35=H|11=Z|55=EURUSD|54=1")
    seq = side.released[-1].seq
    why = f"the client rejected MsgSeqNum 3 (record {seq} was told it so): no"
    assert said(side, "35=3|45=3|58=no") == ReportQuarantined(CLIENT, why)


@pytest.mark.parametrize("number", ["99", "x", "", "1" * 19, "²"])
def test_a_number_under_which_nothing_was_told(number: str) -> None:
    shown = number.replace("²", "?")[:18]
    why = f"the client rejected MsgSeqNum {shown} (no report is known by that number): "
    field = f"|45={number}" if number else ""
    assert said(filled(), f"35=3{field}") == ReportQuarantined(CLIENT, why)


def test_it_is_seen_among_the_orders_events() -> None:
    side = filled()
    exec_id, seq = told(side)
    event = said(side, dont_know(exec_id))
    (shown,) = TradeResponse.FromString(encoded(Fact(99, 0, event, side.engine.state.book.chains[ROOT]))).events
    assert (shown.kind, shown.root_id, shown.exec_id) == (order_event_pb2.ORDER_EVENT_KIND_DISPUTED, ROOT, exec_id)
    assert shown.text == f"session={CLIENT} msg_type=Q seq={seq} dk_reason=QUANTITY_EXCEEDS_ORDER text=we sold it"


def test_the_journal_folds_to_the_same() -> None:
    side = filled()
    said(side, dont_know(told(side)[0]))
    said(side, "35=3|45=1")
    again = folded(CELL, side.engine.journal)
    assert vars(again.book) == vars(side.engine.state.book)
    mine: Outbox = again.outboxes[CLIENT]
    assert vars(mine) == vars(side.engine.state.outboxes[CLIENT])
