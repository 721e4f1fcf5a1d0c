"""Values to FIX text: what we ask of a venue. Only ASCII ever leaves: ids and symbols are checked at the edge."""

from datetime import UTC, datetime
from functools import lru_cache

from gateway.codec.text import text
from oms.domain.fields import MsgType
from oms.domain.numbers import plain
from oms.domain.terms import Terms

_AUTOMATED = "1"
"""HandlInst(21): automated execution, private, no broker intervention."""
_NS_PER_S = 1_000_000_000


def new_order_single(begin_string: str, cl_ord_id: str, terms: Terms, at_ns: int, *, poss_resend: bool = False) -> str:
    """NewOrderSingle(35=D)."""
    body = [*_poss_resend(poss_resend), (11, cl_ord_id), *_order(terms, at_ns)]
    return text(begin_string, MsgType.NEW_ORDER_SINGLE.value, body)


def order_cancel_request(
    begin_string: str, cl_ord_id: str, orig_cl_ord_id: str, terms: Terms, at_ns: int, *, poss_resend: bool = False
) -> str:
    """OrderCancelRequest(35=F)."""
    body = [
        *_poss_resend(poss_resend),
        (11, cl_ord_id),
        (41, orig_cl_ord_id),
        (1, terms.account),
        (55, terms.symbol),
        (54, terms.side.value),
        (38, plain(terms.order_qty)),
        (60, utc_timestamp(at_ns)),
    ]
    return text(begin_string, MsgType.ORDER_CANCEL_REQUEST.value, body)


def order_cancel_replace_request(
    begin_string: str, cl_ord_id: str, orig_cl_ord_id: str, terms: Terms, at_ns: int, *, poss_resend: bool = False
) -> str:
    """OrderCancelReplaceRequest(35=G) with the whole desired order (R9)."""
    body = [*_poss_resend(poss_resend), (11, cl_ord_id), (41, orig_cl_ord_id), *_order(terms, at_ns)]
    return text(begin_string, MsgType.ORDER_CANCEL_REPLACE_REQUEST.value, body)


def order_status_request(begin_string: str, cl_ord_id: str, terms: Terms) -> str:
    """OrderStatusRequest(35=H)."""
    body = [(11, cl_ord_id), (1, terms.account), (55, terms.symbol), (54, terms.side.value)]
    return text(begin_string, MsgType.ORDER_STATUS_REQUEST.value, body)


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


def utc_timestamp(at_ns: int) -> str:
    """UTCTimestamp to the microsecond."""
    second, ns = divmod(at_ns, _NS_PER_S)
    return f"{_utc_second(second)}.{ns // 1000:06d}"


@lru_cache(maxsize=64)
def _utc_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y%m%d-%H:%M:%S")


def _order(terms: Terms, at_ns: int) -> list[tuple[int, str]]:
    body = [
        (1, terms.account),
        (21, _AUTOMATED),
        (55, terms.symbol),
        (54, terms.side.value),
        (60, utc_timestamp(at_ns)),
        (38, plain(terms.order_qty)),
        (40, terms.ord_type.value),
        (59, terms.time_in_force.value),
    ]
    if terms.price is not None:
        body.append((44, plain(terms.price)))
    return body


def _poss_resend(is_resend: bool) -> list[tuple[int, str]]:
    return [(97, "Y")] if is_resend else []
