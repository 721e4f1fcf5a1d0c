import datetime

from gateway.api.v1 import fix_pb2 as _fix_pb2
from gateway.api.v1 import instructions_pb2 as _instructions_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class RequestState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REQUEST_STATE_UNSPECIFIED: _ClassVar[RequestState]
    REQUEST_STATE_INTENT: _ClassVar[RequestState]
    REQUEST_STATE_SENT: _ClassVar[RequestState]
    REQUEST_STATE_DONE: _ClassVar[RequestState]
    REQUEST_STATE_REFUSED: _ClassVar[RequestState]
    REQUEST_STATE_NOT_SENT: _ClassVar[RequestState]
    REQUEST_STATE_UNKNOWN: _ClassVar[RequestState]
    REQUEST_STATE_PENDING: _ClassVar[RequestState]
REQUEST_STATE_UNSPECIFIED: RequestState
REQUEST_STATE_INTENT: RequestState
REQUEST_STATE_SENT: RequestState
REQUEST_STATE_DONE: RequestState
REQUEST_STATE_REFUSED: RequestState
REQUEST_STATE_NOT_SENT: RequestState
REQUEST_STATE_UNKNOWN: RequestState
REQUEST_STATE_PENDING: RequestState

class Decision(_message.Message):
    __slots__ = ("limits_version", "reference_px", "reference_age_ms", "worst_px", "order_notional", "bid_px", "offer_px", "quote_at")
    LIMITS_VERSION_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_PX_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_AGE_MS_FIELD_NUMBER: _ClassVar[int]
    WORST_PX_FIELD_NUMBER: _ClassVar[int]
    ORDER_NOTIONAL_FIELD_NUMBER: _ClassVar[int]
    BID_PX_FIELD_NUMBER: _ClassVar[int]
    OFFER_PX_FIELD_NUMBER: _ClassVar[int]
    QUOTE_AT_FIELD_NUMBER: _ClassVar[int]
    limits_version: str
    reference_px: str
    reference_age_ms: int
    worst_px: str
    order_notional: str
    bid_px: str
    offer_px: str
    quote_at: _timestamp_pb2.Timestamp
    def __init__(self, limits_version: _Optional[str] = ..., reference_px: _Optional[str] = ..., reference_age_ms: _Optional[int] = ..., worst_px: _Optional[str] = ..., order_notional: _Optional[str] = ..., bid_px: _Optional[str] = ..., offer_px: _Optional[str] = ..., quote_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class OrderRequest(_message.Message):
    __slots__ = ("msg_type", "state", "client_order_id", "cl_ord_id", "orig_cl_ord_id", "principal", "placed_at", "order_qty", "price", "msg_seq_num", "decision", "stop_px")
    MSG_TYPE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    ORIG_CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    PLACED_AT_FIELD_NUMBER: _ClassVar[int]
    ORDER_QTY_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    MSG_SEQ_NUM_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    STOP_PX_FIELD_NUMBER: _ClassVar[int]
    msg_type: _fix_pb2.MsgType
    state: RequestState
    client_order_id: str
    cl_ord_id: str
    orig_cl_ord_id: str
    principal: str
    placed_at: _timestamp_pb2.Timestamp
    order_qty: str
    price: str
    msg_seq_num: int
    decision: Decision
    stop_px: str
    def __init__(self, msg_type: _Optional[_Union[_fix_pb2.MsgType, str]] = ..., state: _Optional[_Union[RequestState, str]] = ..., client_order_id: _Optional[str] = ..., cl_ord_id: _Optional[str] = ..., orig_cl_ord_id: _Optional[str] = ..., principal: _Optional[str] = ..., placed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., order_qty: _Optional[str] = ..., price: _Optional[str] = ..., msg_seq_num: _Optional[int] = ..., decision: _Optional[_Union[Decision, _Mapping]] = ..., stop_px: _Optional[str] = ...) -> None: ...

class Order(_message.Message):
    __slots__ = ("root_id", "client_order_id", "principal", "account", "symbol", "side", "ord_type", "order_qty", "price", "time_in_force", "expire_at", "cl_ord_id", "order_id", "session", "ord_status", "cum_qty", "leaves_qty", "avg_px", "text", "requests", "stop_px", "cash_order_qty", "instructions", "parent_root_id", "family", "is_unconfirmed", "day_order_qty", "day_cum_qty", "overfill_qty", "unheard_qty", "currency")
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    ORD_TYPE_FIELD_NUMBER: _ClassVar[int]
    ORDER_QTY_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    TIME_IN_FORCE_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_AT_FIELD_NUMBER: _ClassVar[int]
    CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    ORD_STATUS_FIELD_NUMBER: _ClassVar[int]
    CUM_QTY_FIELD_NUMBER: _ClassVar[int]
    LEAVES_QTY_FIELD_NUMBER: _ClassVar[int]
    AVG_PX_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    STOP_PX_FIELD_NUMBER: _ClassVar[int]
    CASH_ORDER_QTY_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    PARENT_ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    FAMILY_FIELD_NUMBER: _ClassVar[int]
    IS_UNCONFIRMED_FIELD_NUMBER: _ClassVar[int]
    DAY_ORDER_QTY_FIELD_NUMBER: _ClassVar[int]
    DAY_CUM_QTY_FIELD_NUMBER: _ClassVar[int]
    OVERFILL_QTY_FIELD_NUMBER: _ClassVar[int]
    UNHEARD_QTY_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    root_id: str
    client_order_id: str
    principal: str
    account: str
    symbol: str
    side: _fix_pb2.Side
    ord_type: _fix_pb2.OrdType
    order_qty: str
    price: str
    time_in_force: _fix_pb2.TimeInForce
    expire_at: _timestamp_pb2.Timestamp
    cl_ord_id: str
    order_id: str
    session: str
    ord_status: _fix_pb2.OrdStatus
    cum_qty: str
    leaves_qty: str
    avg_px: str
    text: str
    requests: _containers.RepeatedCompositeFieldContainer[OrderRequest]
    stop_px: str
    cash_order_qty: str
    instructions: _instructions_pb2.Instructions
    parent_root_id: str
    family: Family
    is_unconfirmed: bool
    day_order_qty: str
    day_cum_qty: str
    overfill_qty: str
    unheard_qty: str
    currency: str
    def __init__(self, root_id: _Optional[str] = ..., client_order_id: _Optional[str] = ..., principal: _Optional[str] = ..., account: _Optional[str] = ..., symbol: _Optional[str] = ..., side: _Optional[_Union[_fix_pb2.Side, str]] = ..., ord_type: _Optional[_Union[_fix_pb2.OrdType, str]] = ..., order_qty: _Optional[str] = ..., price: _Optional[str] = ..., time_in_force: _Optional[_Union[_fix_pb2.TimeInForce, str]] = ..., expire_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., cl_ord_id: _Optional[str] = ..., order_id: _Optional[str] = ..., session: _Optional[str] = ..., ord_status: _Optional[_Union[_fix_pb2.OrdStatus, str]] = ..., cum_qty: _Optional[str] = ..., leaves_qty: _Optional[str] = ..., avg_px: _Optional[str] = ..., text: _Optional[str] = ..., requests: _Optional[_Iterable[_Union[OrderRequest, _Mapping]]] = ..., stop_px: _Optional[str] = ..., cash_order_qty: _Optional[str] = ..., instructions: _Optional[_Union[_instructions_pb2.Instructions, _Mapping]] = ..., parent_root_id: _Optional[str] = ..., family: _Optional[_Union[Family, _Mapping]] = ..., is_unconfirmed: _Optional[bool] = ..., day_order_qty: _Optional[str] = ..., day_cum_qty: _Optional[str] = ..., overfill_qty: _Optional[str] = ..., unheard_qty: _Optional[str] = ..., currency: _Optional[str] = ...) -> None: ...

class Family(_message.Message):
    __slots__ = ("child_root_ids", "child_leaves_qty", "unplaced_qty")
    CHILD_ROOT_IDS_FIELD_NUMBER: _ClassVar[int]
    CHILD_LEAVES_QTY_FIELD_NUMBER: _ClassVar[int]
    UNPLACED_QTY_FIELD_NUMBER: _ClassVar[int]
    child_root_ids: _containers.RepeatedScalarFieldContainer[str]
    child_leaves_qty: str
    unplaced_qty: str
    def __init__(self, child_root_ids: _Optional[_Iterable[str]] = ..., child_leaves_qty: _Optional[str] = ..., unplaced_qty: _Optional[str] = ...) -> None: ...
