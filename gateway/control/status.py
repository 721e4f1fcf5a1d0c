"""The one table from a refusal to the gRPC status that tells it, and whether trying again can help."""

from enum import Enum

import grpc
import msgspec
from google.protobuf.any_pb2 import Any
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # No types in the wheel.
from grpc import StatusCode
from grpc_status import rpc_status

from gateway.api.v1 import refusal_pb2
from gateway.control.codes import by_name
from oms.domain.refusal import RETRY_CAN_HELP, Refusal


class EdgeRefusal(Enum):
    """What the control plane refuses by itself: nothing was taken, nothing is journalled."""

    INVALID_FIELD = "INVALID_FIELD"
    OVERLOADED = "OVERLOADED"
    NOT_AUTHENTICATED = "NOT_AUTHENTICATED"
    NOT_PERMITTED = "NOT_PERMITTED"
    TOKEN_TOO_OLD = "TOKEN_TOO_OLD"  # noqa: S105  # A resume token is no secret.
    SLOW_CONSUMER = "SLOW_CONSUMER"
    SHUTTING_DOWN = "SHUTTING_DOWN"
    NO_SNAPSHOT = "NO_SNAPSHOT"


AnyRefusal = Refusal | EdgeRefusal

CODES: dict[AnyRefusal, StatusCode] = {
    Refusal.DUPLICATE_CLIENT_ORDER_ID: StatusCode.ALREADY_EXISTS,
    Refusal.NOT_ENTITLED: StatusCode.PERMISSION_DENIED,
    Refusal.UNKNOWN_ACCOUNT: StatusCode.NOT_FOUND,
    Refusal.UNKNOWN_SYMBOL: StatusCode.NOT_FOUND,
    Refusal.UNKNOWN_ORDER: StatusCode.NOT_FOUND,
    Refusal.TOO_LATE: StatusCode.FAILED_PRECONDITION,
    Refusal.REQUEST_PENDING: StatusCode.FAILED_PRECONDITION,
    Refusal.EXPIRED: StatusCode.FAILED_PRECONDITION,
    Refusal.SESSION_DOWN: StatusCode.FAILED_PRECONDITION,  # UNAVAILABLE would make clients repeat an id that stays refused.
    Refusal.DRAINING: StatusCode.FAILED_PRECONDITION,  # As above.
    Refusal.NOT_DRAINING: StatusCode.FAILED_PRECONDITION,
    Refusal.PRICE_NOT_ON_TICK: StatusCode.INVALID_ARGUMENT,
    Refusal.ORDER_QTY_NOT_IN_LOTS: StatusCode.INVALID_ARGUMENT,
    Refusal.MISSING_LIMIT: StatusCode.FAILED_PRECONDITION,
    Refusal.ORDER_QTY_EXCEEDS_MAX: StatusCode.FAILED_PRECONDITION,
    Refusal.NO_REFERENCE_PX: StatusCode.FAILED_PRECONDITION,
    Refusal.STALE_REFERENCE_PX: StatusCode.FAILED_PRECONDITION,
    Refusal.PRICE_EXCEEDS_COLLAR: StatusCode.FAILED_PRECONDITION,
    Refusal.ORDER_NOTIONAL_EXCEEDS_MAX: StatusCode.FAILED_PRECONDITION,
    Refusal.PRICE_ON_MARKET_ORDER: StatusCode.FAILED_PRECONDITION,
    Refusal.STOP_PX_ON_PLAIN_ORDER: StatusCode.FAILED_PRECONDITION,
    Refusal.NOT_TAKEN: StatusCode.FAILED_PRECONDITION,
    Refusal.UNKNOWN_PARENT: StatusCode.NOT_FOUND,
    Refusal.PARENT_DIFFERS: StatusCode.FAILED_PRECONDITION,
    Refusal.PARENT_QTY_EXCEEDED: StatusCode.FAILED_PRECONDITION,
    Refusal.UNKNOWN_REPORT: StatusCode.NOT_FOUND,
    Refusal.REPORT_RESOLVED: StatusCode.FAILED_PRECONDITION,
    Refusal.REPORT_UNREADABLE: StatusCode.FAILED_PRECONDITION,
    Refusal.OTHER_SESSION: StatusCode.FAILED_PRECONDITION,
    Refusal.UNKNOWN_EXECUTION: StatusCode.FAILED_PRECONDITION,
    Refusal.DUPLICATE_EXECUTION: StatusCode.FAILED_PRECONDITION,
    Refusal.NOT_UNKNOWN: StatusCode.FAILED_PRECONDITION,
    Refusal.CURRENCY_DIFFERS: StatusCode.FAILED_PRECONDITION,
    Refusal.UNFIT_TERMS: StatusCode.INVALID_ARGUMENT,
    Refusal.RATE_EXCEEDED: StatusCode.FAILED_PRECONDITION,  # As SESSION_DOWN.
    Refusal.UNKNOWN_SESSION: StatusCode.NOT_FOUND,
    Refusal.SESSION_DISABLED: StatusCode.FAILED_PRECONDITION,
    Refusal.SESSION_HALTED: StatusCode.FAILED_PRECONDITION,
    Refusal.SESSION_CLOSED: StatusCode.FAILED_PRECONDITION,
    Refusal.SESSION_NOT_OUT: StatusCode.FAILED_PRECONDITION,
    Refusal.SESSION_NOT_HALTED: StatusCode.FAILED_PRECONDITION,
    Refusal.NUMBERS_NOT_KEPT: StatusCode.FAILED_PRECONDITION,
    Refusal.SESSION_HELD: StatusCode.FAILED_PRECONDITION,
    Refusal.SAME_PERSON: StatusCode.FAILED_PRECONDITION,
    Refusal.UNKNOWN_LATCH: StatusCode.NOT_FOUND,
    Refusal.LATCHED: StatusCode.FAILED_PRECONDITION,
    Refusal.OPEN_ORDERS_EXCEED_MAX: StatusCode.FAILED_PRECONDITION,
    Refusal.POSITION_EXCEEDS_MAX: StatusCode.FAILED_PRECONDITION,
    Refusal.OPEN_VALUE_EXCEEDS_MAX: StatusCode.FAILED_PRECONDITION,
    Refusal.DAY_VALUE_EXCEEDS_MAX: StatusCode.FAILED_PRECONDITION,
    Refusal.UNPRICED_EXPOSURE: StatusCode.FAILED_PRECONDITION,
    Refusal.NOT_JUDGED: StatusCode.FAILED_PRECONDITION,
    Refusal.NOT_ARMED: StatusCode.FAILED_PRECONDITION,
    Refusal.MISSING_REFERENCE_DATA: StatusCode.FAILED_PRECONDITION,
    Refusal.STALE_REFERENCE_DATA: StatusCode.FAILED_PRECONDITION,
    Refusal.RESTRICTED: StatusCode.FAILED_PRECONDITION,
    Refusal.NOT_ALLOWED: StatusCode.FAILED_PRECONDITION,
    Refusal.MARKET_NOT_OPEN: StatusCode.FAILED_PRECONDITION,
    Refusal.ADV_SHARE_EXCEEDS_MAX: StatusCode.FAILED_PRECONDITION,
    Refusal.SHORT_SALE_MISMARKED: StatusCode.FAILED_PRECONDITION,
    Refusal.NO_LOCATE: StatusCode.FAILED_PRECONDITION,
    Refusal.SHORT_SALE_RESTRICTED: StatusCode.FAILED_PRECONDITION,
    Refusal.REFERENCE_DATA_OUT_OF_TIME: StatusCode.FAILED_PRECONDITION,
    Refusal.REFERENCE_DATA_FULL: StatusCode.FAILED_PRECONDITION,
    EdgeRefusal.INVALID_FIELD: StatusCode.INVALID_ARGUMENT,
    EdgeRefusal.OVERLOADED: StatusCode.RESOURCE_EXHAUSTED,
    EdgeRefusal.NOT_AUTHENTICATED: StatusCode.UNAUTHENTICATED,
    EdgeRefusal.NOT_PERMITTED: StatusCode.PERMISSION_DENIED,
    EdgeRefusal.TOKEN_TOO_OLD: StatusCode.OUT_OF_RANGE,
    EdgeRefusal.SLOW_CONSUMER: StatusCode.RESOURCE_EXHAUSTED,
    EdgeRefusal.SHUTTING_DOWN: StatusCode.UNAVAILABLE,
    EdgeRefusal.NO_SNAPSHOT: StatusCode.ABORTED,
}

