import datetime

from gateway.api.v1 import fix_pb2 as _fix_pb2
from gateway.api.v1 import instructions_pb2 as _instructions_pb2
from gateway.api.v1 import order_pb2 as _order_pb2
from gateway.api.v1 import order_event_pb2 as _order_event_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SubmitRequest(_message.Message):
    __slots__ = ("client_order_id", "account", "symbol", "side", "ord_type", "order_qty", "price", "time_in_force", "expire_at", "stop_px", "cash_order_qty", "instructions", "parent_root_id", "is_parent", "currency")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    ORD_TYPE_FIELD_NUMBER: _ClassVar[int]
    ORDER_QTY_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    TIME_IN_FORCE_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_AT_FIELD_NUMBER: _ClassVar[int]
    STOP_PX_FIELD_NUMBER: _ClassVar[int]
    CASH_ORDER_QTY_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    PARENT_ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    IS_PARENT_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    account: str
    symbol: str
    side: _fix_pb2.Side
    ord_type: _fix_pb2.OrdType
    order_qty: str
    price: str
    time_in_force: _fix_pb2.TimeInForce
    expire_at: _timestamp_pb2.Timestamp
    stop_px: str
    cash_order_qty: str
    instructions: _instructions_pb2.Instructions
    parent_root_id: str
    is_parent: bool
    currency: str
    def __init__(self, client_order_id: _Optional[str] = ..., account: _Optional[str] = ..., symbol: _Optional[str] = ..., side: _Optional[_Union[_fix_pb2.Side, str]] = ..., ord_type: _Optional[_Union[_fix_pb2.OrdType, str]] = ..., order_qty: _Optional[str] = ..., price: _Optional[str] = ..., time_in_force: _Optional[_Union[_fix_pb2.TimeInForce, str]] = ..., expire_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stop_px: _Optional[str] = ..., cash_order_qty: _Optional[str] = ..., instructions: _Optional[_Union[_instructions_pb2.Instructions, _Mapping]] = ..., parent_root_id: _Optional[str] = ..., is_parent: _Optional[bool] = ..., currency: _Optional[str] = ...) -> None: ...

