"""OrderMassStatusRequest(AF): the status of every open order, and a word where there is none."""

import pytest

from gateway.codec.message import message as read_message
from gateway.codec.reading import report
from gateway.simulator.report import message
from gateway.simulator.requests import Malformed, MassStatusRequest, read
from oms.domain.fields import ExecType, OrdStatus
from oms.domain.report import ExecutionReport
from tests.unit.gateway.simulator.build import book, new_order

ASKED = MassStatusRequest("M1")


def said(*orders: tuple[str, str]) -> list[ExecutionReport]:
    """What we read of the answer where these orders, with a price each, were placed before."""
    broker = book()
    for cl_ord_id, price in orders:
        broker.handle(new_order(cl_ord_id, price=price), 0)
    answers = [report(read_message(message(one).encode())) for one in broker.handle(ASKED, 1)]
    return [answer for answer in answers if isinstance(answer, ExecutionReport)]


def test_it_is_read_from_its_fields() -> None:
    assert read([(35, "AF"), (584, "M1"), (585, "7")]) == ASKED
    with pytest.raises(Malformed, match="585"):
        read([(35, "AF"), (584, "M1"), (585, "1")])


def test_each_open_order_has_a_report_and_the_last_says_so() -> None:
    found = said(("A1", "1.38000"), ("A2", "1.39000"), ("A3", "1.37000"))
    assert [(one.cl_ord_id, one.exec_type, one.ord_status) for one in found] == [
        ("A1", ExecType.ORDER_STATUS, OrdStatus.NEW),
        ("A3", ExecType.ORDER_STATUS, OrdStatus.NEW),
    ]
    assert [(one.mass_status_req_id, one.tot_num_reports, one.is_last_status) for one in found] == [
        ("M1", 2, False),
        ("M1", 2, True),
    ]


def test_where_nothing_is_open_one_report_says_so() -> None:
    [none] = said()
    assert (none.cl_ord_id, none.order_id, none.ord_status, none.tot_num_reports, none.is_last_status) == (
        "",
        "NONE",
        OrdStatus.REJECTED,
        0,
        True,
    )
