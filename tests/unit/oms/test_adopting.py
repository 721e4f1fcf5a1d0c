"""Orders that the venue has and we do not: ours by policy, or set aside."""

import pytest

from oms import deciding, hearing
from oms.domain.chain import RequestState
from oms.domain.events import CancelRequested, ExecutionReported, OrderAdopted, ReportDiffered, ReportQuarantined
from oms.domain.fields import ExecType, MsgType, OrdStatus, Side
from oms.domain.report import ExecutionReport
from tests.support.orders import GRANT, SESSION, D, book, cancel, fill, receipt, report, terms

ACCOUNTS = frozenset({"DESK1"})
SAYS = {"account": "DESK1", "symbol": "EURUSD", "side": Side.BUY, "order_qty": D(1_000), "price": D("1.3850")}
PHONED = report(ExecType.NEW, OrdStatus.NEW, "T1", **SAYS)
ADOPTED = OrderAdopted("FG00000001", "T1", SESSION, "V1", terms())


def heard(told: ExecutionReport, accounts: frozenset[str] = ACCOUNTS) -> list[type[object]]:
    return [type(event) for event in hearing.report(book(), receipt(), told, accounts)]


def test_an_order_on_an_account_of_ours_becomes_one_of_ours() -> None:
    assert hearing.report(book(), receipt(), PHONED, ACCOUNTS) == (ADOPTED, ExecutionReported("FG00000001", receipt(), PHONED))


def test_it_stands_as_the_venue_says_and_was_never_sent() -> None:
    orders = book(*hearing.report(book(), receipt(), PHONED, ACCOUNTS))
    chain = orders.chains["FG00000001"]
    assert (chain.ord_status, chain.cl_ord_id, chain.order_id, chain.is_adopted) == (OrdStatus.NEW, "T1", "V1", True)
    assert [(r.state, r.principal, r.msg_seq_num) for r in chain.requests] == [(RequestState.DONE, "", 0)]
    assert orders.mint() == "FG00000002"
    assert orders.by_cl_ord_id("T1") is orders.by_order_id(SESSION, "V1") is chain


def test_its_first_report_may_be_a_fill_and_what_traded_before_is_a_break() -> None:
    told = fill(100, "1.3850", "E9", "T1", cum_qty=D(300), **SAYS)
    events = hearing.report(book(), receipt(), told, ACCOUNTS)
    assert [type(event) for event in events] == [OrderAdopted, ExecutionReported, ReportDiffered]
    chain = book(*events).chains["FG00000001"]
    assert (chain.cum_qty, chain.unheard_qty, chain.ord_status) == (D(100), D(200), OrdStatus.PARTIALLY_FILLED)


def test_one_without_a_name_gets_ours() -> None:
    told = report(ExecType.NEW, OrdStatus.NEW, "", **SAYS)
    (adopted, _) = hearing.report(book(), receipt(), told, ACCOUNTS)
    assert isinstance(adopted, OrderAdopted)
    assert (adopted.root_id, adopted.cl_ord_id) == ("FG00000001", "FG00000001")


def test_who_may_trade_the_account_may_cancel_it_under_the_venue_s_name() -> None:
    orders = book(*hearing.report(book(), receipt(), PHONED, ACCOUNTS))
    asked = deciding.cancel(orders, cancel(of="", root_id="FG00000001"), orders.chains["FG00000001"], GRANT)
    assert isinstance(asked, CancelRequested)
    assert (asked.cl_ord_id, asked.orig_cl_ord_id) == ("FG00000002", "T1")
    chain = book(ADOPTED, asked).chains["FG00000001"]
    assert chain.pending(MsgType.ORDER_CANCEL_REQUEST) is not None


@pytest.mark.parametrize("lacking", ["account", "symbol", "side", "order_qty"])
def test_what_says_too_little_is_set_aside(lacking: str) -> None:
    told = report(ExecType.NEW, OrdStatus.NEW, "T1", **{key: value for key, value in SAYS.items() if key != lacking})
    assert heard(told) == [ReportQuarantined]


@pytest.mark.parametrize("exec_type", [ExecType.REJECTED, ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT])
def test_what_tells_of_no_order_by_itself_is_set_aside(exec_type: ExecType) -> None:
    told = report(exec_type, OrdStatus.NEW, "T1", exec_ref_id="E0", last_qty=D(1), last_px=D(1), **SAYS)
    assert heard(told) == [ReportQuarantined]


def test_a_name_that_we_would_give_is_none_that_we_gave() -> None:
    """A journal that does not know it is not the one that the venue has known."""
    assert heard(report(ExecType.NEW, OrdStatus.NEW, "FG00000077", **SAYS)) == [ReportQuarantined]


def test_without_the_policy_it_is_set_aside() -> None:
    assert heard(PHONED, frozenset()) == [ReportQuarantined]
    assert heard(PHONED, frozenset({"DESK2"})) == [ReportQuarantined]
