import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DrainRequest(_message.Message):
    __slots__ = ("client_order_id", "reason", "cancel", "wait_ms")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    WAIT_MS_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    reason: str
    cancel: bool
    wait_ms: int
    def __init__(self, client_order_id: _Optional[str] = ..., reason: _Optional[str] = ..., cancel: _Optional[bool] = ..., wait_ms: _Optional[int] = ...) -> None: ...

class DrainResponse(_message.Message):
    __slots__ = ("seq", "is_repetition")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class StopDrainRequest(_message.Message):
    __slots__ = ("client_order_id", "reason")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    reason: str
    def __init__(self, client_order_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class StopDrainResponse(_message.Message):
    __slots__ = ("seq", "is_repetition")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class WatchDrainRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WatchDrainResponse(_message.Message):
    __slots__ = ("is_draining", "principal", "reason", "live_orders", "unanswered_requests", "unknown_requests", "is_over", "snapshot_seq")
    IS_DRAINING_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LIVE_ORDERS_FIELD_NUMBER: _ClassVar[int]
    UNANSWERED_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    IS_OVER_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_SEQ_FIELD_NUMBER: _ClassVar[int]
    is_draining: bool
    principal: str
    reason: str
    live_orders: int
    unanswered_requests: int
    unknown_requests: int
    is_over: bool
    snapshot_seq: int
    def __init__(self, is_draining: _Optional[bool] = ..., principal: _Optional[str] = ..., reason: _Optional[str] = ..., live_orders: _Optional[int] = ..., unanswered_requests: _Optional[int] = ..., unknown_requests: _Optional[int] = ..., is_over: _Optional[bool] = ..., snapshot_seq: _Optional[int] = ...) -> None: ...

class TakeSnapshotRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class TakeSnapshotResponse(_message.Message):
    __slots__ = ("upto_seq", "state_hash", "size")
    UPTO_SEQ_FIELD_NUMBER: _ClassVar[int]
    STATE_HASH_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    upto_seq: int
    state_hash: str
    size: int
    def __init__(self, upto_seq: _Optional[int] = ..., state_hash: _Optional[str] = ..., size: _Optional[int] = ...) -> None: ...

class ListDaysRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListDaysResponse(_message.Message):
    __slots__ = ("days",)
    DAYS_FIELD_NUMBER: _ClassVar[int]
    days: _containers.RepeatedCompositeFieldContainer[TradingDay]
    def __init__(self, days: _Optional[_Iterable[_Union[TradingDay, _Mapping]]] = ...) -> None: ...

class TradingDay(_message.Message):
    __slots__ = ("session", "day", "last")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    session: str
    day: str
    last: DayEnd
    def __init__(self, session: _Optional[str] = ..., day: _Optional[str] = ..., last: _Optional[_Union[DayEnd, _Mapping]] = ...) -> None: ...

class DayEnd(_message.Message):
    __slots__ = ("day", "at", "good_till_orders", "unconfirmed_root_ids", "unknown_requests", "suspended_reports")
    DAY_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    GOOD_TILL_ORDERS_FIELD_NUMBER: _ClassVar[int]
    UNCONFIRMED_ROOT_IDS_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    SUSPENDED_REPORTS_FIELD_NUMBER: _ClassVar[int]
    day: str
    at: _timestamp_pb2.Timestamp
    good_till_orders: int
    unconfirmed_root_ids: _containers.RepeatedScalarFieldContainer[str]
    unknown_requests: int
    suspended_reports: int
    def __init__(self, day: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., good_till_orders: _Optional[int] = ..., unconfirmed_root_ids: _Optional[_Iterable[str]] = ..., unknown_requests: _Optional[int] = ..., suspended_reports: _Optional[int] = ...) -> None: ...
