from gateway.api.v1 import dangerous_pb2 as _dangerous_pb2
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

class SessionServiceGetRequest(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: str
    def __init__(self, session: _Optional[str] = ...) -> None: ...

class SessionServiceGetResponse(_message.Message):
    __slots__ = ("session",)
    SESSION_FIELD_NUMBER: _ClassVar[int]
    session: _session_pb2.Session
    def __init__(self, session: _Optional[_Union[_session_pb2.Session, _Mapping]] = ...) -> None: ...

class SessionServiceWatchRequest(_message.Message):
    __slots__ = ("after_seq",)
    AFTER_SEQ_FIELD_NUMBER: _ClassVar[int]
    after_seq: int
    def __init__(self, after_seq: _Optional[int] = ...) -> None: ...

class SessionServiceWatchResponse(_message.Message):
    __slots__ = ("sessions", "seq")
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    sessions: _containers.RepeatedCompositeFieldContainer[_session_pb2.Session]
    seq: int
    def __init__(self, sessions: _Optional[_Iterable[_Union[_session_pb2.Session, _Mapping]]] = ..., seq: _Optional[int] = ...) -> None: ...

class LogOnRequest(_message.Message):
    __slots__ = ("client_order_id", "session", "reason")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    session: str
    reason: str
    def __init__(self, client_order_id: _Optional[str] = ..., session: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class LogOnResponse(_message.Message):
    __slots__ = ("seq", "is_repetition", "session")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    session: _session_pb2.Session
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ..., session: _Optional[_Union[_session_pb2.Session, _Mapping]] = ...) -> None: ...

class LogOutRequest(_message.Message):
    __slots__ = ("client_order_id", "session", "reason")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    session: str
    reason: str
    def __init__(self, client_order_id: _Optional[str] = ..., session: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class LogOutResponse(_message.Message):
    __slots__ = ("seq", "is_repetition", "session")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    session: _session_pb2.Session
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ..., session: _Optional[_Union[_session_pb2.Session, _Mapping]] = ...) -> None: ...

class EnableRequest(_message.Message):
    __slots__ = ("client_order_id", "session", "reason")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    session: str
    reason: str
    def __init__(self, client_order_id: _Optional[str] = ..., session: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class EnableResponse(_message.Message):
    __slots__ = ("seq", "is_repetition", "session")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    session: _session_pb2.Session
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ..., session: _Optional[_Union[_session_pb2.Session, _Mapping]] = ...) -> None: ...

class DisableRequest(_message.Message):
    __slots__ = ("client_order_id", "session", "reason")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    session: str
    reason: str
    def __init__(self, client_order_id: _Optional[str] = ..., session: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class DisableResponse(_message.Message):
    __slots__ = ("seq", "is_repetition", "session")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    session: _session_pb2.Session
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ..., session: _Optional[_Union[_session_pb2.Session, _Mapping]] = ...) -> None: ...

class SetNumbersRequest(_message.Message):
    __slots__ = ("client_order_id", "session", "reason", "next_sender", "next_target")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    NEXT_SENDER_FIELD_NUMBER: _ClassVar[int]
    NEXT_TARGET_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    session: str
    reason: str
    next_sender: int
    next_target: int
    def __init__(self, client_order_id: _Optional[str] = ..., session: _Optional[str] = ..., reason: _Optional[str] = ..., next_sender: _Optional[int] = ..., next_target: _Optional[int] = ...) -> None: ...

class SetNumbersResponse(_message.Message):
    __slots__ = ("seq", "is_repetition", "session")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    session: _session_pb2.Session
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ..., session: _Optional[_Union[_session_pb2.Session, _Mapping]] = ...) -> None: ...

class ResetRequest(_message.Message):
    __slots__ = ("client_order_id", "session", "reason")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    session: str
    reason: str
    def __init__(self, client_order_id: _Optional[str] = ..., session: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ResetResponse(_message.Message):
    __slots__ = ("seq", "is_repetition", "session")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    session: _session_pb2.Session
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ..., session: _Optional[_Union[_session_pb2.Session, _Mapping]] = ...) -> None: ...

class ReleaseHaltRequest(_message.Message):
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

class ReleaseHaltResponse(_message.Message):
    __slots__ = ("seq", "is_repetition", "session", "is_still_held")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    IS_REPETITION_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    IS_STILL_HELD_FIELD_NUMBER: _ClassVar[int]
    seq: int
    is_repetition: bool
    session: _session_pb2.Session
    is_still_held: bool
    def __init__(self, seq: _Optional[int] = ..., is_repetition: _Optional[bool] = ..., session: _Optional[_Union[_session_pb2.Session, _Mapping]] = ..., is_still_held: _Optional[bool] = ...) -> None: ...
