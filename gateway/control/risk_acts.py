"""Requests of whoever answers for risk into commands: refused with the name of the field where they are not well formed."""

from gateway.api.v1.risk_service_pb2 import ArmDeadManRequest, DisarmDeadManRequest, NoteDrillRequest, ReleaseRequest, StopRequest
from gateway.control.acts import reason
from gateway.control.codes import LATCH_MODES
from gateway.control.identity import Principal
from gateway.control.reading import name
from gateway.control.status import EdgeRefusal, Refused
from oms.domain.commands import ArmDeadMan, DisarmDeadMan, NoteDrill, ReleaseLatch, StopTrading
from oms.domain.dead_man import Silence
from risk.scope import Dimension, NoScope, parse, scope

TIMEOUT_MS_MIN, TIMEOUT_MS_MAX = 1_000, 3_600_000
"""Of a dead man: below it a look once a second would be too coarse, above it nobody is served."""
_MODES = {number: mode for mode, number in LATCH_MODES.items()}


def stop(request: StopRequest, caller: Principal) -> StopTrading:
    """Raises Refused. A scope that cannot be read must not become one that stops less, or more."""
    mode = _MODES.get(request.mode)
    if mode is None:
        raise Refused(EdgeRefusal.INVALID_FIELD, "is none of HALTED, CLOSE_ONLY and REDUCE_ONLY", field="mode")
    try:
        parsed = parse(request.scope)
    except NoScope as problem:
        raise Refused(EdgeRefusal.INVALID_FIELD, str(problem), field="scope") from problem
    return StopTrading(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        scope=parsed.text,
        mode=mode,
        reason=reason(request.reason),
        cancels=request.cancels,
        is_drill=request.is_drill,
    )


def note(request: NoteDrillRequest, caller: Principal) -> NoteDrill:
    """Raises Refused."""
    if not request.latch:
        raise Refused(EdgeRefusal.INVALID_FIELD, "is missing", field="latch")
    effective_us, cancels_us, flat_us = (
        getattr(request, field) if request.HasField(field) else None for field in ("effective_us", "cancels_us", "flat_us")
    )
    return NoteDrill(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        latch=request.latch,
        orders=request.orders,
        left=request.left,
        effective_us=effective_us,
        cancels_us=cancels_us,
        flat_us=flat_us,
    )


def arm(request: ArmDeadManRequest, caller: Principal) -> ArmDeadMan:
    """Raises Refused."""
    if not TIMEOUT_MS_MIN <= request.timeout_ms <= TIMEOUT_MS_MAX:
        text = f"{request.timeout_ms} is not between {TIMEOUT_MS_MIN} and {TIMEOUT_MS_MAX}"
        raise Refused(EdgeRefusal.INVALID_FIELD, text, field="timeout_ms")
    if request.latches:
        try:
            scope({Dimension.TRADER: caller.spiffe_id})
        except NoScope as problem:
            raise Refused(EdgeRefusal.INVALID_FIELD, f"no latch can name the caller: {problem}", field="latches") from problem
    return ArmDeadMan(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        silence=Silence(request.timeout_ms, request.leaves_good_till, request.latches),
    )


def disarm(request: DisarmDeadManRequest, caller: Principal) -> DisarmDeadMan:
    """Raises Refused."""
    return DisarmDeadMan(caller.spiffe_id, name("client_order_id", request.client_order_id))


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
