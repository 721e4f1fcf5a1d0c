"""What clients ask of the order book. Any of these may be refused; a refusal is an event."""

from decimal import Decimal
from typing import get_args

import msgspec

from oms.domain.chain import RequestState
from oms.domain.dead_man import Silence
from oms.domain.fields import DKReason, Side
from oms.domain.latches import Mode
from oms.domain.reference import AnyRow
from oms.domain.terms import CustomTags, Terms


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
    is_parent: bool = False
    """Whether it is held here and worked by its children, and never sent itself."""


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
    custom: CustomTags = ()
    """All its fields of no standard; where it has none, those of the order stay."""


class MassCancel(msgspec.Struct, frozen=True, gc=False):
    """Cancel every live order of the principal's accounts that matches; empty and None match any."""

    principal: str
    client_order_id: str
    accounts: frozenset[str]
    account: str = ""
    symbol: str = ""
    side: Side | None = None
    session: str = ""
    placed_by: str = ""
    """The principal whose orders alone are meant; empty for everybody's."""


class AttributeReport(msgspec.Struct, frozen=True, gc=False):
    """What was set aside in record `seq` is a report about this order."""

    principal: str
    client_order_id: str
    accounts: frozenset[str]
    seq: int
    root_id: str
    reason: str


class DismissReport(msgspec.Struct, frozen=True, gc=False):
    """What was set aside in record `seq` changed nothing; tell the venue why where there is a DKReason(127)."""

    principal: str
    client_order_id: str
    accounts: frozenset[str]
    seq: int
    reason: str
    dk_reason: DKReason | None = None


class ResolveRequest(msgspec.Struct, frozen=True, gc=False):
    """A person knows what became of a request of which nobody knew: DONE, REFUSED or NOT_SENT."""

    principal: str
    client_order_id: str
    accounts: frozenset[str]
    root_id: str
    cl_ord_id: str
    state: RequestState
    reason: str


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


class CancelChild(msgspec.Struct, frozen=True, gc=False):
    """Ask the venue to cancel a child, because its parent was canceled."""

    root_id: str


class AskVenue(msgspec.Struct, frozen=True, gc=False):
    """Ask the venue how an order stands there, by OrderStatusRequest(35=H)."""

    principal: str
    client_order_id: str
    accounts: frozenset[str]
    root_id: str
    cl_ord_id: str = ""
    """Of the version to ask about; empty for the one that the venue works."""


class Drain(msgspec.Struct, frozen=True, gc=False):
    """Take nothing new, wait for what is working or cancel it, and end in good order."""

    principal: str
    client_order_id: str
    reason: str
    is_canceling: bool
    wait_ms: int


class StopDrain(msgspec.Struct, frozen=True, gc=False):
    """Take orders again."""

    principal: str
    client_order_id: str
    reason: str


class StopTrading(msgspec.Struct, frozen=True, gc=False):
    """Let nothing pass within a scope but what the mode lets through, from now on."""

    principal: str
    client_order_id: str
    scope: str
    """As `risk.scope` writes it."""
    mode: Mode
    reason: str
    cancels: bool
    """Whether everything that is open there is canceled as well: a kill."""
    is_drill: bool = False


class ReleaseLatch(msgspec.Struct, frozen=True, gc=False):
    """Let orders pass again: the word of the first person asks for it, and that of a second does it."""

    principal: str
    client_order_id: str
    latch: int
    """Journal seq of the latch."""
    reason: str


class NoteDrill(msgspec.Struct, frozen=True, gc=False):
    """Make the outcome of a drill a fact."""

    principal: str
    client_order_id: str
    latch: int
    orders: int
    left: int
    effective_us: int | None
    cancels_us: int | None
    flat_us: int | None


class ArmDeadMan(msgspec.Struct, frozen=True, gc=False):
    """Cancel what the principal has open when it is not heard for so long."""

    principal: str
    client_order_id: str
    silence: Silence


class DisarmDeadMan(msgspec.Struct, frozen=True, gc=False):
    """It need not be heard any more."""

    principal: str
    client_order_id: str


class SetReference(msgspec.Struct, frozen=True, gc=False):
    """These rows of reference data hold from now on: all of them or none."""

    principal: str
    client_order_id: str
    source: str
    as_of_ns: int
    rows: tuple[AnyRow, ...]
    digest: str
    """sha256 of the time and the rows, in hex."""


Act = (
    StopTrading
    | ReleaseLatch
    | NoteDrill
    | Drain
    | StopDrain
    | AskVenue
    | MassCancel
    | AttributeReport
    | DismissReport
    | ResolveRequest
    | ArmDeadMan
    | DisarmDeadMan
    | SetReference
)
"""What is asked beside the requests of single orders."""
ClientCommand = PlaceOrder | CancelOrder | ReplaceOrder | Act
CLIENT_COMMANDS: frozenset[type] = frozenset(get_args(ClientCommand))
