"""What clients ask of the order book. Any of these may be refused; a refusal is an event."""

from decimal import Decimal

import msgspec

from oms.domain.terms import Terms


class PlaceOrder(msgspec.Struct, frozen=True, gc=False):
    """Send a new order to the venue."""

    principal: str
    """Who asks, as the client certificate says."""
    client_order_id: str
    """The client's own id of this request; unique for the principal over all kinds of request."""
    terms: Terms
    accounts: frozenset[str]
    """The accounts that the principal may trade."""
    parent_id: str = ""
    """root_id of the order that this one is a child of."""


class CancelOrder(msgspec.Struct, frozen=True, gc=False):
    """Ask the venue to cancel an order. The order is named by `root_id`, or by the client's own id of it."""

    principal: str
    client_order_id: str
    accounts: frozenset[str]
    root_id: str = ""
    orig_client_order_id: str = ""


class ReplaceOrder(msgspec.Struct, frozen=True, gc=False):
    """Ask the venue to change quantity and price of an order. Nothing applies before the venue says Replaced (R4)."""

    principal: str
    client_order_id: str
    accounts: frozenset[str]
    order_qty: Decimal
    """The new total quantity, filled part included."""
    price: Decimal | None
    root_id: str = ""
    orig_client_order_id: str = ""
    expire_at_ns: int | None = None
    stop_px: Decimal | None = None
    """The new StopPx(99); None where it stays."""


class DecideAgain(msgspec.Struct, frozen=True, gc=False):
    """A request is known never to have reached the venue: send it again, or give it up."""

    root_id: str
    cl_ord_id: str


class AskStatus(msgspec.Struct, frozen=True, gc=False):
    """Ask the venue what it knows of a request whose fate is unknown."""

    root_id: str
    cl_ord_id: str


class LookAfter(msgspec.Struct, frozen=True, gc=False):
    """Time has passed, or a session has come back: see what is still in doubt on it, and ask or tell what is due."""

    session: str


ClientCommand = PlaceOrder | CancelOrder | ReplaceOrder
