from gateway.api.v1 import session_pb2 as _session_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SessionServiceListRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SessionServiceListResponse(_message.Message):
    __slots__ = ("sessions",)
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    sessions: _containers.RepeatedCompositeFieldContainer[_session_pb2.Session]
    def __init__(self, sessions: _Optional[_Iterable[_Union[_session_pb2.Session, _Mapping]]] = ...) -> None: ...

class SessionServiceWatchRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class SessionServiceWatchResponse(_message.Message):
    __slots__ = ("sessions",)
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    sessions: _containers.RepeatedCompositeFieldContainer[_session_pb2.Session]
    def __init__(self, sessions: _Optional[_Iterable[_Union[_session_pb2.Session, _Mapping]]] = ...) -> None: ...

class SessionServiceReleaseRequest(_message.Message):
    __slots__ = ("client_order_id", "session", "reason", "takes_numbers")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TAKES_NUMBERS_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    session: str
    reason: str
    takes_numbers: bool
    def __init__(self, client_order_id: _Optional[str] = ..., session: _Optional[str] = ..., reason: _Optional[str] = ..., takes_numbers: _Optional[bool] = ...) -> None: ...

class SessionServiceReleaseResponse(_message.Message):
    __slots__ = ("seq", "is_repetition", "is_still_held")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    IS_STILL_HELD_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    is_still_held: bool
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ..., is_still_held: _Optional[bool] = ...) -> None: ...
