from gateway.api.v1 import latch_pb2 as _latch_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class StopRequest(_message.Message):
    __slots__ = ("client_order_id", "scope", "mode", "cancels", "reason")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    CANCELS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    scope: str
    mode: _latch_pb2.LatchMode
    cancels: bool
    reason: str
    def __init__(self, client_order_id: _Optional[str] = ..., scope: _Optional[str] = ..., mode: _Optional[_Union[_latch_pb2.LatchMode, str]] = ..., cancels: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

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
