from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class Side(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SIDE_UNSPECIFIED: _ClassVar[Side]
    SIDE_BUY: _ClassVar[Side]
    SIDE_SELL: _ClassVar[Side]
    SIDE_SELL_SHORT: _ClassVar[Side]
    SIDE_SELL_SHORT_EXEMPT: _ClassVar[Side]

class OrdType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORD_TYPE_UNSPECIFIED: _ClassVar[OrdType]
    ORD_TYPE_MARKET: _ClassVar[OrdType]
    ORD_TYPE_LIMIT: _ClassVar[OrdType]
    ORD_TYPE_STOP: _ClassVar[OrdType]
    ORD_TYPE_STOP_LIMIT: _ClassVar[OrdType]
    ORD_TYPE_MARKET_ON_CLOSE: _ClassVar[OrdType]
    ORD_TYPE_LIMIT_ON_CLOSE: _ClassVar[OrdType]
    ORD_TYPE_MARKET_IF_TOUCHED: _ClassVar[OrdType]
    ORD_TYPE_MARKET_WITH_LEFT_OVER_AS_LIMIT: _ClassVar[OrdType]
    ORD_TYPE_PEGGED: _ClassVar[OrdType]

class TimeInForce(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIME_IN_FORCE_UNSPECIFIED: _ClassVar[TimeInForce]
    TIME_IN_FORCE_DAY: _ClassVar[TimeInForce]
    TIME_IN_FORCE_GOOD_TILL_CANCEL: _ClassVar[TimeInForce]
    TIME_IN_FORCE_AT_THE_OPENING: _ClassVar[TimeInForce]
    TIME_IN_FORCE_IMMEDIATE_OR_CANCEL: _ClassVar[TimeInForce]
    TIME_IN_FORCE_FILL_OR_KILL: _ClassVar[TimeInForce]
    TIME_IN_FORCE_GOOD_TILL_CROSSING: _ClassVar[TimeInForce]
    TIME_IN_FORCE_GOOD_TILL_DATE: _ClassVar[TimeInForce]
    TIME_IN_FORCE_AT_THE_CLOSE: _ClassVar[TimeInForce]

class HandlInst(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HANDL_INST_UNSPECIFIED: _ClassVar[HandlInst]
    HANDL_INST_AUTOMATED_PRIVATE: _ClassVar[HandlInst]
    HANDL_INST_AUTOMATED_PUBLIC: _ClassVar[HandlInst]
    HANDL_INST_MANUAL: _ClassVar[HandlInst]

class PositionEffect(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POSITION_EFFECT_UNSPECIFIED: _ClassVar[PositionEffect]
    POSITION_EFFECT_CLOSE: _ClassVar[PositionEffect]
    POSITION_EFFECT_FIFO: _ClassVar[PositionEffect]
    POSITION_EFFECT_OPEN: _ClassVar[PositionEffect]
    POSITION_EFFECT_ROLLED: _ClassVar[PositionEffect]

class OrderCapacity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_CAPACITY_UNSPECIFIED: _ClassVar[OrderCapacity]
    ORDER_CAPACITY_AGENCY: _ClassVar[OrderCapacity]
    ORDER_CAPACITY_PROPRIETARY: _ClassVar[OrderCapacity]
    ORDER_CAPACITY_INDIVIDUAL: _ClassVar[OrderCapacity]
    ORDER_CAPACITY_PRINCIPAL: _ClassVar[OrderCapacity]
    ORDER_CAPACITY_RISKLESS_PRINCIPAL: _ClassVar[OrderCapacity]
    ORDER_CAPACITY_AGENT_FOR_OTHER_MEMBER: _ClassVar[OrderCapacity]

class OrdStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORD_STATUS_UNSPECIFIED: _ClassVar[OrdStatus]
    ORD_STATUS_NEW: _ClassVar[OrdStatus]
    ORD_STATUS_PARTIALLY_FILLED: _ClassVar[OrdStatus]
    ORD_STATUS_FILLED: _ClassVar[OrdStatus]
    ORD_STATUS_DONE_FOR_DAY: _ClassVar[OrdStatus]
    ORD_STATUS_CANCELED: _ClassVar[OrdStatus]
    ORD_STATUS_PENDING_CANCEL: _ClassVar[OrdStatus]
    ORD_STATUS_STOPPED: _ClassVar[OrdStatus]
    ORD_STATUS_REJECTED: _ClassVar[OrdStatus]
    ORD_STATUS_SUSPENDED: _ClassVar[OrdStatus]
    ORD_STATUS_PENDING_NEW: _ClassVar[OrdStatus]
    ORD_STATUS_CALCULATED: _ClassVar[OrdStatus]
    ORD_STATUS_EXPIRED: _ClassVar[OrdStatus]
    ORD_STATUS_ACCEPTED_FOR_BIDDING: _ClassVar[OrdStatus]
    ORD_STATUS_PENDING_REPLACE: _ClassVar[OrdStatus]

class ExecType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    EXEC_TYPE_UNSPECIFIED: _ClassVar[ExecType]
    EXEC_TYPE_NEW: _ClassVar[ExecType]
    EXEC_TYPE_DONE_FOR_DAY: _ClassVar[ExecType]
    EXEC_TYPE_CANCELED: _ClassVar[ExecType]
    EXEC_TYPE_REPLACED: _ClassVar[ExecType]
    EXEC_TYPE_PENDING_CANCEL: _ClassVar[ExecType]
    EXEC_TYPE_STOPPED: _ClassVar[ExecType]
    EXEC_TYPE_REJECTED: _ClassVar[ExecType]
    EXEC_TYPE_SUSPENDED: _ClassVar[ExecType]
    EXEC_TYPE_PENDING_NEW: _ClassVar[ExecType]
    EXEC_TYPE_CALCULATED: _ClassVar[ExecType]
    EXEC_TYPE_EXPIRED: _ClassVar[ExecType]
    EXEC_TYPE_RESTATED: _ClassVar[ExecType]
    EXEC_TYPE_PENDING_REPLACE: _ClassVar[ExecType]
    EXEC_TYPE_TRADE: _ClassVar[ExecType]
    EXEC_TYPE_TRADE_CORRECT: _ClassVar[ExecType]
    EXEC_TYPE_TRADE_CANCEL: _ClassVar[ExecType]
    EXEC_TYPE_ORDER_STATUS: _ClassVar[ExecType]
    EXEC_TYPE_TRIGGERED: _ClassVar[ExecType]

class MsgType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MSG_TYPE_UNSPECIFIED: _ClassVar[MsgType]
    MSG_TYPE_NEW_ORDER_SINGLE: _ClassVar[MsgType]
    MSG_TYPE_ORDER_CANCEL_REQUEST: _ClassVar[MsgType]
    MSG_TYPE_ORDER_CANCEL_REPLACE_REQUEST: _ClassVar[MsgType]
    MSG_TYPE_ORDER_STATUS_REQUEST: _ClassVar[MsgType]

class DKReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DK_REASON_UNSPECIFIED: _ClassVar[DKReason]
    DK_REASON_UNKNOWN_SYMBOL: _ClassVar[DKReason]
    DK_REASON_WRONG_SIDE: _ClassVar[DKReason]
    DK_REASON_QUANTITY_EXCEEDS_ORDER: _ClassVar[DKReason]
    DK_REASON_NO_MATCHING_ORDER: _ClassVar[DKReason]
    DK_REASON_PRICE_EXCEEDS_LIMIT: _ClassVar[DKReason]
    DK_REASON_CALCULATION_DIFFERENCE: _ClassVar[DKReason]
    DK_REASON_OTHER: _ClassVar[DKReason]
SIDE_UNSPECIFIED: Side
SIDE_BUY: Side
SIDE_SELL: Side
SIDE_SELL_SHORT: Side
SIDE_SELL_SHORT_EXEMPT: Side
ORD_TYPE_UNSPECIFIED: OrdType
ORD_TYPE_MARKET: OrdType
ORD_TYPE_LIMIT: OrdType
ORD_TYPE_STOP: OrdType
ORD_TYPE_STOP_LIMIT: OrdType
ORD_TYPE_MARKET_ON_CLOSE: OrdType
ORD_TYPE_LIMIT_ON_CLOSE: OrdType
ORD_TYPE_MARKET_IF_TOUCHED: OrdType
ORD_TYPE_MARKET_WITH_LEFT_OVER_AS_LIMIT: OrdType
ORD_TYPE_PEGGED: OrdType
TIME_IN_FORCE_UNSPECIFIED: TimeInForce
TIME_IN_FORCE_DAY: TimeInForce
TIME_IN_FORCE_GOOD_TILL_CANCEL: TimeInForce
TIME_IN_FORCE_AT_THE_OPENING: TimeInForce
TIME_IN_FORCE_IMMEDIATE_OR_CANCEL: TimeInForce
TIME_IN_FORCE_FILL_OR_KILL: TimeInForce
TIME_IN_FORCE_GOOD_TILL_CROSSING: TimeInForce
TIME_IN_FORCE_GOOD_TILL_DATE: TimeInForce
TIME_IN_FORCE_AT_THE_CLOSE: TimeInForce
HANDL_INST_UNSPECIFIED: HandlInst
HANDL_INST_AUTOMATED_PRIVATE: HandlInst
HANDL_INST_AUTOMATED_PUBLIC: HandlInst
HANDL_INST_MANUAL: HandlInst
POSITION_EFFECT_UNSPECIFIED: PositionEffect
POSITION_EFFECT_CLOSE: PositionEffect
POSITION_EFFECT_FIFO: PositionEffect
POSITION_EFFECT_OPEN: PositionEffect
POSITION_EFFECT_ROLLED: PositionEffect
ORDER_CAPACITY_UNSPECIFIED: OrderCapacity
ORDER_CAPACITY_AGENCY: OrderCapacity
ORDER_CAPACITY_PROPRIETARY: OrderCapacity
ORDER_CAPACITY_INDIVIDUAL: OrderCapacity
ORDER_CAPACITY_PRINCIPAL: OrderCapacity
ORDER_CAPACITY_RISKLESS_PRINCIPAL: OrderCapacity
ORDER_CAPACITY_AGENT_FOR_OTHER_MEMBER: OrderCapacity
ORD_STATUS_UNSPECIFIED: OrdStatus
ORD_STATUS_NEW: OrdStatus
ORD_STATUS_PARTIALLY_FILLED: OrdStatus
ORD_STATUS_FILLED: OrdStatus
ORD_STATUS_DONE_FOR_DAY: OrdStatus
ORD_STATUS_CANCELED: OrdStatus
ORD_STATUS_PENDING_CANCEL: OrdStatus
ORD_STATUS_STOPPED: OrdStatus
ORD_STATUS_REJECTED: OrdStatus
ORD_STATUS_SUSPENDED: OrdStatus
ORD_STATUS_PENDING_NEW: OrdStatus
ORD_STATUS_CALCULATED: OrdStatus
ORD_STATUS_EXPIRED: OrdStatus
ORD_STATUS_ACCEPTED_FOR_BIDDING: OrdStatus
ORD_STATUS_PENDING_REPLACE: OrdStatus
EXEC_TYPE_UNSPECIFIED: ExecType
EXEC_TYPE_NEW: ExecType
EXEC_TYPE_DONE_FOR_DAY: ExecType
EXEC_TYPE_CANCELED: ExecType
EXEC_TYPE_REPLACED: ExecType
EXEC_TYPE_PENDING_CANCEL: ExecType
EXEC_TYPE_STOPPED: ExecType
EXEC_TYPE_REJECTED: ExecType
EXEC_TYPE_SUSPENDED: ExecType
EXEC_TYPE_PENDING_NEW: ExecType
EXEC_TYPE_CALCULATED: ExecType
EXEC_TYPE_EXPIRED: ExecType
EXEC_TYPE_RESTATED: ExecType
EXEC_TYPE_PENDING_REPLACE: ExecType
EXEC_TYPE_TRADE: ExecType
EXEC_TYPE_TRADE_CORRECT: ExecType
EXEC_TYPE_TRADE_CANCEL: ExecType
EXEC_TYPE_ORDER_STATUS: ExecType
EXEC_TYPE_TRIGGERED: ExecType
MSG_TYPE_UNSPECIFIED: MsgType
MSG_TYPE_NEW_ORDER_SINGLE: MsgType
MSG_TYPE_ORDER_CANCEL_REQUEST: MsgType
MSG_TYPE_ORDER_CANCEL_REPLACE_REQUEST: MsgType
MSG_TYPE_ORDER_STATUS_REQUEST: MsgType
DK_REASON_UNSPECIFIED: DKReason
DK_REASON_UNKNOWN_SYMBOL: DKReason
DK_REASON_WRONG_SIDE: DKReason
DK_REASON_QUANTITY_EXCEEDS_ORDER: DKReason
DK_REASON_NO_MATCHING_ORDER: DKReason
DK_REASON_PRICE_EXCEEDS_LIMIT: DKReason
DK_REASON_CALCULATION_DIFFERENCE: DKReason
DK_REASON_OTHER: DKReason
