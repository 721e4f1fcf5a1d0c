import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LatchMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LATCH_MODE_UNSPECIFIED: _ClassVar[LatchMode]
    LATCH_MODE_HALTED: _ClassVar[LatchMode]
    LATCH_MODE_CLOSE_ONLY: _ClassVar[LatchMode]
    LATCH_MODE_REDUCE_ONLY: _ClassVar[LatchMode]
LATCH_MODE_UNSPECIFIED: LatchMode
LATCH_MODE_HALTED: LatchMode
LATCH_MODE_CLOSE_ONLY: LatchMode
LATCH_MODE_REDUCE_ONLY: LatchMode

class Barrier(_message.Message):
    __slots__ = ("session", "msg_seq_num")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    MSG_SEQ_NUM_FIELD_NUMBER: _ClassVar[int]
    session: str
    msg_seq_num: int
    def __init__(self, session: _Optional[str] = ..., msg_seq_num: _Optional[int] = ...) -> None: ...

class Latch(_message.Message):
    __slots__ = ("latch", "scope", "mode", "cancels", "principal", "reason", "at", "unanswered", "barriers", "release_asked_by", "live_root_ids", "effective_at", "is_drill")
    LATCH_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    MODE_FIELD_NUMBER: _ClassVar[int]
    CANCELS_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    UNANSWERED_FIELD_NUMBER: _ClassVar[int]
    BARRIERS_FIELD_NUMBER: _ClassVar[int]
    RELEASE_ASKED_BY_FIELD_NUMBER: _ClassVar[int]
    LIVE_ROOT_IDS_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_AT_FIELD_NUMBER: _ClassVar[int]
    IS_DRILL_FIELD_NUMBER: _ClassVar[int]
    latch: int
    scope: str
    mode: LatchMode
    cancels: bool
    principal: str
    reason: str
    at: _timestamp_pb2.Timestamp
    unanswered: _containers.RepeatedScalarFieldContainer[str]
    barriers: _containers.RepeatedCompositeFieldContainer[Barrier]
    release_asked_by: str
    live_root_ids: _containers.RepeatedScalarFieldContainer[str]
    effective_at: _timestamp_pb2.Timestamp
    is_drill: bool
    def __init__(self, latch: _Optional[int] = ..., scope: _Optional[str] = ..., mode: _Optional[_Union[LatchMode, str]] = ..., cancels: _Optional[bool] = ..., principal: _Optional[str] = ..., reason: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., unanswered: _Optional[_Iterable[str]] = ..., barriers: _Optional[_Iterable[_Union[Barrier, _Mapping]]] = ..., release_asked_by: _Optional[str] = ..., live_root_ids: _Optional[_Iterable[str]] = ..., effective_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., is_drill: _Optional[bool] = ...) -> None: ...
