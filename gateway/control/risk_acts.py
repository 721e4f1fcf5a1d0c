"""Requests of whoever answers for risk into commands: refused with the name of the field where they are not well formed."""

from gateway.api.v1.risk_service_pb2 import ReleaseRequest, StopRequest
from gateway.control.acts import reason
from gateway.control.codes import LATCH_MODES
from gateway.control.identity import Principal
from gateway.control.reading import name
from gateway.control.status import EdgeRefusal, Refused
from oms.domain.commands import ReleaseLatch, StopTrading
from risk.scope import NoScope, parse

_MODES = {number: mode for mode, number in LATCH_MODES.items()}


def stop(request: StopRequest, caller: Principal) -> StopTrading:
    """Raises Refused. A scope that cannot be read must not become one that stops less, or more."""
    mode = _MODES.get(request.mode)
    if mode is None:
        raise Refused(EdgeRefusal.INVALID_FIELD, "is none of HALTED, CLOSE_ONLY and REDUCE_ONLY", field="mode")
    try:
        scope = parse(request.scope)
    except NoScope as problem:
        raise Refused(EdgeRefusal.INVALID_FIELD, str(problem), field="scope") from problem
    return StopTrading(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        scope=scope.text,
        mode=mode,
        reason=reason(request.reason),
        cancels=request.cancels,
    )


def release(request: ReleaseRequest, caller: Principal) -> ReleaseLatch:
    """Raises Refused."""
    if not request.latch:
        raise Refused(EdgeRefusal.INVALID_FIELD, "is missing", field="latch")
    return ReleaseLatch(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        latch=request.latch,
        reason=reason(request.reason),
    )