class SubmitResponse(_message.Message):
    __slots__ = ("root_id", "cl_ord_id", "seq", "is_repetition")
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    root_id: str
    cl_ord_id: str
    seq: int
    is_repetition: bool
    def __init__(self, root_id: _Optional[str] = ..., cl_ord_id: _Optional[str] = ..., seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class CancelRequest(_message.Message):
    __slots__ = ("client_order_id", "root_id", "orig_client_order_id")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    ORIG_CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    root_id: str
    orig_client_order_id: str
    def __init__(self, client_order_id: _Optional[str] = ..., root_id: _Optional[str] = ..., orig_client_order_id: _Optional[str] = ...) -> None: ...

class CancelResponse(_message.Message):
    __slots__ = ("root_id", "cl_ord_id", "seq", "is_repetition")
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    root_id: str
    cl_ord_id: str
    seq: int
    is_repetition: bool
    def __init__(self, root_id: _Optional[str] = ..., cl_ord_id: _Optional[str] = ..., seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class ReplaceRequest(_message.Message):
    __slots__ = ("client_order_id", "root_id", "orig_client_order_id", "order_qty", "price", "expire_at", "stop_px")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    ORIG_CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_QTY_FIELD_NUMBER: _ClassVar[int]
    PRICE_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_AT_FIELD_NUMBER: _ClassVar[int]
    STOP_PX_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    root_id: str
    orig_client_order_id: str
    order_qty: str
    price: str
    expire_at: _timestamp_pb2.Timestamp
    stop_px: str
    def __init__(self, client_order_id: _Optional[str] = ..., root_id: _Optional[str] = ..., orig_client_order_id: _Optional[str] = ..., order_qty: _Optional[str] = ..., price: _Optional[str] = ..., expire_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., stop_px: _Optional[str] = ...) -> None: ...

class ReplaceResponse(_message.Message):
    __slots__ = ("root_id", "cl_ord_id", "seq", "is_repetition")
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    root_id: str
    cl_ord_id: str
    seq: int
    is_repetition: bool
    def __init__(self, root_id: _Optional[str] = ..., cl_ord_id: _Optional[str] = ..., seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class MassCancelRequest(_message.Message):
    __slots__ = ("client_order_id", "account", "symbol", "side", "session")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    account: str
    symbol: str
    side: _fix_pb2.Side
    session: str
    def __init__(self, client_order_id: _Optional[str] = ..., account: _Optional[str] = ..., symbol: _Optional[str] = ..., side: _Optional[_Union[_fix_pb2.Side, str]] = ..., session: _Optional[str] = ...) -> None: ...

class MassCancelResponse(_message.Message):
    __slots__ = ("cl_ord_id", "root_ids", "seq", "is_repetition")
    CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    ROOT_IDS_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    cl_ord_id: str
    root_ids: _containers.RepeatedScalarFieldContainer[str]
    seq: int
    is_repetition: bool
    def __init__(self, cl_ord_id: _Optional[str] = ..., root_ids: _Optional[_Iterable[str]] = ..., seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class ResolveRequest(_message.Message):
    __slots__ = ("client_order_id", "root_id", "cl_ord_id", "state", "reason")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    root_id: str
    cl_ord_id: str
    state: _order_pb2.RequestState
    reason: str
    def __init__(self, client_order_id: _Optional[str] = ..., root_id: _Optional[str] = ..., cl_ord_id: _Optional[str] = ..., state: _Optional[_Union[_order_pb2.RequestState, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class ResolveResponse(_message.Message):
    __slots__ = ("seq", "is_repetition")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class AskVenueRequest(_message.Message):
    __slots__ = ("client_order_id", "root_id", "cl_ord_id")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    root_id: str
    cl_ord_id: str
    def __init__(self, client_order_id: _Optional[str] = ..., root_id: _Optional[str] = ..., cl_ord_id: _Optional[str] = ...) -> None: ...

class AskVenueResponse(_message.Message):
    __slots__ = ("root_id", "cl_ord_id", "seq", "is_repetition")
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    root_id: str
    cl_ord_id: str
    seq: int
    is_repetition: bool
    def __init__(self, root_id: _Optional[str] = ..., cl_ord_id: _Optional[str] = ..., seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class GetRequest(_message.Message):
    __slots__ = ("root_id", "client_order_id")
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    root_id: str
    client_order_id: str
    def __init__(self, root_id: _Optional[str] = ..., client_order_id: _Optional[str] = ...) -> None: ...

class GetResponse(_message.Message):
    __slots__ = ("order",)
    ORDER_FIELD_NUMBER: _ClassVar[int]
    order: _order_pb2.Order
    def __init__(self, order: _Optional[_Union[_order_pb2.Order, _Mapping]] = ...) -> None: ...

class OrderServiceListRequest(_message.Message):
    __slots__ = ("account", "symbol", "only_live", "page_size", "page_token", "custom_tag", "client_order_id", "cl_ord_id", "order_id", "exec_id", "parent_root_id", "ord_status", "side", "session", "any_id")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    ONLY_LIVE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_TAG_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    EXEC_ID_FIELD_NUMBER: _ClassVar[int]
    PARENT_ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    ORD_STATUS_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    ANY_ID_FIELD_NUMBER: _ClassVar[int]
    account: str
    symbol: str
    only_live: bool
    page_size: int
    page_token: str
    custom_tag: _instructions_pb2.CustomTag
    client_order_id: str
    cl_ord_id: str
    order_id: str
    exec_id: str
    parent_root_id: str
    ord_status: _fix_pb2.OrdStatus
    side: _fix_pb2.Side
    session: str
    any_id: str
    def __init__(self, account: _Optional[str] = ..., symbol: _Optional[str] = ..., only_live: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., custom_tag: _Optional[_Union[_instructions_pb2.CustomTag, _Mapping]] = ..., client_order_id: _Optional[str] = ..., cl_ord_id: _Optional[str] = ..., order_id: _Optional[str] = ..., exec_id: _Optional[str] = ..., parent_root_id: _Optional[str] = ..., ord_status: _Optional[_Union[_fix_pb2.OrdStatus, str]] = ..., side: _Optional[_Union[_fix_pb2.Side, str]] = ..., session: _Optional[str] = ..., any_id: _Optional[str] = ...) -> None: ...

class OrderServiceListResponse(_message.Message):
    __slots__ = ("orders", "next_page_token")
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    orders: _containers.RepeatedCompositeFieldContainer[_order_pb2.Order]
    next_page_token: str
    def __init__(self, orders: _Optional[_Iterable[_Union[_order_pb2.Order, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class TradeEntry(_message.Message):
    __slots__ = ("submit", "cancel", "replace")
    SUBMIT_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    REPLACE_FIELD_NUMBER: _ClassVar[int]
    submit: SubmitRequest
    cancel: CancelRequest
    replace: ReplaceRequest
    def __init__(self, submit: _Optional[_Union[SubmitRequest, _Mapping]] = ..., cancel: _Optional[_Union[CancelRequest, _Mapping]] = ..., replace: _Optional[_Union[ReplaceRequest, _Mapping]] = ...) -> None: ...

class TradeRequest(_message.Message):
    __slots__ = ("entries",)
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[TradeEntry]
    def __init__(self, entries: _Optional[_Iterable[_Union[TradeEntry, _Mapping]]] = ...) -> None: ...

class TradeResponse(_message.Message):
    __slots__ = ("events", "seq")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_order_event_pb2.OrderEvent]
    seq: int
    def __init__(self, events: _Optional[_Iterable[_Union[_order_event_pb2.OrderEvent, _Mapping]]] = ..., seq: _Optional[int] = ...) -> None: ...

class OrderServiceWatchRequest(_message.Message):
    __slots__ = ("after_seq", "accounts", "root_id")
    AFTER_SEQ_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    after_seq: int
    accounts: _containers.RepeatedScalarFieldContainer[str]
    root_id: str
    def __init__(self, after_seq: _Optional[int] = ..., accounts: _Optional[_Iterable[str]] = ..., root_id: _Optional[str] = ...) -> None: ...

class OrderServiceWatchResponse(_message.Message):
    __slots__ = ("events", "seq")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_order_event_pb2.OrderEvent]
    seq: int
    def __init__(self, events: _Optional[_Iterable[_Union[_order_event_pb2.OrderEvent, _Mapping]]] = ..., seq: _Optional[int] = ...) -> None: ...
