"""A session that is held, over gRPC: what is refused, who may let go of it, and how it is told."""

import grpc

from gateway.api.v1 import refusal_pb2
from gateway.api.v1.order_service_pb2 import CancelRequest
from gateway.api.v1.session_service_pb2 import (
    ReleaseHaltRequest,
    SessionServiceListRequest,
    SessionServiceWatchRequest,
)
from gateway.holding import HoldSession
from tests.integration.control.calls import Stubs, client, refusal, submit, when
from tests.integration.control.gateway import Gateway
from tests.integration.control.venue import ORDERS


def release(client_order_id: str = "R1", session: str = ORDERS, reason: str = "compared") -> ReleaseHaltRequest:
    return ReleaseHaltRequest(client_order_id=client_order_id, session=session, reason=reason)


async def held(stubs: Stubs) -> str:
    response = await stubs.sessions.List(SessionServiceListRequest())
    return str(next(session.held for session in response.sessions if session.name == ORDERS))


async def test_a_held_session_refuses_orders_until_a_person_releases_it(running: Gateway) -> None:
    async with client(running) as stubs, client(running, "operator/night") as operator:
        root_id = (await stubs.orders.Submit(submit("A1"))).root_id
        watch = operator.sessions.Watch(SessionServiceWatchRequest())
        await watch.read()
        running.engine._inbox.put(HoldSession(ORDERS, "a storm", is_down=False))
        changed = await watch.read()
        assert [(one.name, one.held, one.is_held_down) for one in changed.sessions] == [(ORDERS, "a storm", False)]
        code, detail = await refusal(stubs.orders.Submit(submit("A2")))
        assert (code, detail.refusal) == (grpc.StatusCode.FAILED_PRECONDITION, refusal_pb2.REFUSAL_SESSION_HELD)
        assert detail.text == f"session={ORDERS} a storm"
        await stubs.orders.Cancel(CancelRequest(client_order_id="X1", root_id=root_id))
        code, _ = await refusal(stubs.sessions.ReleaseHalt(release()))
        assert code is grpc.StatusCode.PERMISSION_DENIED
        answer = await operator.sessions.ReleaseHalt(release())
        assert (answer.is_repetition, answer.is_still_held) == (False, False)
        again = await operator.sessions.ReleaseHalt(release())
        assert (again.seq, again.is_repetition) == (answer.seq, True)

        async def is_free() -> bool:
            return not await held(stubs)

        await when(is_free)
        assert (await stubs.orders.Submit(submit("A3"))).root_id


async def test_what_cannot_be_released_is_refused_with_the_reason(running: Gateway) -> None:
    async with client(running, "operator/night") as stubs:
        for request, expected in (
            (release("R2"), (grpc.StatusCode.FAILED_PRECONDITION, refusal_pb2.REFUSAL_SESSION_NOT_HALTED)),
            (release("R3", session="NONE"), (grpc.StatusCode.NOT_FOUND, refusal_pb2.REFUSAL_UNKNOWN_SESSION)),
            (release("R4", reason=""), (grpc.StatusCode.INVALID_ARGUMENT, refusal_pb2.REFUSAL_INVALID_FIELD)),
        ):
            code, detail = await refusal(stubs.sessions.ReleaseHalt(request))
            assert (code, detail.refusal) == expected
