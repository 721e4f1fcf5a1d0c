"""Channels with a certificate, requests with sensible values, and what a refused call said."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from gateway.control import tls  # isort: split

import grpc
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # No types in the wheel.

from gateway.api.v1 import fix_pb2
from gateway.api.v1.lifecycle_service_pb2_grpc import LifecycleServiceStub
from gateway.api.v1.order_event_pb2 import OrderEvent
from gateway.api.v1.order_service_pb2 import SubmitRequest, TradeEntry
from gateway.api.v1.order_service_pb2_grpc import OrderServiceStub
from gateway.api.v1.refusal_pb2 import RefusalDetail
from gateway.api.v1.session_service_pb2_grpc import SessionServiceStub
from gateway.api.v1.suspense_service_pb2_grpc import SuspenseServiceStub
from gateway.api.v1.usage_service_pb2_grpc import UsageServiceStub
from ops.dev_ca import Identity
from tests.integration.control.gateway import Gateway
from tests.support.polling import eventually_async

__all__ = ["tls"]

T = TypeVar("T")


class Stubs:
    """Everything that one client can call."""

    def __init__(self, channel: Any) -> None:
        self.channel = channel
        self.orders = OrderServiceStub(channel)
        self.sessions = SessionServiceStub(channel)
        self.lifecycle = LifecycleServiceStub(channel)
        self.suspense = SuspenseServiceStub(channel)
        self.usage = UsageServiceStub(channel)


def credentials(identity: Identity) -> grpc.ChannelCredentials:
    pair = {"private_key": identity.key.read_bytes(), "certificate_chain": identity.certificate.read_bytes()}
    return grpc.ssl_channel_credentials(identity.authority.read_bytes(), **pair)


@asynccontextmanager
async def client(gateway: Gateway, who: str = "trader/desk1", **options: Any) -> AsyncIterator[Stubs]:
    """A connection of one of the clients in tests/conftest.py. `options` are gRPC's, without their prefix."""
    settings = [(f"grpc.{name}", value) for name, value in options.items()]
    async with grpc.aio.secure_channel(gateway.address, credentials(gateway.identity(who)), options=settings) as channel:
        yield Stubs(channel)


def submit(client_order_id: str = "A1", **changes: Any) -> SubmitRequest:
    """A limit order that rests; `changes` are fields of the request. price="" makes it a market order, which fills."""
    wanted: dict[str, Any] = {
        "account": "DESK1",
        "symbol": "EURUSD",
        "side": fix_pb2.SIDE_BUY,
        "order_qty": "100",
        "price": "1.38",
    } | changes
    wanted.setdefault("ord_type", fix_pb2.ORD_TYPE_LIMIT if wanted["price"] else fix_pb2.ORD_TYPE_MARKET)
    return SubmitRequest(client_order_id=client_order_id, **wanted)


def entry(client_order_id: str = "A1", **changes: Any) -> TradeEntry:
    return TradeEntry(submit=submit(client_order_id, **changes))


async def refusal(call: Any) -> tuple[grpc.StatusCode, RefusalDetail]:
    """How an awaited call, or a stream that is read to its end, is refused."""
    try:
        if hasattr(call, "read"):
            while await call.read() is not grpc.aio.EOF:
                pass
        else:
            await call
    except grpc.aio.AioRpcError as error:
        return error.code(), detail(error)
    raise AssertionError("the call was not refused")


def detail(error: Any) -> RefusalDetail:
    """The detail of a refused call, blocking or not."""
    found = RefusalDetail()
    trailers = dict(error.trailing_metadata() or ())
    status = Status.FromString(trailers["grpc-status-details-bin"])
    assert status.code == error.code().value[0]
    assert status.message == error.details()
    assert status.details[0].Unpack(found)
    return found


async def when(check: Callable[[], Awaitable[T]]) -> T:
    """The first true answer of `check`."""
    asked: Callable[[], Any] = check
    found: T = await eventually_async(asked)
    return found


async def told(call: Any, until: Callable[[OrderEvent], bool]) -> list[OrderEvent]:
    """Events of a stream up to the message with the first that `until` holds for."""
    found: list[OrderEvent] = []
    while (response := await call.read()) is not grpc.aio.EOF:
        found += response.events
        if any(map(until, response.events)):
            return found
    raise AssertionError(f"the stream ended after {found}")
