import datetime

from gateway.api.v1 import fix_pb2 as _fix_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CustomTag(_message.Message):
    __slots__ = ("tag", "value")
    TAG_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    tag: int
    value: str
    def __init__(self, tag: _Optional[int] = ..., value: _Optional[str] = ...) -> None: ...

class Instructions(_message.Message):
    __slots__ = ("handl_inst", "exec_inst", "min_qty", "max_floor", "peg_offset_value", "expire_time", "expire_date", "position_effect", "order_capacity", "locate_reqd", "locate_id", "custom_tags")
    HANDL_INST_FIELD_NUMBER: _ClassVar[int]
    EXEC_INST_FIELD_NUMBER: _ClassVar[int]
    MIN_QTY_FIELD_NUMBER: _ClassVar[int]
    MAX_FLOOR_FIELD_NUMBER: _ClassVar[int]
    PEG_OFFSET_VALUE_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_TIME_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_DATE_FIELD_NUMBER: _ClassVar[int]
    POSITION_EFFECT_FIELD_NUMBER: _ClassVar[int]
    ORDER_CAPACITY_FIELD_NUMBER: _ClassVar[int]
    LOCATE_REQD_FIELD_NUMBER: _ClassVar[int]
    LOCATE_ID_FIELD_NUMBER: _ClassVar[int]
    CUSTOM_TAGS_FIELD_NUMBER: _ClassVar[int]
    handl_inst: _fix_pb2.HandlInst
    exec_inst: str
    min_qty: str
    max_floor: str
    peg_offset_value: str
    expire_time: _timestamp_pb2.Timestamp
    expire_date: str
    position_effect: _fix_pb2.PositionEffect
    order_capacity: _fix_pb2.OrderCapacity
    locate_reqd: bool
    locate_id: str
    custom_tags: _containers.RepeatedCompositeFieldContainer[CustomTag]
    def __init__(self, handl_inst: _Optional[_Union[_fix_pb2.HandlInst, str]] = ..., exec_inst: _Optional[str] = ..., min_qty: _Optional[str] = ..., max_floor: _Optional[str] = ..., peg_offset_value: _Optional[str] = ..., expire_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expire_date: _Optional[str] = ..., position_effect: _Optional[_Union[_fix_pb2.PositionEffect, str]] = ..., order_capacity: _Optional[_Union[_fix_pb2.OrderCapacity, str]] = ..., locate_reqd: _Optional[bool] = ..., locate_id: _Optional[str] = ..., custom_tags: _Optional[_Iterable[_Union[CustomTag, _Mapping]]] = ...) -> None: ...
