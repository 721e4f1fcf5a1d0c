from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class Usage(_message.Message):
    __slots__ = ("scope", "control", "limit", "used", "used_percent", "is_exceeded", "unpriced_orders", "is_over")
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    CONTROL_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    USED_FIELD_NUMBER: _ClassVar[int]
    USED_PERCENT_FIELD_NUMBER: _ClassVar[int]
    IS_EXCEEDED_FIELD_NUMBER: _ClassVar[int]
    UNPRICED_ORDERS_FIELD_NUMBER: _ClassVar[int]
    IS_OVER_FIELD_NUMBER: _ClassVar[int]
    scope: str
    control: str
    limit: str
    used: str
    used_percent: str
    is_exceeded: bool
    unpriced_orders: int
    is_over: bool
    def __init__(self, scope: _Optional[str] = ..., control: _Optional[str] = ..., limit: _Optional[str] = ..., used: _Optional[str] = ..., used_percent: _Optional[str] = ..., is_exceeded: _Optional[bool] = ..., unpriced_orders: _Optional[int] = ..., is_over: _Optional[bool] = ...) -> None: ...
