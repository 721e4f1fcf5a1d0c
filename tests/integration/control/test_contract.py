"""The contract as a blocking client has it: pytest-grpc's fixtures, with our server, certificates and engine behind them.

The plugin's own server knows neither mutual TLS nor asyncio: `grpc_server` and `grpc_addr` are ours, channel and stub are its.
"""

from collections.abc import Callable
from typing import Any

import grpc
import pytest

from gateway.api.v1 import fix_pb2, refusal_pb2
from gateway.api.v1.order_service_pb2 import (
    CancelRequest,
    GetRequest,
    OrderServiceListRequest,
    OrderServiceWatchRequest,
    TradeRequest,
)
from gateway.api.v1.order_service_pb2_grpc import OrderServiceStub
from tests.integration.control.calls import credentials, detail, entry, submit
from tests.integration.control.gateway import Gateway


@pytest.fixture(scope="module")
def grpc_server(blocking: Gateway) -> Gateway:
    return blocking


@pytest.fixture(scope="module")
def grpc_addr(blocking: Gateway) -> str:
    return blocking.address


@pytest.fixture(scope="module")
def grpc_stub_cls() -> type[OrderServiceStub]:
    return OrderServiceStub


@pytest.fixture(scope="module")
def grpc_channel(grpc_create_channel: Callable[..., Any], blocking: Gateway) -> Any:
    with grpc_create_channel(credentials(blocking.identity("trader/desk1"))) as channel:
        yield channel


def test_submit_answers_with_the_ids_of_the_order(grpc_stub: Any) -> None:
    answer = grpc_stub.Submit(submit("S1"))
    assert answer.root_id == answer.cl_ord_id
    assert not answer.is_repetition
    assert grpc_stub.Submit(submit("S1")).is_repetition


def test_a_refusal_names_the_field(grpc_stub: Any) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        grpc_stub.Submit(submit("S2", order_qty="NaN"))
    said = detail(refused.value)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert (said.refusal, said.field, said.seq) == (refusal_pb2.REFUSAL_INVALID_FIELD, "order_qty", 0)
    assert not said.retry_can_help


def test_an_id_whose_field_was_wrong_is_still_free(grpc_stub: Any) -> None:
    with pytest.raises(grpc.RpcError):
        grpc_stub.Submit(submit("S3", order_qty="-5"))
    assert not grpc_stub.Submit(submit("S3", order_qty="5")).is_repetition


def test_a_stream_answers_many_entries_and_ends(grpc_stub: Any) -> None:
    entries = [entry(f"T{n}", price="") for n in range(10)]
    events = [event for response in grpc_stub.Trade(iter([TradeRequest(entries=entries)])) for event in response.events]
    filled = [event.client_order_id for event in events if event.ord_status == fix_pb2.ORD_STATUS_FILLED]
    assert sorted(filled) == sorted(f"T{n}" for n in range(10))


def test_watch_goes_on_from_the_seq_of_an_answer(grpc_stub: Any) -> None:
    answer = grpc_stub.Submit(submit("W1", price=""))
    call = grpc_stub.Watch(OrderServiceWatchRequest(after_seq=answer.seq, root_id=answer.root_id))
    seen = []
    for response in call:
        seen += [event.ord_status for event in response.events]
        if seen and seen[-1] == fix_pb2.ORD_STATUS_FILLED:
            break
    call.cancel()
    assert seen == [fix_pb2.ORD_STATUS_PENDING_NEW, fix_pb2.ORD_STATUS_NEW, fix_pb2.ORD_STATUS_FILLED]


def test_get_and_list_show_the_same_order(grpc_stub: Any) -> None:
    root_id = grpc_stub.Submit(submit("G1")).root_id
    order = grpc_stub.Get(GetRequest(client_order_id="G1")).order
    assert order.root_id == root_id
    listed = grpc_stub.List(OrderServiceListRequest(page_size=1)).orders[0]
    assert (listed.root_id, listed.client_order_id) == (root_id, "G1")


def test_a_cancel_of_nothing_is_not_found(grpc_stub: Any) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        grpc_stub.Cancel(CancelRequest(client_order_id="C1", orig_client_order_id="NEVER"))
    assert refused.value.code() is grpc.StatusCode.NOT_FOUND
