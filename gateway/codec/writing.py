"""Values to FIX text: what we ask of a venue. Only ASCII ever leaves: ids and symbols are checked at the edge."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from gateway.codec.text import framed, text
from gateway.codec.version import Version, order_kind
from oms.domain.fields import DKReason, MsgType, Side
from oms.domain.numbers import plain
from oms.domain.report import ExecutionReport
from oms.domain.terms import PLAIN, CustomTags, Instructions, Terms

ORDER_MASS_CANCEL_REQUEST, ORDER_MASS_STATUS_REQUEST, DONT_KNOW_TRADE = "q", "AF", "Q"
"""MsgType(35) of what is about many orders, or about none of ours."""
_NEW_ORDER_SINGLE = MsgType.NEW_ORDER_SINGLE.code
_NS_PER_S = 1_000_000_000
_BY_SYMBOL, _ALL_ORDERS = "1", "7"
"""MassCancelRequestType(530) and MassStatusReqType(585)."""


def new_order_single(version: Version, cl_ord_id: str, terms: Terms, at_ns: int, *, poss_resend: bool = False) -> str:
    """NewOrderSingle(35=D)."""
    body = f"{_poss_resend(poss_resend)}11={cl_ord_id}\x01{_order(version, terms, at_ns)}"
    return framed(version.begin_string, _NEW_ORDER_SINGLE, body)


def order_cancel_request(
    version: Version,
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
        f"{_quantity(terms)}60={utc_timestamp(at_ns)}\x01{_custom(terms.instructions.custom)}"
    )
    named = f"37={order_id}\x01" if order_id else ""
    body = f"{_poss_resend(poss_resend)}11={cl_ord_id}\x0141={orig_cl_ord_id}\x01{named}{order}"
    return framed(version.begin_string, MsgType.ORDER_CANCEL_REQUEST.code, body)


def order_cancel_replace_request(
    version: Version, cl_ord_id: str, orig_cl_ord_id: str, terms: Terms, at_ns: int, *, poss_resend: bool = False
) -> str:
    """OrderCancelReplaceRequest(35=G) with the whole desired order (R9)."""
    body = f"{_poss_resend(poss_resend)}11={cl_ord_id}\x0141={orig_cl_ord_id}\x01{_order(version, terms, at_ns)}"
    return framed(version.begin_string, MsgType.ORDER_CANCEL_REPLACE_REQUEST.code, body)


def order_status_request(version: Version, cl_ord_id: str, terms: Terms) -> str:
    """OrderStatusRequest(35=H)."""
    body = [(11, cl_ord_id), (1, terms.account), (55, terms.symbol), (54, terms.side.code)]
    return text(version.begin_string, MsgType.ORDER_STATUS_REQUEST.code, body)


def order_mass_cancel_request(
    version: Version, cl_ord_id: str, at_ns: int, *, account: str = "", symbol: str = "", side: Side | None = None
) -> str:
    """OrderMassCancelRequest(35=q): all orders, or those of one symbol; and of one account and side where these are given.

    Account(1) is not in the standard message, though many venues take it. FIX 4.2 has no such message (`has_mass_requests`).
    """
    request_type = _BY_SYMBOL if symbol else _ALL_ORDERS
    code = side.code if side else ""
    body = [(11, cl_ord_id), (530, request_type), (1, account), (55, symbol), (54, code), (60, utc_timestamp(at_ns))]
    return framed(version.begin_string, ORDER_MASS_CANCEL_REQUEST, _present(body))


def order_mass_status_request(version: Version, mass_status_req_id: str, *, account: str = "") -> str:
    """OrderMassStatusRequest(35=AF) for all orders, or those of one account. FIX 4.2 has none (`has_mass_requests`)."""
    return framed(
        version.begin_string, ORDER_MASS_STATUS_REQUEST, _present([(584, mass_status_req_id), (585, _ALL_ORDERS), (1, account)])
    )


def dont_know_trade(version: Version, told: ExecutionReport, dk_reason: DKReason, why: str = "") -> str:
    """DontKnowTrade(35=Q): we do not take the execution that `told` reported, as it reported it."""
    body = [
        (37, told.order_id),
        (17, told.exec_id),
        (127, version.dk_reasons[dk_reason]),
        (55, told.symbol),
        (54, told.side.code if told.side else ""),
        (38, _number(told.order_qty)),
        (32, _number(told.last_qty)),
        (31, _number(told.last_px)),
        (58, why),
    ]
    return framed(version.begin_string, DONT_KNOW_TRADE, _present(body))


def test_request(version: Version, test_req_id: str) -> str:
    """TestRequest(35=1)."""
    return text(version.begin_string, "1", [(112, test_req_id)])


def market_data_request(version: Version, md_req_id: str, symbol: str) -> str:
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
    return text(version.begin_string, "V", body)


@lru_cache(maxsize=64)  # All that happens in one turn of the engine happens at one time.
def utc_timestamp(at_ns: int) -> str:
    """UTCTimestamp to the microsecond."""
    second, ns = divmod(at_ns, _NS_PER_S)
    return f"{datetime.fromtimestamp(second, UTC):%Y%m%d-%H:%M:%S}.{ns // 1000:06d}"


def _order(version: Version, terms: Terms, at_ns: int) -> str:
    """All of an order but its ids."""
    how = terms.instructions
    price = "" if terms.price is None else f"44={plain(terms.price)}\x01"
    quantity = f"38={plain(terms.order_qty)}\x01" if terms.cash_order_qty is None else _quantity(terms)
    currency = f"15={terms.currency}\x01" if terms.currency else ""
    rest = "" if terms.stop_px is None and how is PLAIN else _rest(version, terms.stop_px, how)
    kind = version.order_kinds.get((terms.ord_type, terms.time_in_force)) or order_kind(terms.ord_type, terms.time_in_force)
    return (
        f"1={terms.account}\x0121={how.handl_inst.code}\x0155={terms.symbol}\x0154={terms.side.code}\x01"
        f"60={utc_timestamp(at_ns)}\x01{quantity}{kind}{price}{currency}{rest}"
    )


def _quantity(terms: Terms) -> str:
    """OrderQty(38), or CashOrderQty(152) while the venue has made no quantity of the money: never both."""
    if terms.cash_order_qty is None or terms.order_qty:
        return f"38={plain(terms.order_qty)}\x01"
    return f"152={plain(terms.cash_order_qty)}\x01"


def _rest(version: Version, stop_px: Decimal | None, how: Instructions) -> str:
    """What few orders have."""
    capacity = how.order_capacity
    body = [
        (99, _number(stop_px)),
        (18, how.exec_inst),
        (110, _number(how.min_qty)),
        (111, _number(how.max_floor)),
        (211, _number(how.peg_offset_value)),
        (126, "" if how.expire_time_ns is None else utc_timestamp(how.expire_time_ns)),
        (432, how.expire_date),
        (77, how.position_effect.code if how.position_effect else ""),
        version.order_capacities.get(capacity, (528, capacity.code)) if capacity else (528, ""),
        (114, "" if how.locate_reqd is None else "Y" if how.locate_reqd else "N"),
        (5700, how.locate_id),
    ]
    return _present(body) + _custom(how.custom)


def _number(value: Decimal | None) -> str:
    return "" if value is None else plain(value)


def _present(body: Iterable[tuple[int, str]]) -> str:
    """The fields that are not empty."""
    return "".join([f"{tag}={value}\x01" for tag, value in body if value])


def _custom(tags: CustomTags) -> str:
    return "".join([f"{tag}={value}\x01" for tag, value in tags]) if tags else ""


def _poss_resend(is_resend: bool) -> str:
    return "97=Y\x01" if is_resend else ""
