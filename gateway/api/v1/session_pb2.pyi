import datetime

from gateway.api.v1 import alarm_pb2 as _alarm_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
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

class SessionAsked(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SESSION_ASKED_UNSPECIFIED: _ClassVar[SessionAsked]
    SESSION_ASKED_LOG_ON: _ClassVar[SessionAsked]
    SESSION_ASKED_CLOSED: _ClassVar[SessionAsked]
    SESSION_ASKED_LOG_OUT: _ClassVar[SessionAsked]
    SESSION_ASKED_DISABLED: _ClassVar[SessionAsked]
    SESSION_ASKED_HALTED: _ClassVar[SessionAsked]
    SESSION_ASKED_HELD: _ClassVar[SessionAsked]
    SESSION_ASKED_PAUSED: _ClassVar[SessionAsked]

class SessionVerb(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SESSION_VERB_UNSPECIFIED: _ClassVar[SessionVerb]
    SESSION_VERB_LOG_ON: _ClassVar[SessionVerb]
    SESSION_VERB_LOG_OUT: _ClassVar[SessionVerb]
    SESSION_VERB_ENABLE: _ClassVar[SessionVerb]
    SESSION_VERB_DISABLE: _ClassVar[SessionVerb]
    SESSION_VERB_SET_NUMBERS: _ClassVar[SessionVerb]
    SESSION_VERB_RELEASE_HALT: _ClassVar[SessionVerb]
    SESSION_VERB_RELEASE_HOLD: _ClassVar[SessionVerb]
SESSION_KIND_UNSPECIFIED: SessionKind
SESSION_KIND_ORDERS: SessionKind
SESSION_KIND_MARKET_DATA: SessionKind
SESSION_KIND_CLIENTS: SessionKind
SESSION_PHASE_UNSPECIFIED: SessionPhase
SESSION_PHASE_DOWN: SessionPhase
SESSION_PHASE_LOGGED_ON: SessionPhase
SESSION_PHASE_READY: SessionPhase
SESSION_ASKED_UNSPECIFIED: SessionAsked
SESSION_ASKED_LOG_ON: SessionAsked
SESSION_ASKED_CLOSED: SessionAsked
SESSION_ASKED_LOG_OUT: SessionAsked
SESSION_ASKED_DISABLED: SessionAsked
SESSION_ASKED_HALTED: SessionAsked
SESSION_ASKED_HELD: SessionAsked
SESSION_ASKED_PAUSED: SessionAsked
SESSION_VERB_UNSPECIFIED: SessionVerb
SESSION_VERB_LOG_ON: SessionVerb
SESSION_VERB_LOG_OUT: SessionVerb
SESSION_VERB_ENABLE: SessionVerb
SESSION_VERB_DISABLE: SessionVerb
SESSION_VERB_SET_NUMBERS: SessionVerb
SESSION_VERB_RELEASE_HALT: SessionVerb
SESSION_VERB_RELEASE_HOLD: SessionVerb

class SessionNumbers(_message.Message):
    __slots__ = ("session_epoch", "next_sender", "next_target")
    SESSION_EPOCH_FIELD_NUMBER: _ClassVar[int]
    NEXT_SENDER_FIELD_NUMBER: _ClassVar[int]
    NEXT_TARGET_FIELD_NUMBER: _ClassVar[int]
    session_epoch: int
    next_sender: int
    next_target: int
    def __init__(self, session_epoch: _Optional[int] = ..., next_sender: _Optional[int] = ..., next_target: _Optional[int] = ...) -> None: ...

class SessionAct(_message.Message):
    __slots__ = ("verb", "principal", "reason", "seq", "at", "before", "after")
    VERB_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    verb: SessionVerb
    principal: str
    reason: str
    seq: int
    at: _timestamp_pb2.Timestamp
    before: SessionNumbers
    after: SessionNumbers
    def __init__(self, verb: _Optional[_Union[SessionVerb, str]] = ..., principal: _Optional[str] = ..., reason: _Optional[str] = ..., seq: _Optional[int] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., before: _Optional[_Union[SessionNumbers, _Mapping]] = ..., after: _Optional[_Union[SessionNumbers, _Mapping]] = ...) -> None: ...

class Session(_message.Message):
    __slots__ = ("name", "kind", "phase", "begin_string", "session_epoch", "next_target", "last_sender", "reserved_to", "grant", "unknown_requests", "oldest_unknown_ms", "unknown_ms", "unconfirmed_orders", "asked", "halted", "since", "next_sender", "heart_bt_int_s", "heard_ms_ago", "sent_ms_ago", "unsent_requests", "unanswered_requests", "waiting_cancels", "waiting_reports", "logon_failures", "logon_failure", "alarms", "acts", "changed_seq", "held", "is_held_down", "released_by", "paused_until")
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
    ASKED_FIELD_NUMBER: _ClassVar[int]
    HALTED_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    NEXT_SENDER_FIELD_NUMBER: _ClassVar[int]
    HEART_BT_INT_S_FIELD_NUMBER: _ClassVar[int]
    HEARD_MS_AGO_FIELD_NUMBER: _ClassVar[int]
    SENT_MS_AGO_FIELD_NUMBER: _ClassVar[int]
    UNSENT_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    UNANSWERED_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    WAITING_CANCELS_FIELD_NUMBER: _ClassVar[int]
    WAITING_REPORTS_FIELD_NUMBER: _ClassVar[int]
    LOGON_FAILURES_FIELD_NUMBER: _ClassVar[int]
    LOGON_FAILURE_FIELD_NUMBER: _ClassVar[int]
    ALARMS_FIELD_NUMBER: _ClassVar[int]
    ACTS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_SEQ_FIELD_NUMBER: _ClassVar[int]
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
    asked: SessionAsked
    halted: str
    since: _timestamp_pb2.Timestamp
    next_sender: int
    heart_bt_int_s: int
    heard_ms_ago: int
    sent_ms_ago: int
    unsent_requests: int
    unanswered_requests: int
    waiting_cancels: int
    waiting_reports: int
    logon_failures: int
    logon_failure: str
    alarms: _containers.RepeatedCompositeFieldContainer[_alarm_pb2.Alarm]
    acts: _containers.RepeatedCompositeFieldContainer[SessionAct]
    changed_seq: int
    held: str
    is_held_down: bool
    released_by: str
    paused_until: _timestamp_pb2.Timestamp
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[SessionKind, str]] = ..., phase: _Optional[_Union[SessionPhase, str]] = ..., begin_string: _Optional[str] = ..., session_epoch: _Optional[int] = ..., next_target: _Optional[int] = ..., last_sender: _Optional[int] = ..., reserved_to: _Optional[int] = ..., grant: _Optional[int] = ..., unknown_requests: _Optional[int] = ..., oldest_unknown_ms: _Optional[int] = ..., unknown_ms: _Optional[int] = ..., unconfirmed_orders: _Optional[int] = ..., asked: _Optional[_Union[SessionAsked, str]] = ..., halted: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., next_sender: _Optional[int] = ..., heart_bt_int_s: _Optional[int] = ..., heard_ms_ago: _Optional[int] = ..., sent_ms_ago: _Optional[int] = ..., unsent_requests: _Optional[int] = ..., unanswered_requests: _Optional[int] = ..., waiting_cancels: _Optional[int] = ..., waiting_reports: _Optional[int] = ..., logon_failures: _Optional[int] = ..., logon_failure: _Optional[str] = ..., alarms: _Optional[_Iterable[_Union[_alarm_pb2.Alarm, _Mapping]]] = ..., acts: _Optional[_Iterable[_Union[SessionAct, _Mapping]]] = ..., changed_seq: _Optional[int] = ..., held: _Optional[str] = ..., is_held_down: _Optional[bool] = ..., released_by: _Optional[str] = ..., paused_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
