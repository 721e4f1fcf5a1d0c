from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Refusal(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REFUSAL_UNSPECIFIED: _ClassVar[Refusal]
    REFUSAL_DUPLICATE_CLIENT_ORDER_ID: _ClassVar[Refusal]
    REFUSAL_NOT_ENTITLED: _ClassVar[Refusal]
    REFUSAL_UNKNOWN_ACCOUNT: _ClassVar[Refusal]
    REFUSAL_UNKNOWN_SYMBOL: _ClassVar[Refusal]
    REFUSAL_UNKNOWN_ORDER: _ClassVar[Refusal]
    REFUSAL_TOO_LATE: _ClassVar[Refusal]
    REFUSAL_REQUEST_PENDING: _ClassVar[Refusal]
    REFUSAL_EXPIRED: _ClassVar[Refusal]
    REFUSAL_SESSION_DOWN: _ClassVar[Refusal]
    REFUSAL_PRICE_NOT_ON_TICK: _ClassVar[Refusal]
    REFUSAL_ORDER_QTY_NOT_IN_LOTS: _ClassVar[Refusal]
    REFUSAL_MISSING_LIMIT: _ClassVar[Refusal]
    REFUSAL_ORDER_QTY_EXCEEDS_MAX: _ClassVar[Refusal]
    REFUSAL_NO_REFERENCE_PX: _ClassVar[Refusal]
    REFUSAL_STALE_REFERENCE_PX: _ClassVar[Refusal]
    REFUSAL_PRICE_EXCEEDS_COLLAR: _ClassVar[Refusal]
    REFUSAL_ORDER_NOTIONAL_EXCEEDS_MAX: _ClassVar[Refusal]
    REFUSAL_PRICE_ON_MARKET_ORDER: _ClassVar[Refusal]
    REFUSAL_STOP_PX_ON_PLAIN_ORDER: _ClassVar[Refusal]
    REFUSAL_NOT_TAKEN: _ClassVar[Refusal]
    REFUSAL_UNKNOWN_PARENT: _ClassVar[Refusal]
    REFUSAL_PARENT_DIFFERS: _ClassVar[Refusal]
    REFUSAL_PARENT_QTY_EXCEEDED: _ClassVar[Refusal]
    REFUSAL_UNKNOWN_REPORT: _ClassVar[Refusal]
    REFUSAL_REPORT_RESOLVED: _ClassVar[Refusal]
    REFUSAL_REPORT_UNREADABLE: _ClassVar[Refusal]
    REFUSAL_OTHER_SESSION: _ClassVar[Refusal]
    REFUSAL_UNKNOWN_EXECUTION: _ClassVar[Refusal]
    REFUSAL_DUPLICATE_EXECUTION: _ClassVar[Refusal]
    REFUSAL_NOT_UNKNOWN: _ClassVar[Refusal]
    REFUSAL_CURRENCY_DIFFERS: _ClassVar[Refusal]
    REFUSAL_UNFIT_TERMS: _ClassVar[Refusal]
    REFUSAL_UNKNOWN_SESSION: _ClassVar[Refusal]
    REFUSAL_SESSION_DISABLED: _ClassVar[Refusal]
    REFUSAL_SESSION_HALTED: _ClassVar[Refusal]
    REFUSAL_SESSION_CLOSED: _ClassVar[Refusal]
    REFUSAL_SESSION_NOT_OUT: _ClassVar[Refusal]
    REFUSAL_SESSION_NOT_HALTED: _ClassVar[Refusal]
    REFUSAL_NUMBERS_NOT_KEPT: _ClassVar[Refusal]
    REFUSAL_INVALID_FIELD: _ClassVar[Refusal]
    REFUSAL_OVERLOADED: _ClassVar[Refusal]
    REFUSAL_NOT_AUTHENTICATED: _ClassVar[Refusal]
    REFUSAL_NOT_PERMITTED: _ClassVar[Refusal]
    REFUSAL_TOKEN_TOO_OLD: _ClassVar[Refusal]
    REFUSAL_SLOW_CONSUMER: _ClassVar[Refusal]
    REFUSAL_SHUTTING_DOWN: _ClassVar[Refusal]
REFUSAL_UNSPECIFIED: Refusal
REFUSAL_DUPLICATE_CLIENT_ORDER_ID: Refusal
REFUSAL_NOT_ENTITLED: Refusal
REFUSAL_UNKNOWN_ACCOUNT: Refusal
REFUSAL_UNKNOWN_SYMBOL: Refusal
REFUSAL_UNKNOWN_ORDER: Refusal
REFUSAL_TOO_LATE: Refusal
REFUSAL_REQUEST_PENDING: Refusal
REFUSAL_EXPIRED: Refusal
REFUSAL_SESSION_DOWN: Refusal
REFUSAL_PRICE_NOT_ON_TICK: Refusal
REFUSAL_ORDER_QTY_NOT_IN_LOTS: Refusal
REFUSAL_MISSING_LIMIT: Refusal
REFUSAL_ORDER_QTY_EXCEEDS_MAX: Refusal
REFUSAL_NO_REFERENCE_PX: Refusal
REFUSAL_STALE_REFERENCE_PX: Refusal
REFUSAL_PRICE_EXCEEDS_COLLAR: Refusal
REFUSAL_ORDER_NOTIONAL_EXCEEDS_MAX: Refusal
REFUSAL_PRICE_ON_MARKET_ORDER: Refusal
REFUSAL_STOP_PX_ON_PLAIN_ORDER: Refusal
REFUSAL_NOT_TAKEN: Refusal
REFUSAL_UNKNOWN_PARENT: Refusal
REFUSAL_PARENT_DIFFERS: Refusal
REFUSAL_PARENT_QTY_EXCEEDED: Refusal
REFUSAL_UNKNOWN_REPORT: Refusal
REFUSAL_REPORT_RESOLVED: Refusal
REFUSAL_REPORT_UNREADABLE: Refusal
REFUSAL_OTHER_SESSION: Refusal
REFUSAL_UNKNOWN_EXECUTION: Refusal
REFUSAL_DUPLICATE_EXECUTION: Refusal
REFUSAL_NOT_UNKNOWN: Refusal
REFUSAL_CURRENCY_DIFFERS: Refusal
REFUSAL_UNFIT_TERMS: Refusal
REFUSAL_UNKNOWN_SESSION: Refusal
REFUSAL_SESSION_DISABLED: Refusal
REFUSAL_SESSION_HALTED: Refusal
REFUSAL_SESSION_CLOSED: Refusal
REFUSAL_SESSION_NOT_OUT: Refusal
REFUSAL_SESSION_NOT_HALTED: Refusal
REFUSAL_NUMBERS_NOT_KEPT: Refusal
REFUSAL_INVALID_FIELD: Refusal
REFUSAL_OVERLOADED: Refusal
REFUSAL_NOT_AUTHENTICATED: Refusal
REFUSAL_NOT_PERMITTED: Refusal
REFUSAL_TOKEN_TOO_OLD: Refusal
REFUSAL_SLOW_CONSUMER: Refusal
REFUSAL_SHUTTING_DOWN: Refusal

class RefusalDetail(_message.Message):
    __slots__ = ("refusal", "field", "text", "retry_can_help", "seq")
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    RETRY_CAN_HELP_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    refusal: Refusal
    field: str
    text: str
    retry_can_help: bool
    seq: int
    def __init__(self, refusal: _Optional[_Union[Refusal, str]] = ..., field: _Optional[str] = ..., text: _Optional[str] = ..., retry_can_help: _Optional[bool] = ..., seq: _Optional[int] = ...) -> None: ...
