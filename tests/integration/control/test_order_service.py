"""The unary calls of OrderService: what is taken, what is refused, and how that is said."""

from typing import Any

import grpc
import pytest

from gateway.api.v1 import fix_pb2, order_pb2, refusal_pb2
from gateway.api.v1.order_service_pb2 import (
    CancelRequest,
    GetRequest,
    OrderServiceListRequest,
    OrderServiceWatchRequest,
    ReplaceRequest,
)
from tests.integration.control.calls import Stubs, client, refusal, submit, when
from tests.integration.control.gateway import DESK1, Gateway


async def status_of(stubs: Stubs, root_id: str) -> int:
    response = await stubs.orders.Get(GetRequest(root_id=root_id))
    return int(response.order.ord_status)


async def test_an_order_is_answered_with_its_ids_and_its_seq(running: Gateway) -> None:
    async with client(running) as stubs:
        answer = await stubs.orders.Submit(submit("A1"))
    assert (answer.root_id, answer.cl_ord_id, answer.is_repetition) == ("T00000001", "T00000001", False)
    assert 0 < answer.seq <= running.engine.durable_seq


async def test_the_same_request_gets_the_first_answer_again(running: Gateway) -> None:
    async with client(running) as stubs:
        first = await stubs.orders.Submit(submit("A1"))
        again = await stubs.orders.Submit(submit("A1"))
    assert (again.root_id, again.seq, again.is_repetition) == (first.root_id, first.seq, True)


async def test_a_known_id_with_another_payload_is_refused(running: Gateway) -> None:
    async with client(running) as stubs:
        await stubs.orders.Submit(submit("A1"))
        code, detail = await refusal(stubs.orders.Submit(submit("A1", order_qty="101")))
    assert (code, detail.refusal) == (grpc.StatusCode.ALREADY_EXISTS, refusal_pb2.REFUSAL_DUPLICATE_CLIENT_ORDER_ID)
    assert not detail.retry_can_help


async def test_two_principals_may_use_one_id(running: Gateway) -> None:
    async with client(running) as one, client(running, "trader/desk2") as other:
        first = await one.orders.Submit(submit("A1"))
        second = await other.orders.Submit(submit("A1", account="DESK2"))
    assert first.root_id != second.root_id


@pytest.mark.parametrize(
    ("changes", "code", "expected"),
    [
        ({"account": "NOBODY"}, grpc.StatusCode.NOT_FOUND, "REFUSAL_UNKNOWN_ACCOUNT"),
        ({"account": "DESK2"}, grpc.StatusCode.PERMISSION_DENIED, "REFUSAL_NOT_ENTITLED"),
        ({"symbol": "GBPUSD"}, grpc.StatusCode.NOT_FOUND, "REFUSAL_UNKNOWN_SYMBOL"),
        ({"order_qty": "1001"}, grpc.StatusCode.FAILED_PRECONDITION, "REFUSAL_ORDER_QTY_EXCEEDS_MAX"),
        ({"order_qty": "999999999999999999"}, grpc.StatusCode.FAILED_PRECONDITION, "REFUSAL_ORDER_QTY_EXCEEDS_MAX"),
        ({"price": "1.380001"}, grpc.StatusCode.INVALID_ARGUMENT, "REFUSAL_PRICE_NOT_ON_TICK"),
        ({"price": "2"}, grpc.StatusCode.FAILED_PRECONDITION, "REFUSAL_PRICE_EXCEEDS_COLLAR"),
        ({"expire_at": {"seconds": 1}}, grpc.StatusCode.FAILED_PRECONDITION, "REFUSAL_EXPIRED"),
    ],
)
async def test_a_refusal_of_the_engine_has_its_code_and_its_seq(
    running: Gateway, changes: dict[str, Any], code: grpc.StatusCode, expected: str
) -> None:
    async with client(running) as stubs:
        said, detail = await refusal(stubs.orders.Submit(submit(**changes)))
        again, repeated = await refusal(stubs.orders.Submit(submit(**changes)))
    assert (said, refusal_pb2.Refusal.Name(detail.refusal)) == (code, expected)
    assert detail.text
    assert detail.seq
    assert (again, repeated) == (said, detail)


async def test_an_order_without_a_session_is_refused_and_may_be_tried_later(disconnected: Gateway) -> None:
    async with client(disconnected) as stubs:
        code, detail = await refusal(stubs.orders.Submit(submit()))
    assert (code, detail.refusal) == (grpc.StatusCode.FAILED_PRECONDITION, refusal_pb2.REFUSAL_SESSION_DOWN)
    assert detail.retry_can_help


async def test_an_order_is_canceled_by_its_client_s_own_id(running: Gateway) -> None:
    async with client(running) as stubs:
        placed = await stubs.orders.Submit(submit("A1"))
        await when(lambda: _is(stubs, placed.root_id, fix_pb2.ORD_STATUS_NEW))
        canceled = await stubs.orders.Cancel(CancelRequest(client_order_id="C1", orig_client_order_id="A1"))
        await when(lambda: _is(stubs, placed.root_id, fix_pb2.ORD_STATUS_CANCELED))
    assert (canceled.root_id, canceled.cl_ord_id) == (placed.root_id, "T00000002")


async def test_a_replace_keeps_the_order_and_changes_its_terms(running: Gateway) -> None:
    async with client(running) as stubs:
        placed = await stubs.orders.Submit(submit("A1"))
        await when(lambda: _is(stubs, placed.root_id, fix_pb2.ORD_STATUS_NEW))
        wanted = ReplaceRequest(client_order_id="R1", root_id=placed.root_id, order_qty="200")
        replaced = await stubs.orders.Replace(wanted)

        async def order() -> order_pb2.Order | None:
            found = (await stubs.orders.Get(GetRequest(root_id=placed.root_id))).order
            return found if found.cl_ord_id == replaced.cl_ord_id else None

        order_now = await when(order)
    assert order_now is not None
    assert (order_now.order_qty, order_now.price, order_now.leaves_qty) == ("200", "1.38", "200")
    assert [request.state for request in order_now.requests] == [order_pb2.REQUEST_STATE_DONE] * 2


