from gateway.api.v1 import fix_pb2 as _fix_pb2
from gateway.api.v1 import suspense_pb2 as _suspense_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SuspenseServiceListRequest(_message.Message):
    __slots__ = ("after_seq", "page_size")
    AFTER_SEQ_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    after_seq: int
    page_size: int
    def __init__(self, after_seq: _Optional[int] = ..., page_size: _Optional[int] = ...) -> None: ...

class SuspenseServiceListResponse(_message.Message):
    __slots__ = ("reports", "worst", "next_after_seq")
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    WORST_FIELD_NUMBER: _ClassVar[int]
    NEXT_AFTER_SEQ_FIELD_NUMBER: _ClassVar[int]
    reports: _containers.RepeatedCompositeFieldContainer[_suspense_pb2.SuspendedReport]
    worst: _containers.RepeatedCompositeFieldContainer[_suspense_pb2.WorstCase]
    next_after_seq: int
    def __init__(self, reports: _Optional[_Iterable[_Union[_suspense_pb2.SuspendedReport, _Mapping]]] = ..., worst: _Optional[_Iterable[_Union[_suspense_pb2.WorstCase, _Mapping]]] = ..., next_after_seq: _Optional[int] = ...) -> None: ...

class AttributeRequest(_message.Message):
    __slots__ = ("client_order_id", "seq", "root_id", "reason")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    seq: int
    root_id: str
    reason: str
    def __init__(self, client_order_id: _Optional[str] = ..., seq: _Optional[int] = ..., root_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class AttributeResponse(_message.Message):
    __slots__ = ("seq", "is_repetition")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class DismissRequest(_message.Message):
    __slots__ = ("client_order_id", "seq", "reason", "dk_reason")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DK_REASON_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    seq: int
    reason: str
    dk_reason: _fix_pb2.DKReason
    def __init__(self, client_order_id: _Optional[str] = ..., seq: _Optional[int] = ..., reason: _Optional[str] = ..., dk_reason: _Optional[_Union[_fix_pb2.DKReason, str]] = ...) -> None: ...

class DismissResponse(_message.Message):
    __slots__ = ("seq", "is_repetition")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...
