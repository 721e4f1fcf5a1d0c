"""The messages about more than one order, or about no order of ours: mass cancel out and its answer in, and "we do not know"."""

from gateway.codec.text import framed
from gateway.codec.writing import utc_timestamp
from oms.domain.acts import MassCancelRequested
from oms.domain.fields import DKReason
from oms.domain.numbers import plain
from oms.domain.report import ExecutionReport

ORDER_MASS_CANCEL_REQUEST, DONT_KNOW_TRADE = "q", "Q"
"""MsgType(35)."""


def order_mass_cancel_request(begin_string: str, asked: MassCancelRequested, at_ns: int) -> str:
    """OrderMassCancelRequest(35=q): all orders, or those of one symbol; and of one side where one is meant."""
    body = [
        (11, asked.cl_ord_id),
        (530, asked.mass_cancel_request_type),
        (55, asked.symbol),
        (54, asked.side.code if asked.side else ""),
        (60, utc_timestamp(at_ns)),
    ]
    return framed(begin_string, ORDER_MASS_CANCEL_REQUEST, _present(body))


def dont_know_trade(begin_string: str, told: ExecutionReport, dk_reason: DKReason, why: str) -> str:
    """DontKnowTrade(35=Q): we do not take the execution that `told` reported, as it reported it."""
    body = [
        (37, told.order_id),
        (17, told.exec_id),
        (127, dk_reason.code),
        (55, told.symbol),
        (54, told.side.code if told.side else ""),
        (32, "" if told.last_qty is None else plain(told.last_qty)),
        (31, "" if told.last_px is None else plain(told.last_px)),
        (58, why),
    ]
    return framed(begin_string, DONT_KNOW_TRADE, _present(body))


def _present(body: list[tuple[int, str]]) -> str:
    return "".join([f"{tag}={value}\x01" for tag, value in body if value])
