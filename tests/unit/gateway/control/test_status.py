"""Every refusal has a number in the contract, a status code, and an honest word on trying again."""

from enum import Enum

import grpc
import pytest
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # No types in the wheel.

from gateway.api.v1 import fix_pb2, order_event_pb2, order_pb2, refusal_pb2, session_pb2
from gateway.cell import SessionKind
from gateway.control import codes
from gateway.control.order_events import _WRITERS
from gateway.control.status import CODES, NUMBERS, RETRIES, EdgeRefusal, Refused, told
from gateway.sessions import Phase
from oms.domain import acts, events, fields
from oms.domain.chain import RequestState
from oms.domain.dead_man import DEAD_MAN_EVENTS
from oms.domain.latches import LATCH_EVENTS, DrillNoted
from oms.domain.reference import REFERENCE_EVENTS
from oms.domain.refusal import RETRY_CAN_HELP, Refusal

JOURNALLED_MAX = 99


def test_every_refusal_has_a_row() -> None:
    assert set(CODES) == {*Refusal, *EdgeRefusal}


def test_the_contract_mirrors_every_refusal_one_to_one() -> None:
    names = {f"REFUSAL_{refusal.value}" for refusal in (*Refusal, *EdgeRefusal)}
    assert names == set(refusal_pb2.Refusal.keys()) - {"REFUSAL_UNSPECIFIED"}
    assert all(0 < NUMBERS[refusal] <= JOURNALLED_MAX for refusal in Refusal)
    assert all(NUMBERS[refusal] > JOURNALLED_MAX for refusal in EdgeRefusal)


def test_the_numbers_stand_in_the_order_of_precedence() -> None:
    assert [NUMBERS[refusal] for refusal in Refusal] == list(range(1, len(Refusal) + 1))


def test_what_passes_by_itself_says_so() -> None:
    assert RETRY_CAN_HELP <= RETRIES
    assert EdgeRefusal.OVERLOADED in RETRIES
    assert EdgeRefusal.INVALID_FIELD not in RETRIES


def test_a_journalled_refusal_is_never_unavailable() -> None:
    """Clients repeat what is UNAVAILABLE, word for word: the id of a journalled refusal stays refused."""
    assert grpc.StatusCode.UNAVAILABLE not in {CODES[refusal] for refusal in Refusal}


def test_a_status_carries_the_whole_detail() -> None:
    status = told(Refused(Refusal.STALE_REFERENCE_PX, "reference_age_ms=9", field="price", seq=7))
    detail = refusal_pb2.RefusalDetail()
    sent = Status.FromString(dict(status.trailing_metadata)["grpc-status-details-bin"])
    assert sent.details[0].Unpack(detail)
    assert (sent.code, sent.message) == (status.code.value[0], status.details)
    assert detail == refusal_pb2.RefusalDetail(
        refusal=refusal_pb2.REFUSAL_STALE_REFERENCE_PX, field="price", text="reference_age_ms=9", retry_can_help=True, seq=7
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "prefix"),
    [
        (fields.Side, fix_pb2.Side, "SIDE"),
        (fields.OrdType, fix_pb2.OrdType, "ORD_TYPE"),
        (fields.TimeInForce, fix_pb2.TimeInForce, "TIME_IN_FORCE"),
        (fields.HandlInst, fix_pb2.HandlInst, "HANDL_INST"),
        (fields.PositionEffect, fix_pb2.PositionEffect, "POSITION_EFFECT"),
        (fields.OrderCapacity, fix_pb2.OrderCapacity, "ORDER_CAPACITY"),
        (fields.OrdStatus, fix_pb2.OrdStatus, "ORD_STATUS"),
        (fields.ExecType, fix_pb2.ExecType, "EXEC_TYPE"),
        (fields.MsgType, fix_pb2.MsgType, "MSG_TYPE"),
        (fields.DKReason, fix_pb2.DKReason, "DK_REASON"),
    ],
)
def test_a_fix_code_set_is_numbered_by_its_codes(ours: type[Enum], theirs: type, prefix: str) -> None:
    expected = {f"{prefix}_{member.name}": ord(member.value) for member in ours}
    assert dict(theirs.items()) == expected | {f"{prefix}_UNSPECIFIED": 0}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("ours", "theirs", "prefix", "table"),
    [
        (RequestState, order_pb2.RequestState, "REQUEST_STATE", codes.REQUEST_STATES),
        (SessionKind, session_pb2.SessionKind, "SESSION_KIND", codes.SESSION_KINDS),
        (Phase, session_pb2.SessionPhase, "SESSION_PHASE", codes.SESSION_PHASES),
    ],
)
def test_our_own_enums_are_mirrored_by_name(ours: type[Enum], theirs: type, prefix: str, table: dict[Enum, int]) -> None:
    assert set(table) == set(ours)
    assert set(theirs.keys()) == {f"{prefix}_{member.name}" for member in ours} | {f"{prefix}_UNSPECIFIED"}  # type: ignore[attr-defined]


def test_every_fact_about_an_order_is_told_in_some_words() -> None:
    of_sessions = {events.ReportQuarantined, events.MassStatusRequested, events.MassStatusEnded, events.OrdersEscalated}
    beside = of_sessions | {*acts.DRAIN_ACTS, *LATCH_EVENTS, DrillNoted, *DEAD_MAN_EVENTS, *REFERENCE_EVENTS}
    assert set(_WRITERS) == set(events.EVENTS) - beside
    kinds = set(order_event_pb2.OrderEventKind.keys()) - {"ORDER_EVENT_KIND_UNSPECIFIED"}
    assert len(kinds) == len(_WRITERS) - 2  # Three kinds of refusal are one.
