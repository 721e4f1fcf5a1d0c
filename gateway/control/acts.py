"""Requests beside those of single orders into commands: refused with the name of the field where they are not well formed."""

import re
from typing import Protocol, TypeVar

from msgspec.structs import replace

from gateway.administering import MSG_SEQ_NUM_MAX, AskedOfSession, ReleaseHalt, SetNumbers
from gateway.api.v1.lifecycle_service_pb2 import DrainRequest, StopDrainRequest
from gateway.api.v1.order_service_pb2 import AskVenueRequest, MassCancelRequest
from gateway.api.v1.order_service_pb2 import ResolveRequest as Resolve
from gateway.api.v1.session_service_pb2 import ReleaseHaltRequest, SetNumbersRequest
from gateway.api.v1.suspense_service_pb2 import AttributeRequest, DismissRequest
from gateway.control.codes import DK_REASONS, REQUEST_STATES, SIDES
from gateway.control.identity import Principal
from gateway.control.reading import name, optional_name
from gateway.control.status import EdgeRefusal, Refused
from oms.domain.chain import RequestState
from oms.domain.commands import AskVenue, AttributeReport, DismissReport, Drain, MassCancel, ResolveRequest, StopDrain

REASON_LENGTH_MAX = 200
WAIT_MS_MAX = 24 * 3_600_000
_REASON = re.compile(r"(?=.*[!-~])[ -~]{1,200}").fullmatch
_SIDES = {number: side for side, number in SIDES.items()}
_DK_REASONS = {number: dk_reason for dk_reason, number in DK_REASONS.items()}
_FINAL = {REQUEST_STATES[state]: state for state in (RequestState.DONE, RequestState.REFUSED, RequestState.NOT_SENT)}


S = TypeVar("S", bound=AskedOfSession)


class SessionRequest(Protocol):
    """What every request about a session has."""

    client_order_id: str
    session: str
    reason: str


def mass_cancel(request: MassCancelRequest, caller: Principal) -> MassCancel:
    """Raises Refused. A filter that cannot be understood must not become one that matches more, or less."""
    side = _SIDES.get(request.side)
    if side is None and request.side:
        raise _wrong("side", f"{request.side} is no value of this field")
    return MassCancel(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        accounts=caller.accounts,
        account=optional_name("account", request.account),
        symbol=optional_name("symbol", request.symbol),
        side=side,
        session=optional_name("session", request.session),
    )


def ask_venue(request: AskVenueRequest, caller: Principal) -> AskVenue:
    """Raises Refused."""
    return AskVenue(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        accounts=caller.accounts,
        root_id=name("root_id", request.root_id),
        cl_ord_id=optional_name("cl_ord_id", request.cl_ord_id),
    )


def resolve(request: Resolve, caller: Principal) -> ResolveRequest:
    """Raises Refused."""
    state = _FINAL.get(request.state)
    if state is None:
        raise _wrong("state", "is none of DONE, REFUSED and NOT_SENT")
    return ResolveRequest(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        accounts=caller.accounts,
        root_id=name("root_id", request.root_id),
        cl_ord_id=name("cl_ord_id", request.cl_ord_id),
        state=state,
        reason=reason(request.reason),
    )


def attribute(request: AttributeRequest, caller: Principal) -> AttributeReport:
    """Raises Refused."""
    return AttributeReport(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        accounts=caller.accounts,
        seq=_seq(request.seq),
        root_id=name("root_id", request.root_id),
        reason=reason(request.reason),
    )


def dismiss(request: DismissRequest, caller: Principal) -> DismissReport:
    """Raises Refused."""
    dk_reason = _DK_REASONS.get(request.dk_reason)
    if dk_reason is None and request.dk_reason:
        raise _wrong("dk_reason", f"{request.dk_reason} is no value of this field")
    return DismissReport(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        accounts=caller.accounts,
        seq=_seq(request.seq),
        reason=reason(request.reason),
        dk_reason=dk_reason,
    )


def drain(request: DrainRequest, caller: Principal) -> Drain:
    """Raises Refused."""
    if request.wait_ms > WAIT_MS_MAX:
        raise _wrong("wait_ms", f"is {request.wait_ms}; at most {WAIT_MS_MAX} are allowed")
    return Drain(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        reason=reason(request.reason),
        is_canceling=request.cancel,
        wait_ms=request.wait_ms,
    )


def stop_drain(request: StopDrainRequest, caller: Principal) -> StopDrain:
    """Raises Refused."""
    own_id = name("client_order_id", request.client_order_id)
    return StopDrain(principal=caller.spiffe_id, client_order_id=own_id, reason=reason(request.reason))


def session_act(kind: type[S], request: SessionRequest, caller: Principal) -> S:
    """An act of this kind. Raises Refused."""
    return kind(
        principal=caller.spiffe_id,
        client_order_id=name("client_order_id", request.client_order_id),
        session=name("session", request.session),
        reason=reason(request.reason),
    )


def set_numbers(request: SetNumbersRequest, caller: Principal) -> SetNumbers:
    """Raises Refused."""
    next_sender = _number(request, "next_sender")
    next_target = _number(request, "next_target")
    if next_sender is None and next_target is None:
        raise _wrong("next_sender", "is missing, and so is next_target: there is no number to set")
    return replace(session_act(SetNumbers, request, caller), next_sender=next_sender, next_target=next_target)


def release_halt(request: ReleaseHaltRequest, caller: Principal) -> ReleaseHalt:
    """Raises Refused."""
    return replace(session_act(ReleaseHalt, request, caller), takes_numbers=request.takes_numbers)


def _number(request: SetNumbersRequest, field: str) -> int | None:
    if not request.HasField(field):
        return None
    number: int = getattr(request, field)
    if not 1 <= number <= MSG_SEQ_NUM_MAX:
        raise _wrong(field, f"{number} is not between 1 and {MSG_SEQ_NUM_MAX}")
    return number


def _seq(seq: int) -> int:
    if not seq:
        raise _wrong("seq", "is missing")
    return seq


def reason(text: str) -> str:
    """It goes into the journal, and to a venue: plain characters, and not too many."""
    if _REASON(text):
        return text
    raise _wrong("reason", f"must be 1 to {REASON_LENGTH_MAX} printable ASCII characters" if text else "is missing")


def _wrong(field: str, problem: str) -> Refused:
    return Refused(EdgeRefusal.INVALID_FIELD, problem, field=field)
