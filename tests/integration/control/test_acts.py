"""Mass cancels, suspense and resolving over gRPC: what is done, who may, and how it is told."""

from typing import Any

import grpc
import pytest

from gateway.api.v1 import fix_pb2, order_event_pb2, order_pb2, refusal_pb2
from gateway.api.v1.order_service_pb2 import (
    GetRequest,
    MassCancelRequest,
    OrderServiceListRequest,
    OrderServiceWatchRequest,
    ResolveRequest,
)
from gateway.api.v1.suspense_service_pb2 import AttributeRequest, DismissRequest, SuspenseServiceListRequest
from tests.integration.control.calls import Stubs, client, refusal, submit, told, when
from tests.integration.control.gateway import Gateway
from tests.integration.control.venue import LOST_QTY, STRAY_QTY

NOT_SENT = order_pb2.REQUEST_STATE_NOT_SENT


async def live(stubs: Stubs) -> list[str]:
    response = await stubs.orders.List(OrderServiceListRequest(only_live=True))
    return [order.root_id for order in response.orders]


async def strayed(stubs: Stubs, client_order_id: str = "A1") -> tuple[str, Any]:
    """An order, and the trade of nobody's order that came with it, in suspense."""
    root_id = (await stubs.orders.Submit(submit(client_order_id, order_qty=STRAY_QTY))).root_id

    async def found() -> Any:
        return next(iter((await stubs.suspense.List(SuspenseServiceListRequest())).reports), None)

    return root_id, await when(found)


class TestMassCancel:
    async def test_it_names_the_orders_and_they_end(self, running: Gateway) -> None:
        async with client(running) as stubs, client(running, "trader/desk2") as other:
            mine = [(await stubs.orders.Submit(submit(f"A{n}"))).root_id for n in range(3)]
            theirs = (await other.orders.Submit(submit("B1", account="DESK2"))).root_id
            request = MassCancelRequest(client_order_id="M1", symbol="EURUSD")
            answer = await stubs.orders.MassCancel(request)
            assert (list(answer.root_ids), answer.is_repetition) == (mine, False)

            async def none_is_left() -> bool:
                return not await live(stubs)

            await when(none_is_left)
            again = await stubs.orders.MassCancel(request)
            assert (again.cl_ord_id, again.seq, again.is_repetition) == (answer.cl_ord_id, answer.seq, True)
            assert await live(other) == [theirs]

    async def test_watch_tells_it_and_each_cancel(self, running: Gateway) -> None:
        async with client(running) as stubs:
            root_id = (await stubs.orders.Submit(submit("A1"))).root_id
            watch = stubs.orders.Watch(OrderServiceWatchRequest())
            await watch.read()
            answer = await stubs.orders.MassCancel(MassCancelRequest(client_order_id="M1"))
            events = await told(watch, lambda event: event.ord_status == fix_pb2.ORD_STATUS_CANCELED)
        asked, requested = [event for event in events if event.seq >= answer.seq][:2]
        assert (asked.kind, requested.kind) == (
            order_event_pb2.ORDER_EVENT_KIND_MASS_CANCEL_REQUESTED,
            order_event_pb2.ORDER_EVENT_KIND_CANCEL_REQUESTED,
        )
        assert (asked.cl_ord_id, asked.text, requested.root_id) == (answer.cl_ord_id, "orders=1", root_id)

    async def test_what_is_refused_stays_refused(self, running: Gateway) -> None:
        async with client(running) as stubs:
            code, detail = await refusal(stubs.orders.MassCancel(MassCancelRequest(client_order_id="M1", account="DESK2")))
            assert (code, detail.refusal) == (grpc.StatusCode.PERMISSION_DENIED, refusal_pb2.REFUSAL_NOT_ENTITLED)
            assert detail.seq
            code, detail = await refusal(stubs.orders.MassCancel(MassCancelRequest(client_order_id="M1")))
            assert detail.refusal == refusal_pb2.REFUSAL_DUPLICATE_CLIENT_ORDER_ID

    async def test_without_an_order_there_is_nothing_to_do(self, disconnected: Gateway) -> None:
        async with client(disconnected) as stubs:
            assert not (await stubs.orders.MassCancel(MassCancelRequest(client_order_id="M1"))).root_ids


