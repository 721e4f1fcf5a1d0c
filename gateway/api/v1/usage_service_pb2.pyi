from gateway.api.v1 import usage_pb2 as _usage_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class UsageServiceListRequest(_message.Message):
    __slots__ = ("scope",)
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    scope: str
    def __init__(self, scope: _Optional[str] = ...) -> None: ...

class UsageServiceListResponse(_message.Message):
    __slots__ = ("usages",)
    USAGES_FIELD_NUMBER: _ClassVar[int]
    usages: _containers.RepeatedCompositeFieldContainer[_usage_pb2.Usage]
    def __init__(self, usages: _Optional[_Iterable[_Union[_usage_pb2.Usage, _Mapping]]] = ...) -> None: ...

class UsageServiceWatchRequest(_message.Message):
    __slots__ = ("scope", "interval_ms")
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_MS_FIELD_NUMBER: _ClassVar[int]
    scope: str
    interval_ms: int
    def __init__(self, scope: _Optional[str] = ..., interval_ms: _Optional[int] = ...) -> None: ...

class UsageServiceWatchResponse(_message.Message):
    __slots__ = ("usages",)
    USAGES_FIELD_NUMBER: _ClassVar[int]
    usages: _containers.RepeatedCompositeFieldContainer[_usage_pb2.Usage]
    def __init__(self, usages: _Optional[_Iterable[_Union[_usage_pb2.Usage, _Mapping]]] = ...) -> None: ...
