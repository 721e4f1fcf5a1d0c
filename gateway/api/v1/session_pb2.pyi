import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SessionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SESSION_KIND_UNSPECIFIED: _ClassVar[SessionKind]
    SESSION_KIND_ORDERS: _ClassVar[SessionKind]
    SESSION_KIND_MARKET_DATA: _ClassVar[SessionKind]
    SESSION_KIND_CLIENTS: _ClassVar[SessionKind]

class SessionPhase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SESSION_PHASE_UNSPECIFIED: _ClassVar[SessionPhase]
    SESSION_PHASE_DOWN: _ClassVar[SessionPhase]
    SESSION_PHASE_LOGGED_ON: _ClassVar[SessionPhase]
    SESSION_PHASE_READY: _ClassVar[SessionPhase]
SESSION_KIND_UNSPECIFIED: SessionKind
SESSION_KIND_ORDERS: SessionKind
SESSION_KIND_MARKET_DATA: SessionKind
SESSION_KIND_CLIENTS: SessionKind
SESSION_PHASE_UNSPECIFIED: SessionPhase
SESSION_PHASE_DOWN: SessionPhase
SESSION_PHASE_LOGGED_ON: SessionPhase
SESSION_PHASE_READY: SessionPhase

class Session(_message.Message):
    __slots__ = ("name", "kind", "phase", "begin_string", "session_epoch", "next_target", "last_sender", "reserved_to", "grant", "unknown_requests", "oldest_unknown_ms", "unknown_ms", "unconfirmed_orders", "held", "is_held_down", "released_by", "paused_until")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    BEGIN_STRING_FIELD_NUMBER: _ClassVar[int]
    SESSION_EPOCH_FIELD_NUMBER: _ClassVar[int]
    NEXT_TARGET_FIELD_NUMBER: _ClassVar[int]
    LAST_SENDER_FIELD_NUMBER: _ClassVar[int]
    RESERVED_TO_FIELD_NUMBER: _ClassVar[int]
    GRANT_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    OLDEST_UNKNOWN_MS_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_MS_FIELD_NUMBER: _ClassVar[int]
    UNCONFIRMED_ORDERS_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    IS_HELD_DOWN_FIELD_NUMBER: _ClassVar[int]
    RELEASED_BY_FIELD_NUMBER: _ClassVar[int]
    PAUSED_UNTIL_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: SessionKind
    phase: SessionPhase
    begin_string: str
    session_epoch: int
    next_target: int
    last_sender: int
    reserved_to: int
    grant: int
    unknown_requests: int
    oldest_unknown_ms: int
    unknown_ms: int
    unconfirmed_orders: int
    held: str
    is_held_down: bool
    released_by: str
    paused_until: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[SessionKind, str]] = ..., phase: _Optional[_Union[SessionPhase, str]] = ..., begin_string: _Optional[str] = ..., session_epoch: _Optional[int] = ..., next_target: _Optional[int] = ..., last_sender: _Optional[int] = ..., reserved_to: _Optional[int] = ..., grant: _Optional[int] = ..., unknown_requests: _Optional[int] = ..., oldest_unknown_ms: _Optional[int] = ..., unknown_ms: _Optional[int] = ..., unconfirmed_orders: _Optional[int] = ..., held: _Optional[str] = ..., is_held_down: _Optional[bool] = ..., released_by: _Optional[str] = ..., paused_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