RETRIES: frozenset[AnyRefusal] = RETRY_CAN_HELP | {EdgeRefusal.OVERLOADED, EdgeRefusal.SLOW_CONSUMER, EdgeRefusal.SHUTTING_DOWN}

NUMBERS: dict[AnyRefusal, refusal_pb2.Refusal] = {
    **by_name(Refusal, refusal_pb2.Refusal, "REFUSAL"),
    **by_name(EdgeRefusal, refusal_pb2.Refusal, "REFUSAL"),
}
"""The refusals as the contract numbers them."""


class Refused(Exception):
    """The call ends here. The server turns this into a status with a RefusalDetail."""

    def __init__(self, refusal: AnyRefusal, text: str, *, field: str = "", seq: int = 0) -> None:
        super().__init__(f"{refusal.value} {field and field + ': '}{text}")
        self.refusal = refusal
        self.text = text
        self.field = field
        self.seq = seq


class Told(msgspec.Struct, frozen=True):
    """A status as grpc takes it."""

    code: StatusCode
    details: str
    trailing_metadata: tuple[tuple[str, str | bytes], ...]


def told(refused: Refused) -> Told:
    """The status of a refused call, with its detail as google.rpc.Status."""
    detail = refusal_pb2.RefusalDetail(
        refusal=NUMBERS[refused.refusal],
        field=refused.field,
        text=refused.text,
        retry_can_help=refused.refusal in RETRIES,
        seq=refused.seq,
    )
    packed = Any()
    packed.Pack(detail)
    code = CODES[refused.refusal]
    status: grpc.Status = rpc_status.to_status(Status(code=code.value[0], message=str(refused), details=[packed]))
    return Told(code, str(refused), tuple(status.trailing_metadata))
