import datetime

from gateway.api.v1 import reference_pb2 as _reference_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SetReferenceRequest(_message.Message):
    __slots__ = ("client_order_id", "source", "as_of", "rows")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    source: str
    as_of: _timestamp_pb2.Timestamp
    rows: _containers.RepeatedCompositeFieldContainer[_reference_pb2.ReferenceRow]
    def __init__(self, client_order_id: _Optional[str] = ..., source: _Optional[str] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., rows: _Optional[_Iterable[_Union[_reference_pb2.ReferenceRow, _Mapping]]] = ...) -> None: ...

class SetReferenceResponse(_message.Message):
    __slots__ = ("seq", "rows", "is_repetition")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    rows: int
    is_repetition: bool
    def __init__(self, seq: _Optional[int] = ..., rows: _Optional[int] = ..., is_repetition: _Optional[bool] = ...) -> None: ...

class ListReferenceRequest(_message.Message):
    __slots__ = ("kind", "key")
    KIND_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    kind: str
    key: str
    def __init__(self, kind: _Optional[str] = ..., key: _Optional[str] = ...) -> None: ...

class HeldReference(_message.Message):
    __slots__ = ("row", "source", "as_of", "left_qty")
    ROW_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    AS_OF_FIELD_NUMBER: _ClassVar[int]
    LEFT_QTY_FIELD_NUMBER: _ClassVar[int]
    row: _reference_pb2.ReferenceRow
    source: str
    as_of: _timestamp_pb2.Timestamp
    left_qty: str
    def __init__(self, row: _Optional[_Union[_reference_pb2.ReferenceRow, _Mapping]] = ..., source: _Optional[str] = ..., as_of: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., left_qty: _Optional[str] = ...) -> None: ...

class ListReferenceResponse(_message.Message):
    __slots__ = ("rows", "is_cut")
    ROWS_FIELD_NUMBER: _ClassVar[int]
    IS_CUT_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[HeldReference]
    is_cut: bool
    def __init__(self, rows: _Optional[_Iterable[_Union[HeldReference, _Mapping]]] = ..., is_cut: _Optional[bool] = ...) -> None: ...