async def test_canceling_an_unknown_order_is_refused(running: Gateway) -> None:
    async with client(running) as stubs:
        code, detail = await refusal(stubs.orders.Cancel(CancelRequest(client_order_id="C1", root_id="T99999999")))
    assert (code, detail.refusal) == (grpc.StatusCode.NOT_FOUND, refusal_pb2.REFUSAL_UNKNOWN_ORDER)


async def test_an_order_is_shown_with_what_it_was_judged_by(running: Gateway) -> None:
    async with client(running) as stubs:
        await stubs.orders.Submit(submit("A1", price=""))
        await when(lambda: _is(stubs, "T00000001", fix_pb2.ORD_STATUS_FILLED))
        order = (await stubs.orders.Get(GetRequest(client_order_id="A1"))).order
    assert (order.principal, order.account, order.symbol, order.session) == (DESK1, "DESK1", "EURUSD", "SIM")
    assert (order.cum_qty, order.leaves_qty, order.avg_px, order.order_id) == ("100", "0", "1.385", "VT00000001")
    assert (order.side, order.ord_type, order.price) == (fix_pb2.SIDE_BUY, fix_pb2.ORD_TYPE_MARKET, "")
    assert order.time_in_force == fix_pb2.TIME_IN_FORCE_DAY
    request = order.requests[0]
    assert (request.msg_type, request.state) == (fix_pb2.MSG_TYPE_NEW_ORDER_SINGLE, order_pb2.REQUEST_STATE_DONE)
    assert (request.decision.reference_px, request.decision.limits_version) == ("1.385", "limits-1")
    assert request.decision.HasField("reference_age_ms")


async def test_nobody_sees_another_account_s_order(running: Gateway) -> None:
    async with client(running) as one, client(running, "trader/desk2") as other, client(running, "viewer/audit") as viewer:
        placed = await one.orders.Submit(submit())
        code, _ = await refusal(other.orders.Get(GetRequest(root_id=placed.root_id)))
        assert code is grpc.StatusCode.NOT_FOUND
        assert not (await other.orders.List(OrderServiceListRequest())).orders
        code, _ = await refusal(other.orders.List(OrderServiceListRequest(account="DESK1")))
        assert code is grpc.StatusCode.PERMISSION_DENIED
        assert len((await viewer.orders.List(OrderServiceListRequest())).orders) == 1


async def test_orders_are_listed_newest_first_in_pages(running: Gateway) -> None:
    async with client(running) as stubs:
        for n in range(5):
            await stubs.orders.Submit(submit(f"A{n}"))
        pages, token = [], ""
        while True:
            page = await stubs.orders.List(OrderServiceListRequest(page_size=2, page_token=token))
            pages.append([order.client_order_id for order in page.orders])
            token = page.next_page_token
            if not token:
                break
    assert pages == [["A4", "A3"], ["A2", "A1"], ["A0"]]


async def test_a_page_holds_only_what_still_lives(running: Gateway) -> None:
    async with client(running) as stubs:
        filled = await stubs.orders.Submit(submit("A1", price=""))
        await stubs.orders.Submit(submit("A2"))
        await when(lambda: _is(stubs, filled.root_id, fix_pb2.ORD_STATUS_FILLED))
        page = await stubs.orders.List(OrderServiceListRequest(only_live=True, symbol="EURUSD"))
        nothing = await stubs.orders.List(OrderServiceListRequest(symbol="GBPUSD"))
    assert [order.client_order_id for order in page.orders] == ["A2"]
    assert not nothing.orders


@pytest.mark.parametrize(("field", "value"), [("page_size", 501), ("page_token", "x"), ("page_token", "1" * 20)])
async def test_a_page_that_cannot_be_is_refused(running: Gateway, field: str, value: Any) -> None:
    async with client(running) as stubs:
        code, detail = await refusal(stubs.orders.List(OrderServiceListRequest(**{field: value})))
    assert (code, detail.field) == (grpc.StatusCode.INVALID_ARGUMENT, field)


async def test_a_get_that_names_no_order_is_refused(running: Gateway) -> None:
    async with client(running) as stubs:
        code, detail = await refusal(stubs.orders.Get(GetRequest()))
    assert (code, detail.field) == (grpc.StatusCode.INVALID_ARGUMENT, "root_id")


@pytest.mark.parametrize("text", ["A" * 1_000_000, "Ä", "A B"])
async def test_an_id_that_cannot_be_is_refused_by_its_field_and_not_said_back(running: Gateway, text: str) -> None:
    async with client(running) as stubs:
        for call, field in (
            (stubs.orders.Get(GetRequest(root_id=text)), "root_id"),
            (stubs.orders.Get(GetRequest(client_order_id=text)), "client_order_id"),
            (stubs.orders.List(OrderServiceListRequest(account=text)), "account"),
            (stubs.orders.List(OrderServiceListRequest(symbol=text)), "symbol"),
            (stubs.orders.Watch(OrderServiceWatchRequest(accounts=["DESK1", text])), "accounts"),
        ):
            code, detail = await refusal(call)
            assert (code, detail.field) == (grpc.StatusCode.INVALID_ARGUMENT, field)
            assert len(detail.text) < 200


async def _is(stubs: Stubs, root_id: str, ord_status: int) -> bool:
    return await status_of(stubs, root_id) == ord_status
