"""Builders for what the book is asked."""

from decimal import Decimal

from gateway.simulator.book import Book
from gateway.simulator.fields import OrdType, Side, TimeInForce
from gateway.simulator.quote import Quote
from gateway.simulator.requests import NewOrder, ReplaceRequest


def book(bid_px: str = "1.38500", offer_px: str = "1.38510", displayed_qty: int = 1000) -> Book:
    """A book with a quote."""
    made = Book("EURUSD", Decimal(displayed_qty), "T")
    made.on_quote(quote(bid_px, offer_px), 0)
    return made


def quote(bid_px: str, offer_px: str) -> Quote:
    return Quote(Decimal(bid_px), Decimal(offer_px))


def new_order(
    cl_ord_id: str,
    order_qty: int = 100,
    price: str | None = None,
    side: Side = Side.BUY,
    time_in_force: TimeInForce = TimeInForce.DAY,
    expire_at_ns: int | None = None,
    *,
    maybe_repeated: bool = False,
) -> NewOrder:
    """A limit order if there is a price, a market order if not."""
    return NewOrder(
        cl_ord_id=cl_ord_id,
        symbol="EURUSD",
        side=side,
        ord_type=OrdType.LIMIT if price else OrdType.MARKET,
        order_qty=Decimal(order_qty),
        price=Decimal(price) if price else None,
        time_in_force=time_in_force,
        expire_at_ns=expire_at_ns,
        maybe_repeated=maybe_repeated,
    )


def replace(cl_ord_id: str, orig_cl_ord_id: str, order_qty: int, price: str, side: Side = Side.BUY) -> ReplaceRequest:
    return ReplaceRequest(cl_ord_id, orig_cl_ord_id, "EURUSD", side, OrdType.LIMIT, Decimal(order_qty), Decimal(price))
