"""Our enums as the contract numbers them: FIX code sets by the ASCII code of the FIX code, all others by name."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar, cast

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper

from gateway.alarm import AlarmKind
from gateway.api.v1 import alarm_pb2, fix_pb2, latch_pb2, order_pb2, session_pb2
from gateway.cell import SessionKind
from gateway.sessions import Phase
from oms.domain.chain import RequestState
from oms.domain.fields import (
    DKReason,
    ExecType,
    HandlInst,
    MsgType,
    OrderCapacity,
    OrdStatus,
    OrdType,
    PositionEffect,
    Side,
    TimeInForce,
)
from oms.domain.latches import Mode

E = TypeVar("E", bound=Enum)
N = TypeVar("N")


def by_code(ours: type[E], _numbers: type[N]) -> dict[E, N]:
    """SIDE_BUY is 49, which is "1"."""
    return {member: cast(N, ord(member.value)) for member in ours}


def by_name(ours: type[E], numbers: type[N], prefix: str) -> dict[E, N]:
    """REQUEST_STATE_SENT is RequestState.SENT."""
    known = cast(EnumTypeWrapper, numbers)
    return {member: cast(N, known.Value(f"{prefix}_{member.name}")) for member in ours}


def by_number(table: Mapping[E, int]) -> dict[int, E]:
    """The same table, read the other way."""
    return {number: member for member, number in table.items()}


SIDES = by_code(Side, fix_pb2.Side)
ORD_TYPES = by_code(OrdType, fix_pb2.OrdType)
TIMES_IN_FORCE = by_code(TimeInForce, fix_pb2.TimeInForce)
HANDL_INSTS = by_code(HandlInst, fix_pb2.HandlInst)
POSITION_EFFECTS = by_code(PositionEffect, fix_pb2.PositionEffect)
ORDER_CAPACITIES = by_code(OrderCapacity, fix_pb2.OrderCapacity)
ORD_STATUSES = by_code(OrdStatus, fix_pb2.OrdStatus)
EXEC_TYPES = by_code(ExecType, fix_pb2.ExecType)
DK_REASONS = by_code(DKReason, fix_pb2.DKReason)
MSG_TYPES = by_code(MsgType, fix_pb2.MsgType)
REQUEST_STATES = by_name(RequestState, order_pb2.RequestState, "REQUEST_STATE")
SESSION_KINDS = by_name(SessionKind, session_pb2.SessionKind, "SESSION_KIND")
SESSION_PHASES = by_name(Phase, session_pb2.SessionPhase, "SESSION_PHASE")
LATCH_MODES = by_name(Mode, latch_pb2.LatchMode, "LATCH_MODE")
ALARM_KINDS = by_name(AlarmKind, alarm_pb2.AlarmKind, "ALARM_KIND")
