import datetime

from gateway.api.v1 import fix_pb2 as _fix_pb2
from gateway.api.v1 import instructions_pb2 as _instructions_pb2
from gateway.api.v1 import refusal_pb2 as _refusal_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OrderEventKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_EVENT_KIND_UNSPECIFIED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_PLACED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_REFUSED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_CANCEL_REQUESTED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_REPLACE_REQUESTED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_SENT: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_NOT_SENT: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_IN_DOUBT: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_REISSUED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_STATUS_REQUESTED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_EXECUTION_REPORT: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_ORDER_CANCEL_REJECT: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_MESSAGE_REJECT: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_DIFFERED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_OVERFILLED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_ATTRIBUTED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_ESCALATED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_ADOPTED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_DISPUTED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_MASS_CANCEL_REQUESTED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_MASS_CANCEL_REPORT: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_MASS_CANCEL_REJECT: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_RESOLVED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_DISMISSED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_VENUE_ASKED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_RELEASED: _ClassVar[OrderEventKind]
    ORDER_EVENT_KIND_MISSED: _ClassVar[OrderEventKind]
ORDER_EVENT_KIND_UNSPECIFIED: OrderEventKind
ORDER_EVENT_KIND_PLACED: OrderEventKind
ORDER_EVENT_KIND_REFUSED: OrderEventKind
ORDER_EVENT_KIND_CANCEL_REQUESTED: OrderEventKind
ORDER_EVENT_KIND_REPLACE_REQUESTED: OrderEventKind
ORDER_EVENT_KIND_SENT: OrderEventKind
ORDER_EVENT_KIND_NOT_SENT: OrderEventKind
ORDER_EVENT_KIND_IN_DOUBT: OrderEventKind
ORDER_EVENT_KIND_REISSUED: OrderEventKind
ORDER_EVENT_KIND_STATUS_REQUESTED: OrderEventKind
ORDER_EVENT_KIND_EXECUTION_REPORT: OrderEventKind
ORDER_EVENT_KIND_ORDER_CANCEL_REJECT: OrderEventKind
ORDER_EVENT_KIND_MESSAGE_REJECT: OrderEventKind
ORDER_EVENT_KIND_DIFFERED: OrderEventKind
ORDER_EVENT_KIND_OVERFILLED: OrderEventKind
ORDER_EVENT_KIND_ATTRIBUTED: OrderEventKind
ORDER_EVENT_KIND_ESCALATED: OrderEventKind
ORDER_EVENT_KIND_ADOPTED: OrderEventKind
ORDER_EVENT_KIND_DISPUTED: OrderEventKind
ORDER_EVENT_KIND_MASS_CANCEL_REQUESTED: OrderEventKind
ORDER_EVENT_KIND_MASS_CANCEL_REPORT: OrderEventKind
ORDER_EVENT_KIND_MASS_CANCEL_REJECT: OrderEventKind
ORDER_EVENT_KIND_RESOLVED: OrderEventKind
ORDER_EVENT_KIND_DISMISSED: OrderEventKind
ORDER_EVENT_KIND_VENUE_ASKED: OrderEventKind
ORDER_EVENT_KIND_RELEASED: OrderEventKind
ORDER_EVENT_KIND_MISSED: OrderEventKind

class OrderEvent(_message.Message):
    __slots__ = ("seq", "at", "kind", "root_id", "client_order_id", "cl_ord_id", "ord_status", "cum_qty", "leaves_qty", "avg_px", "exec_type", "last_qty", "last_px", "exec_id", "text", "refusal", "field", "is_repetition", "order_id", "account", "symbol", "side", "order_qty", "price", "stop_px", "parent_root_id", "custom_tags")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    ORD_STATUS_FIELD_NUMBER: _ClassVar[int]
    CUM_QTY_FIELD_NUMBER: _ClassVar[int]
    LEAVES_QTY_FIELD_NUMBER: _ClassVar[int]
    AVG_PX_FIELD_NUMBER: _ClassVar[int]
    EXEC_TYPE_FIELD_NUMBER: _ClassVar[int]
    LAST_QTY_FIELD_NUMBER: _ClassVar[int]
    LAST_PX_FIELD_NUMBER: _ClassVar[int]
    EXEC_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    ORDER_QTY_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    STOP_PX_FIELD_NUMBER: _ClassVar[int]
    PARENT_ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_TAGS_FIELD_NUMBER: _ClassVar[int]
    seq: int
    at: _timestamp_pb2.Timestamp
    kind: OrderEventKind
    root_id: str
    client_order_id: str
    cl_ord_id: str
    ord_status: _fix_pb2.OrdStatus
    cum_qty: str
    leaves_qty: str
    avg_px: str
    exec_type: _fix_pb2.ExecType
    last_qty: str
    last_px: str
    exec_id: str
    text: str
    refusal: _refusal_pb2.Refusal
    field: str
    is_repetition: bool
    order_id: str
    account: str
    symbol: str
    side: _fix_pb2.Side
    order_qty: str
    price: str
    stop_px: str
    parent_root_id: str
    custom_tags: _containers.RepeatedCompositeFieldContainer[_instructions_pb2.CustomTag]
    def __init__(self, seq: _Optional[int] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., kind: _Optional[_Union[OrderEventKind, str]] = ..., root_id: _Optional[str] = ..., client_order_id: _Optional[str] = ..., cl_ord_id: _Optional[str] = ..., ord_status: _Optional[_Union[_fix_pb2.OrdStatus, str]] = ..., cum_qty: _Optional[str] = ..., leaves_qty: _Optional[str] = ..., avg_px: _Optional[str] = ..., exec_type: _Optional[_Union[_fix_pb2.ExecType, str]] = ..., last_qty: _Optional[str] = ..., last_px: _Optional[str] = ..., exec_id: _Optional[str] = ..., text: _Optional[str] = ..., refusal: _Optional[_Union[_refusal_pb2.Refusal, str]] = ..., field: _Optional[str] = ..., is_repetition: _Optional[bool] = ..., order_id: _Optional[str] = ..., account: _Optional[str] = ..., symbol: _Optional[str] = ..., side: _Optional[_Union[_fix_pb2.Side, str]] = ..., order_qty: _Optional[str] = ..., price: _Optional[str] = ..., stop_px: _Optional[str] = ..., parent_root_id: _Optional[str] = ..., custom_tags: _Optional[_Iterable[_Union[_instructions_pb2.CustomTag, _Mapping]]] = ...) -> None: ...
