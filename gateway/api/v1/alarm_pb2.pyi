import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AlarmKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALARM_KIND_UNSPECIFIED: _ClassVar[AlarmKind]
    ALARM_KIND_LATE_HEARTBEAT: _ClassVar[AlarmKind]
    ALARM_KIND_GAP: _ClassVar[AlarmKind]
    ALARM_KIND_REJECT_RATE: _ClassVar[AlarmKind]
    ALARM_KIND_LOGON_FAILURES: _ClassVar[AlarmKind]
    ALARM_KIND_ALIVE_BUT_SILENT: _ClassVar[AlarmKind]
ALARM_KIND_UNSPECIFIED: AlarmKind
ALARM_KIND_LATE_HEARTBEAT: AlarmKind
ALARM_KIND_GAP: AlarmKind
ALARM_KIND_REJECT_RATE: AlarmKind
ALARM_KIND_LOGON_FAILURES: AlarmKind
ALARM_KIND_ALIVE_BUT_SILENT: AlarmKind

class Alarm(_message.Message):
    __slots__ = ("kind", "session", "seq", "at", "text")
    KIND_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    kind: AlarmKind
    session: str
    seq: int
    at: _timestamp_pb2.Timestamp
    text: str
    def __init__(self, kind: _Optional[_Union[AlarmKind, str]] = ..., session: _Optional[str] = ..., seq: _Optional[int] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., text: _Optional[str] = ...) -> None: ...
