"""Requests into commands: whatever passes here is well formed, whatever is not is refused with the name of the field."""

from gateway.api.v1.order_service_pb2 import CancelRequest, ReplaceRequest, SubmitRequest, TradeEntry
from gateway.control.identity import Principal
from gateway.control.reading import instant, name, optional_name, optional_positive, positive, wrong
from gateway.control.terms import terms
from oms.domain.commands import CancelOrder, ClientCommand, PlaceOrder, ReplaceOrder


def command(entry: TradeEntry, caller: Principal) -> ClientCommand:
    """One entry of a Trade stream. Raises Refused."""
    match entry.WhichOneof("request"):
        case "submit":
            return place(entry.submit, caller)
        case "cancel":
            return cancel(entry.cancel, caller)
        case "replace":
            return change(entry.replace, caller)
        case _:
            raise wrong("request", "holds neither submit nor cancel nor replace")


def place(request: SubmitRequest, caller: Principal) -> PlaceOrder:
    """A new order. Raises Refused."""
    wanted = terms(request)
    parent_id, is_parent = optional_name("parent_root_id", request.parent_root_id), request.is_parent
    if parent_id or is_parent:
        _check_family(request)
    client_order_id = name("client_order_id", request.client_order_id)
    return PlaceOrder(caller.spiffe_id, client_order_id, wanted, caller.accounts, parent_id, is_parent)


def cancel(request: CancelRequest, caller: Principal) -> CancelOrder:
    """A cancel. Raises Refused."""
    _one_order(request)
    return CancelOrder(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        accounts=caller.accounts,
        root_id=request.root_id,
        orig_client_order_id=request.orig_client_order_id,
    )


def change(request: ReplaceRequest, caller: Principal) -> ReplaceOrder:
    """A replace. Raises Refused."""
    _one_order(request)
    return ReplaceOrder(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        accounts=caller.accounts,
        order_qty=positive("order_qty", request.order_qty),
        price=optional_positive("price", request.price),
        root_id=request.root_id,
        orig_client_order_id=request.orig_client_order_id,
        expire_at_ns=instant("expire_at", request.expire_at) if request.HasField("expire_at") else None,
        stop_px=optional_positive("stop_px", request.stop_px),
    )


def _check_family(request: SubmitRequest) -> None:
    """Parents and children are counted in quantities, and there is one generation of each."""
    if request.is_parent and request.parent_root_id:
        raise wrong("parent_root_id", "is given to a parent order, which has no parent of its own")
    if request.is_parent and request.HasField("expire_at"):
        raise wrong("expire_at", "is a deadline for sending, and a parent order is never sent")
    if request.cash_order_qty:
        raise wrong("cash_order_qty", "cannot be shared between a parent and its children: say order_qty")


def _one_order(request: CancelRequest | ReplaceRequest) -> None:
    """It names one order, in one way."""
    if request.root_id and request.orig_client_order_id:
        raise wrong("orig_client_order_id", "is given beside root_id; one of them names the order")
    if not request.root_id and not request.orig_client_order_id:
        raise wrong("root_id", "is missing, and so is orig_client_order_id")
    optional_name("root_id", request.root_id)
    optional_name("orig_client_order_id", request.orig_client_order_id)
