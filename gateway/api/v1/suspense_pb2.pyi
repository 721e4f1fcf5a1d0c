import datetime

from gateway.api.v1 import fix_pb2 as _fix_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SuspendedReport(_message.Message):
    __slots__ = ("seq", "at", "session", "reason", "root_id", "report")
    SEQ_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ROOT_ID_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    seq: int
    at: _timestamp_pb2.Timestamp
    session: str
    reason: str
    root_id: str
    report: ReportContent
    def __init__(self, seq: _Optional[int] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., session: _Optional[str] = ..., reason: _Optional[str] = ..., root_id: _Optional[str] = ..., report: _Optional[_Union[ReportContent, _Mapping]] = ...) -> None: ...

class ReportContent(_message.Message):
    __slots__ = ("cl_ord_id", "order_id", "exec_id", "exec_ref_id", "exec_type", "ord_status", "account", "symbol", "side", "last_qty", "last_px", "cum_qty", "trade_date", "text")
    CL_ORD_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    EXEC_ID_FIELD_NUMBER: _ClassVar[int]
    EXEC_REF_ID_FIELD_NUMBER: _ClassVar[int]
    EXEC_TYPE_FIELD_NUMBER: _ClassVar[int]
    ORD_STATUS_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    LAST_QTY_FIELD_NUMBER: _ClassVar[int]
    LAST_PX_FIELD_NUMBER: _ClassVar[int]
    CUM_QTY_FIELD_NUMBER: _ClassVar[int]
    TRADE_DATE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    cl_ord_id: str
    order_id: str
    exec_id: str
    exec_ref_id: str
    exec_type: _fix_pb2.ExecType
    ord_status: _fix_pb2.OrdStatus
    account: str
    symbol: str
    side: _fix_pb2.Side
    last_qty: str
    last_px: str
    cum_qty: str
    trade_date: str
    text: str
    def __init__(self, cl_ord_id: _Optional[str] = ..., order_id: _Optional[str] = ..., exec_id: _Optional[str] = ..., exec_ref_id: _Optional[str] = ..., exec_type: _Optional[_Union[_fix_pb2.ExecType, str]] = ..., ord_status: _Optional[_Union[_fix_pb2.OrdStatus, str]] = ..., account: _Optional[str] = ..., symbol: _Optional[str] = ..., side: _Optional[_Union[_fix_pb2.Side, str]] = ..., last_qty: _Optional[str] = ..., last_px: _Optional[str] = ..., cum_qty: _Optional[str] = ..., trade_date: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class WorstCase(_message.Message):
    __slots__ = ("session", "symbol", "buy_qty", "sell_qty", "is_bounded")
    SESSION_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_FIELD_NUMBER: _ClassVar[int]
    BUY_QTY_FIELD_NUMBER: _ClassVar[int]
    SELL_QTY_FIELD_NUMBER: _ClassVar[int]
    IS_BOUNDED_FIELD_NUMBER: _ClassVar[int]
    session: str
    symbol: str
    buy_qty: str
    sell_qty: str
    is_bounded: bool
    def __init__(self, session: _Optional[str] = ..., symbol: _Optional[str] = ..., buy_qty: _Optional[str] = ..., sell_qty: _Optional[str] = ..., is_bounded: _Optional[bool] = ...) -> None: ...
