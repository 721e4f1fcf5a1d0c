"""Values to FIX text: what we ask of a venue. Only ASCII ever leaves: ids and symbols are checked at the edge."""

from datetime import UTC, datetime
from functools import lru_cache

from gateway.codec.text import framed, text
from oms.domain.fields import MsgType
from oms.domain.numbers import plain
from oms.domain.terms import Terms

_AUTOMATED = "1"
"""HandlInst(21): automated execution, private, no broker intervention."""
_NS_PER_S = 1_000_000_000


def new_order_single(begin_string: str, cl_ord_id: str, terms: Terms, at_ns: int, *, poss_resend: bool = False) -> str:
    """NewOrderSingle(35=D)."""
    body = f"{_poss_resend(poss_resend)}11={cl_ord_id}\x01{_order(terms, at_ns)}"
    return framed(begin_string, MsgType.NEW_ORDER_SINGLE.code, body)


def order_cancel_request(
    begin_string: str,
    cl_ord_id: str,
    orig_cl_ord_id: str,
    terms: Terms,
    at_ns: int,
    *,
    order_id: str = "",
    poss_resend: bool = False,
) -> str:
    """OrderCancelRequest(35=F). OrderID(37) names an order that may have no ClOrdID(11) of its own."""
    order = (
        f"1={terms.account}\x0155={terms.symbol}\x0154={terms.side.code}\x01"
        f"38={plain(terms.order_qty)}\x0160={utc_timestamp(at_ns)}\x01"
    )
    named = f"37={order_id}\x01" if order_id else ""
    body = f"{_poss_resend(poss_resend)}11={cl_ord_id}\x0141={orig_cl_ord_id}\x01{named}{order}"
    return framed(begin_string, MsgType.ORDER_CANCEL_REQUEST.code, body)


def order_cancel_replace_request(
    begin_string: str, cl_ord_id: str, orig_cl_ord_id: str, terms: Terms, at_ns: int, *, poss_resend: bool = False
) -> str:
    """OrderCancelReplaceRequest(35=G) with the whole desired order (R9)."""
    body = f"{_poss_resend(poss_resend)}11={cl_ord_id}\x0141={orig_cl_ord_id}\x01{_order(terms, at_ns)}"
    return framed(begin_string, MsgType.ORDER_CANCEL_REPLACE_REQUEST.code, body)


def order_status_request(begin_string: str, cl_ord_id: str, terms: Terms) -> str:
    """OrderStatusRequest(35=H)."""
    body = [(11, cl_ord_id), (1, terms.account), (55, terms.symbol), (54, terms.side.code)]
    return text(begin_string, MsgType.ORDER_STATUS_REQUEST.code, body)


def test_request(begin_string: str, test_req_id: str) -> str:
    """TestRequest(35=1)."""
    return text(begin_string, "1", [(112, test_req_id)])


def market_data_request(begin_string: str, md_req_id: str, symbol: str) -> str:
    """MarketDataRequest(35=V): top of book, as full snapshots, from now on."""
    body = [
        (262, md_req_id),
        (263, "1"),
        (264, "1"),
        (265, "0"),
        (267, "2"),
        (269, "0"),
        (269, "1"),
        (146, "1"),
        (55, symbol),
    ]
    return text(begin_string, "V", body)


@lru_cache(maxsize=64)  # All that happens in one turn of the engine happens at one time.
def utc_timestamp(at_ns: int) -> str:
    """UTCTimestamp to the microsecond."""
    second, ns = divmod(at_ns, _NS_PER_S)
    return f"{datetime.fromtimestamp(second, UTC):%Y%m%d-%H:%M:%S}.{ns // 1000:06d}"


def _order(terms: Terms, at_ns: int) -> str:
    price = "" if terms.price is None else f"44={plain(terms.price)}\x01"
    return (
        f"1={terms.account}\x0121={_AUTOMATED}\x0155={terms.symbol}\x0154={terms.side.code}\x0160={utc_timestamp(at_ns)}\x01"
        f"38={plain(terms.order_qty)}\x0140={terms.ord_type.code}\x0159={terms.time_in_force.code}\x01{price}"
    )


def _poss_resend(is_resend: bool) -> str:
    return "97=Y\x01" if is_resend else ""
