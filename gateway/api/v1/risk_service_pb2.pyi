import datetime

from gateway.api.v1 import latch_pb2 as _latch_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class NoteDrillRequest(_message.Message):
    __slots__ = ("client_order_id", "latch", "orders", "left", "effective_us", "cancels_us", "flat_us")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    LATCH_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_US_FIELD_NUMBER: _ClassVar[int]
    CANCELS_US_FIELD_NUMBER: _ClassVar[int]
    FLAT_US_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    latch: int
    orders: int
    left: int
    effective_us: int
    cancels_us: int
    flat_us: int
    def __init__(self, client_order_id: _Optional[str] = ..., latch: _Optional[int] = ..., orders: _Optional[int] = ..., left: _Optional[int] = ..., effective_us: _Optional[int] = ..., cancels_us: _Optional[int] = ..., flat_us: _Optional[int] = ...) -> None: ...

class NoteDrillResponse(_message.Message):
    __slots__ = ("seq", "is_repetition")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class ArmDeadManRequest(_message.Message):
    __slots__ = ("client_order_id", "timeout_ms", "leaves_good_till", "latches")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    LEAVES_GOOD_TILL_FIELD_NUMBER: _ClassVar[int]
    LATCHES_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    timeout_ms: int
    leaves_good_till: bool
    latches: bool
    def __init__(self, client_order_id: _Optional[str] = ..., timeout_ms: _Optional[int] = ..., leaves_good_till: _Optional[bool] = ..., latches: _Optional[bool] = ...) -> None: ...

class ArmDeadManResponse(_message.Message):
    __slots__ = ("seq", "is_repetition")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class BeatRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class BeatResponse(_message.Message):
    __slots__ = ("timeout_ms",)
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    timeout_ms: int
    def __init__(self, timeout_ms: _Optional[int] = ...) -> None: ...

class DisarmDeadManRequest(_message.Message):
    __slots__ = ("client_order_id",)
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    def __init__(self, client_order_id: _Optional[str] = ...) -> None: ...

class DisarmDeadManResponse(_message.Message):
    __slots__ = ("seq", "is_repetition")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class ListDeadMenRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListDeadMenResponse(_message.Message):
    __slots__ = ("dead_men",)
    DEAD_MEN_FIELD_NUMBER: _ClassVar[int]
    dead_men: _containers.RepeatedCompositeFieldContainer[DeadMan]
    def __init__(self, dead_men: _Optional[_Iterable[_Union[DeadMan, _Mapping]]] = ...) -> None: ...

class DeadMan(_message.Message):
    __slots__ = ("principal", "session", "timeout_ms", "leaves_good_till", "latches", "since", "is_over")
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    LEAVES_GOOD_TILL_FIELD_NUMBER: _ClassVar[int]
    LATCHES_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    IS_OVER_FIELD_NUMBER: _ClassVar[int]
    principal: str
    session: str
    timeout_ms: int
    leaves_good_till: bool
    latches: bool
    since: _timestamp_pb2.Timestamp
    is_over: bool
    def __init__(self, principal: _Optional[str] = ..., session: _Optional[str] = ..., timeout_ms: _Optional[int] = ..., leaves_good_till: _Optional[bool] = ..., latches: _Optional[bool] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., is_over: _Optional[bool] = ...) -> None: ...

class StopRequest(_message.Message):
    __slots__ = ("client_order_id", "scope", "mode", "cancels", "reason", "is_drill")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    CANCELS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    IS_DRILL_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    scope: str
    mode: _latch_pb2.LatchMode
    cancels: bool
    reason: str
    is_drill: bool
    def __init__(self, client_order_id: _Optional[str] = ..., scope: _Optional[str] = ..., mode: _Optional[_Union[_latch_pb2.LatchMode, str]] = ..., cancels: _Optional[bool] = ..., reason: _Optional[str] = ..., is_drill: _Optional[bool] = ...) -> None: ...

class StopResponse(_message.Message):
    __slots__ = ("latch", "is_repetition")
    LATCH_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    latch: int
    is_repetition: bool
    def __init__(self, latch: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class ReleaseRequest(_message.Message):
    __slots__ = ("client_order_id", "latch", "reason")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    LATCH_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    latch: int
    reason: str
    def __init__(self, client_order_id: _Optional[str] = ..., latch: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class ReleaseResponse(_message.Message):
    __slots__ = ("seq", "is_released", "is_repetition")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_RELEASED_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_released: bool
    is_repetition: bool
    def __init__(self, seq: _Optional[int] = ..., is_released: _Optional[bool] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class ListLatchesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListLatchesResponse(_message.Message):
    __slots__ = ("latches",)
    LATCHES_FIELD_NUMBER: _ClassVar[int]
    latches: _containers.RepeatedCompositeFieldContainer[_latch_pb2.Latch]
    def __init__(self, latches: _Optional[_Iterable[_Union[_latch_pb2.Latch, _Mapping]]] = ...) -> None: ...
