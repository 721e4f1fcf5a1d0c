"""Builders for tests of the order path: a cell, its commands, and what a venue says, with only what matters spelled out."""

from decimal import Decimal
from typing import Any

from gateway.cell import Cell, SessionKind, SessionPlan
from oms.book import Book
from oms.domain.commands import CancelOrder, MassCancel, PlaceOrder, ReplaceOrder
from oms.domain.events import Event, ExecutionReported, OrderPlaced, RequestRefused, StatusRequested
from oms.domain.fields import ExecType, MsgType, OrdStatus, OrdType, Side
from oms.domain.refusal import Refusal
from oms.domain.report import ExecutionReport, Receipt
from oms.domain.terms import Terms
from risk.limits import Instrument, Limits, Policy, Quote

D = Decimal
"""As short as the numbers of a test."""
SESSION, DATA, OTHER = "BROKER", "BROKER-MD", "VENUE"
PRINCIPAL = "trader/desk1"
ACCOUNTS = frozenset({"DESK1"})
MS = 1_000_000
SECOND = 1_000 * MS
GRANT = 7
QUOTE = Quote(D("1.3850"), D("1.3852"), 0)

LIMITS = Limits(
    order_qty_max=D(1_000_000),
    order_notional_max=D(2_000_000),
    price_collar_bps=D(50),
    passive_collar_bps=D(500),
    reference_age_ms_max=5_000,
)
EURUSD = Instrument("EURUSD", "USD", tick=D("0.0001"), lot=D(100))
POLICY = Policy("v1", {"DESK1": LIMITS, "DESK2": LIMITS}, {"EURUSD": EURUSD})
CELL = Cell(
    name="FG",
    version="0",
    config_hash="x",
    sessions=(
        SessionPlan(SESSION, SessionKind.ORDERS),
        SessionPlan(DATA, SessionKind.MARKET_DATA, symbols=("EURUSD",)),
        SessionPlan(OTHER, SessionKind.ORDERS),
    ),
    account_sessions={"DESK1": SESSION, "DESK2": OTHER},
    policy=POLICY,
    reissue_age_ms_max=5_000,
)


def terms(order_qty: int | str = 1_000, price: str | None = "1.3850", **changes: Any) -> Terms:
    """Buy EURUSD with a limit; a market order where `price` is None."""
    given: dict[str, Any] = {
        "account": "DESK1",
        "symbol": "EURUSD",
        "side": Side.BUY,
        "ord_type": OrdType.MARKET if price is None else OrdType.LIMIT,
        "order_qty": D(order_qty),
        "price": None if price is None else D(price),
    }
    return Terms(**(given | changes))


def place(client_order_id: str = "c1", wanted: Terms | None = None, **changes: Any) -> PlaceOrder:
    given: dict[str, Any] = {
        "principal": PRINCIPAL,
        "client_order_id": client_order_id,
        "terms": wanted or terms(),
        "accounts": ACCOUNTS,
    }
    return PlaceOrder(**(given | changes))


def cancel(client_order_id: str = "x1", of: str = "c1", **changes: Any) -> CancelOrder:
    """A cancel of the order that its client calls `of`."""
    given: dict[str, Any] = {
        "principal": PRINCIPAL,
        "client_order_id": client_order_id,
        "accounts": ACCOUNTS,
        "orig_client_order_id": of,
    }
    return CancelOrder(**(given | changes))


def mass_cancel(client_order_id: str = "m1", **changes: Any) -> MassCancel:
    """A cancel of everything."""
    given: dict[str, Any] = {"principal": PRINCIPAL, "client_order_id": client_order_id, "accounts": ACCOUNTS}
    return MassCancel(**(given | changes))


def change(
    client_order_id: str = "r1", order_qty: int | str = 2_000, price: str | None = None, of: str = "c1", **changes: Any
) -> ReplaceOrder:
    """A replace of the order that its client calls `of`."""
    given: dict[str, Any] = {
        "principal": PRINCIPAL,
        "client_order_id": client_order_id,
        "accounts": ACCOUNTS,
        "order_qty": D(order_qty),
        "price": None if price is None else D(price),
        "orig_client_order_id": of,
    }
    return ReplaceOrder(**(given | changes))


def placed(root_id: str = "FG00000001", wanted: Terms | None = None, **changes: Any) -> OrderPlaced:
    given: dict[str, Any] = {
        "root_id": root_id,
        "client_order_id": "c1",
        "principal": PRINCIPAL,
        "session": SESSION,
        "grant": GRANT,
        "terms": wanted or terms(),
    }
    return OrderPlaced(**(given | changes))


def report(exec_type: ExecType, ord_status: OrdStatus, cl_ord_id: str = "FG00000001", **changes: Any) -> ExecutionReport:
    """What the venue says of an order that it calls V1."""
    given: dict[str, Any] = {
        "cl_ord_id": cl_ord_id,
        "exec_id": "E1",
        "exec_type": exec_type,
        "ord_status": ord_status,
        "order_id": "V1",
    }
    return ExecutionReport(**(given | changes))


def fill(
    last_qty: int | str, last_px: str = "1.3850", exec_id: str = "E1", cl_ord_id: str = "FG00000001", **changes: Any
) -> ExecutionReport:
    given: dict[str, Any] = {"exec_id": exec_id, "last_qty": D(last_qty), "last_px": D(last_px)} | changes
    return report(ExecType.TRADE, OrdStatus.PARTIALLY_FILLED, cl_ord_id, **given)


def status(ord_status: OrdStatus, cl_ord_id: str = "FG00000001", **changes: Any) -> ExecutionReport:
    """The answer to a status request."""
    return report(ExecType.ORDER_STATUS, ord_status, cl_ord_id, **({"exec_id": "0"} | changes))


def unknown(cl_ord_id: str = "FG00000001") -> ExecutionReport:
    """The answer to a status request about an order that the venue does not know (R10)."""
    return status(OrdStatus.REJECTED, cl_ord_id, order_id="NONE")


def asked(cl_ord_id: str = "FG00000001", root_id: str = "FG00000001", session: str = SESSION) -> StatusRequested:
    """A status request of ours."""
    return StatusRequested(root_id, cl_ord_id, session, GRANT)


def said(told: ExecutionReport, root_id: str = "FG00000001", session: str = SESSION) -> ExecutionReported:
    return ExecutionReported(root_id, receipt(session), told)


def receipt(session: str = SESSION, msg_seq_num: int = 1, next_target: int = 2, msg_type: str = "8", raw: str = "raw") -> Receipt:
    """A message came in."""
    return Receipt(session, 1, msg_seq_num, msg_type, next_target, raw)


def book(*events: Event) -> Book:
    """A book after these facts, a nanosecond apart from 1 on."""
    made = Book("FG")
    for seq, event in enumerate(events, 1):
        made.apply(event, seq, seq)
    return made


def request_refused(msg_type: MsgType, refusal: Refusal, root_id: str = "FG00000001", **changes: object) -> RequestRefused:
    """The answer to a cancel x1, or a replace r1, of the order that its client calls c1."""
    is_cancel = msg_type is MsgType.ORDER_CANCEL_REQUEST
    given: dict[str, object] = {"terms": None if is_cancel else terms(2_000), "text": "order=c1"} | changes
    return RequestRefused(root_id, "x1" if is_cancel else "r1", PRINCIPAL, msg_type, "c1", refusal, **given)  # type: ignore[arg-type]
