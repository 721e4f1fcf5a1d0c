"""What an operator does with a session over gRPC, in front of a real worker and a peer that shows every number."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from gateway.api.v1 import refusal_pb2, session_pb2
from gateway.api.v1.session_pb2 import Session
from gateway.api.v1.session_service_pb2 import (
    DisableRequest,
    EnableRequest,
    LogOnRequest,
    LogOutRequest,
    ReleaseHaltRequest,
    ResetRequest,
    SessionServiceGetRequest,
    SessionServiceListRequest,
    SessionServiceWatchRequest,
    SetNumbersRequest,
)
from gateway.control.client import is_dangerous
from gateway.control.server import SESSIONS
from gateway.fix import halting
from ops.dev_ca import Certificates
from tests.integration.control.calls import Stubs, client, refusal, when
from tests.integration.control.gateway import Gateway, gateway
from tests.integration.control.venue import MARKET_DATA, ORDERS
from tests.integration.control.worker import worker
from tests.integration.fix.counterparty import Counterparty, Silence

OPERATOR = "operator/night"
WHY: dict[str, Any] = {"session": ORDERS, "reason": "a test"}
READY, DOWN = session_pb2.SESSION_PHASE_READY, session_pb2.SESSION_PHASE_DOWN


@asynccontextmanager
async def operated(database_url: str, certificates: Certificates, folder: Path, peer: Counterparty) -> AsyncIterator[Stubs]:
    """A gateway with a real worker in front of the peer, and its operator."""
    async with (
        gateway(database_url, certificates, folder, has_venue=False) as running,
        client(running, OPERATOR) as stubs,
        worker(folder, peer.port),
    ):
        yield stubs
    peer.hang_up()


async def get(stubs: Stubs, name: str = ORDERS) -> Session:
    found: Session = (await stubs.sessions.Get(SessionServiceGetRequest(session=name))).session
    return found


async def until(stubs: Stubs, phase: int) -> Session:
    async def look() -> Any:
        found = await get(stubs)
        return found if found.phase == phase else None

    found: Session = await when(look)
    return found


async def goes_up(peer: Counterparty, stubs: Stubs, number: int = 1) -> tuple[int, Session]:
    """Log on and prove that nothing is missing, the peer from `number` on; the MsgSeqNum(34) of our Logon(A)."""
    logon = await asyncio.to_thread(peer.log_on, number)
    test = await asyncio.to_thread(peer.receive, "1")
    peer.send("0", (112, test[112]))
    return int(logon[34]), await until(stubs, READY)


async def goes_down(peer: Counterparty, stubs: Stubs) -> None:
    await asyncio.to_thread(peer.receive, "5")
    peer.send("5")
    await until(stubs, DOWN)
    peer.hang_up()


async def test_the_numbers_that_were_set_are_on_the_wire_and_in_the_journal_over_a_restart(
    database_url: str, certificates: Certificates, tmp_path: Path
) -> None:
    with Counterparty() as peer:
        async with operated(database_url, certificates, tmp_path, peer) as stubs:
            number, up = await goes_up(peer, stubs)
            assert (number, up.session_epoch, up.next_target) == (1, 1, 3)
            await stubs.sessions.LogOut(LogOutRequest(client_order_id="1", **WHY))
            await goes_down(peer, stubs)
            wanted = SetNumbersRequest(client_order_id="2", next_sender=100, next_target=57, **WHY)
            answer = await stubs.sessions.SetNumbers(wanted)
            assert (await stubs.sessions.SetNumbers(wanted)).seq == answer.seq
            with pytest.raises(Silence):
                await asyncio.to_thread(peer.accept, 1.5)
            await stubs.sessions.LogOn(LogOnRequest(client_order_id="3", **WHY))
            number, up = await goes_up(peer, stubs, 57)
            assert (number, up.session_epoch, up.next_target) == (100, 2, 59)
        async with operated(database_url, certificates, tmp_path, peer) as stubs:
            number, up = await goes_up(peer, stubs, 59)
            assert number > 100
            assert (up.session_epoch, up.next_target) == (2, 61)
            assert [(act.verb, act.reason) for act in up.acts] == [
                (session_pb2.SESSION_VERB_LOG_OUT, "a test"),
                (session_pb2.SESSION_VERB_SET_NUMBERS, "a test"),
                (session_pb2.SESSION_VERB_LOG_ON, "a test"),
            ]
            act = up.acts[1]
            assert act.principal == "spiffe://fixgate/test/operator/night"
            assert (act.before.session_epoch, act.before.next_target) == (1, 4)
            assert (act.after.session_epoch, act.after.next_sender, act.after.next_target) == (2, 100, 57)


async def test_after_a_reset_both_sides_begin_at_one(database_url: str, certificates: Certificates, tmp_path: Path) -> None:
    with Counterparty() as peer:
        async with operated(database_url, certificates, tmp_path, peer) as stubs:
            await goes_up(peer, stubs)
            code, detail = await refusal(stubs.sessions.Reset(ResetRequest(client_order_id="0", **WHY)))
            assert (code, detail.refusal) == (grpc.StatusCode.FAILED_PRECONDITION, refusal_pb2.REFUSAL_SESSION_NOT_OUT)
            await stubs.sessions.Disable(DisableRequest(client_order_id="1", **WHY))
            await goes_down(peer, stubs)
            await stubs.sessions.Reset(ResetRequest(client_order_id="2", **WHY))
            await stubs.sessions.Enable(EnableRequest(client_order_id="3", **WHY))
            number, up = await goes_up(peer, stubs)
            assert (number, up.session_epoch, up.next_target) == (1, 2, 3)


async def test_a_halted_worker_goes_on_once_it_is_released(database_url: str, certificates: Certificates, tmp_path: Path) -> None:
    folder = tmp_path / "fix"
    folder.mkdir()
    halting.halt(folder, "a store that lies")
    with Counterparty() as peer:
        async with operated(database_url, certificates, tmp_path, peer) as stubs:

            async def is_halted() -> bool:
                return "a store that lies" in (await get(stubs)).halted

            await when(is_halted)
            code, detail = await refusal(stubs.sessions.LogOn(LogOnRequest(client_order_id="0", **WHY)))
            assert (code, detail.refusal) == (grpc.StatusCode.FAILED_PRECONDITION, refusal_pb2.REFUSAL_SESSION_HALTED)
            answer = await stubs.sessions.ReleaseHalt(ReleaseHaltRequest(client_order_id="1", **WHY))
            assert not answer.session.halted
            await goes_up(peer, stubs)
            assert not halting.why(folder)


async def test_a_watch_tells_how_sessions_stand_and_goes_on_where_it_was(disconnected: Gateway) -> None:
    async with client(disconnected, "viewer/audit") as stubs, client(disconnected, OPERATOR) as operator:
        watching = stubs.sessions.Watch(SessionServiceWatchRequest())
        first = await watching.read()
        assert [session.name for session in first.sessions] == [ORDERS, MARKET_DATA]
        answer = await operator.sessions.Disable(DisableRequest(client_order_id="1", **WHY))
        changed = await watching.read()
        asked = [(session.name, session.asked) for session in changed.sessions]
        assert asked == [(ORDERS, session_pb2.SESSION_ASKED_DISABLED)]
        assert changed.seq >= answer.seq
        watching.cancel()
        resumed = await stubs.sessions.Watch(SessionServiceWatchRequest(after_seq=first.seq)).read()
        assert [session.name for session in resumed.sessions] == [ORDERS]
        nothing = await stubs.sessions.Watch(SessionServiceWatchRequest(after_seq=changed.seq)).read()
        assert not nothing.sessions
        code, detail = await refusal(stubs.sessions.Watch(SessionServiceWatchRequest(after_seq=10**9)))
        assert (code, detail.field) == (grpc.StatusCode.INVALID_ARGUMENT, "after_seq")


@pytest.mark.parametrize("who", ["trader/desk1", "viewer/audit", "admin/ops"])
async def test_only_an_operator_acts_and_everybody_else_hears_who_may(disconnected: Gateway, who: str) -> None:
    async with client(disconnected, who) as stubs:
        assert len((await stubs.sessions.List(SessionServiceListRequest())).sessions) == 2
        assert (await get(stubs)).name == ORDERS
        acts = stubs.sessions
        for call in (
            acts.LogOn(LogOnRequest(client_order_id="1", **WHY)),
            acts.LogOut(LogOutRequest(client_order_id="1", **WHY)),
            acts.Enable(EnableRequest(client_order_id="1", **WHY)),
            acts.Disable(DisableRequest(client_order_id="1", **WHY)),
            acts.SetNumbers(SetNumbersRequest(client_order_id="1", next_sender=1, **WHY)),
            acts.Reset(ResetRequest(client_order_id="1", **WHY)),
            acts.ReleaseHalt(ReleaseHaltRequest(client_order_id="1", **WHY)),
        ):
            code, detail = await refusal(call)
            assert (code, detail.refusal) == (grpc.StatusCode.PERMISSION_DENIED, refusal_pb2.REFUSAL_NOT_PERMITTED)
            assert detail.text.endswith("it is for operator")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"client_order_id": ""}, "client_order_id"),
        ({"session": ""}, "session"),
        ({"next_sender": 0}, "next_sender"),
        ({"next_target": 900_000_001}, "next_target"),
        ({"next_sender": None}, "next_sender"),
    ],
)
async def test_what_cannot_be_read_is_refused_by_the_name_of_its_field(
    disconnected: Gateway, changes: dict[str, Any], field: str
) -> None:
    asked = {"client_order_id": "1", "next_sender": 5, **WHY} | changes
    async with client(disconnected, OPERATOR) as stubs:
        code, detail = await refusal(stubs.sessions.SetNumbers(SetNumbersRequest(**asked)))
        assert (code, detail.refusal, detail.field) == (
            grpc.StatusCode.INVALID_ARGUMENT,
            refusal_pb2.REFUSAL_INVALID_FIELD,
            field,
        )


async def test_an_unknown_session_is_not_found(disconnected: Gateway) -> None:
    async with client(disconnected, OPERATOR) as stubs:
        for call in (
            stubs.sessions.Get(SessionServiceGetRequest(session="NONE")),
            stubs.sessions.LogOut(LogOutRequest(client_order_id="1", session="NONE", reason="x")),
        ):
            code, detail = await refusal(call)
            assert (code, detail.refusal) == (grpc.StatusCode.NOT_FOUND, refusal_pb2.REFUSAL_UNKNOWN_SESSION)


def test_the_contract_marks_the_calls_that_a_second_person_will_have_to_approve() -> None:
    marked = {method.name for method in SESSIONS.methods if is_dangerous("SessionService", method.name)}
    assert marked == {"SetNumbers", "Reset", "ReleaseHalt"}