class TestSuspense:
    async def test_a_report_of_nobody_is_shown_with_what_it_may_mean(self, running: Gateway) -> None:
        async with client(running) as stubs, client(running, "viewer/audit") as viewer:
            root_id, entry = await strayed(stubs)
            shown = await viewer.suspense.List(SuspenseServiceListRequest())
        assert (entry.session, entry.root_id, entry.report.cl_ord_id) == ("SIM", "", f"X{root_id}")
        assert (entry.report.last_qty, entry.report.last_px, entry.report.exec_type) == ("5", "1.385", fix_pb2.EXEC_TYPE_TRADE)
        assert [(w.session, w.symbol, w.buy_qty, w.sell_qty, w.is_bounded) for w in shown.worst] == [
            ("SIM", "EURUSD", "5", "0", True)
        ]

    async def test_attributed_it_counts_for_the_order(self, running: Gateway) -> None:
        async with client(running) as stubs:
            root_id, entry = await strayed(stubs)
            request = AttributeRequest(client_order_id="S1", seq=entry.seq, root_id=root_id, reason="the venue's blotter")
            answer = await stubs.suspense.Attribute(request)
            order = (await stubs.orders.Get(GetRequest(root_id=root_id))).order
            assert (order.cum_qty, order.avg_px) == ("5", "1.385")
            assert (await stubs.suspense.Attribute(request)).seq == answer.seq
            assert not (await stubs.suspense.List(SuspenseServiceListRequest())).reports
            code, detail = await refusal(stubs.suspense.Dismiss(DismissRequest(client_order_id="S2", seq=entry.seq, reason="no")))
            assert (code, detail.refusal) == (grpc.StatusCode.FAILED_PRECONDITION, refusal_pb2.REFUSAL_REPORT_RESOLVED)

    async def test_dismissed_it_counts_for_nobody_and_the_venue_hears_so(self, running: Gateway) -> None:
        async with client(running) as stubs:
            root_id, entry = await strayed(stubs)
            sender = running.engine.state.sessions["SIM"].last_sender
            dk_reason = fix_pb2.DK_REASON_NO_MATCHING_ORDER
            await stubs.suspense.Dismiss(
                DismissRequest(client_order_id="S1", seq=entry.seq, reason="not ours", dk_reason=dk_reason)
            )
            assert (await stubs.orders.Get(GetRequest(root_id=root_id))).order.cum_qty == "0"

            async def is_told() -> bool:
                return running.engine.state.sessions["SIM"].last_sender > sender

            await when(is_told)

    async def test_pages_follow_each_other(self, running: Gateway) -> None:
        async with client(running) as stubs:
            await strayed(stubs, "A1")
            await stubs.orders.Submit(submit("A2", order_qty=STRAY_QTY))

            async def two() -> bool:
                return len((await stubs.suspense.List(SuspenseServiceListRequest())).reports) == 2

            await when(two)
            first = await stubs.suspense.List(SuspenseServiceListRequest(page_size=1))
            second = await stubs.suspense.List(SuspenseServiceListRequest(page_size=1, after_seq=first.next_after_seq))
            assert (len(first.reports), len(second.reports), second.next_after_seq) == (1, 1, 0)
            assert first.reports[0].seq < second.reports[0].seq
            code, _ = await refusal(stubs.suspense.List(SuspenseServiceListRequest(page_size=501)))
            assert code is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_person_says_what_became_of_an_unknown_request(running: Gateway) -> None:
    async with client(running) as stubs:
        root_id = (await stubs.orders.Submit(submit("A1", order_qty=LOST_QTY))).root_id

        async def is_unknown() -> bool:
            order = (await stubs.orders.Get(GetRequest(root_id=root_id))).order
            return bool(order.requests[0].state == order_pb2.REQUEST_STATE_UNKNOWN)

        await when(is_unknown)
        request = ResolveRequest(client_order_id="R1", root_id=root_id, cl_ord_id=root_id, state=NOT_SENT, reason="by phone")
        answer = await stubs.orders.Resolve(request)
        assert (await stubs.orders.Resolve(request)).seq == answer.seq
        order = (await stubs.orders.Get(GetRequest(root_id=root_id))).order
        assert (order.requests[0].state, order.leaves_qty, order.text) == (NOT_SENT, "0", "by phone")
        request.client_order_id = "R2"
        code, detail = await refusal(stubs.orders.Resolve(request))
        assert (code, detail.refusal) == (grpc.StatusCode.FAILED_PRECONDITION, refusal_pb2.REFUSAL_NOT_UNKNOWN)


@pytest.mark.parametrize("who", ["viewer/audit", "admin/ops"])
async def test_only_a_trader_may_act(running: Gateway, who: str) -> None:
    async with client(running, who) as stubs:
        for call in (
            stubs.orders.MassCancel(MassCancelRequest(client_order_id="M1")),
            stubs.orders.Resolve(ResolveRequest()),
            stubs.suspense.Attribute(AttributeRequest()),
            stubs.suspense.Dismiss(DismissRequest()),
        ):
            code, detail = await refusal(call)
            assert (code, detail.refusal) == (grpc.StatusCode.PERMISSION_DENIED, refusal_pb2.REFUSAL_NOT_PERMITTED)
