"""The gateway as its clients have it: gRPC over mutual TLS, in the judge's words."""

from decimal import Decimal
from typing import Any, Self

import grpc
from google.protobuf.message import Message
from grpc_status import rpc_status

from gateway.api.v1 import order_service_pb2 as api
from gateway.api.v1 import order_service_pb2_grpc, refusal_pb2, session_service_pb2, session_service_pb2_grpc
from gateway.api.v1.order_pb2 import Order, OrderRequest
from gateway.api.v1.session_pb2 import SessionPhase
from gateway.control import tls  # noqa: F401  # isort: split  # Before grpc: it sets the lowest TLS version.
from gateway.control.codes import MSG_TYPES, ORD_STATUSES, REQUEST_STATES
from oms.domain.numbers import ZERO
from ops.dev_ca import Identity
from tests.crash.account import Answer, Held, HeldRequest

CALL_S_MAX = 5.0
JOURNALLED = 100
"""Refusals below this number stand in the journal: they are answers. The others say that nothing was taken."""
_PAGE = 500
_NS_PER_S = 1_000_000_000
_OPTIONS = (
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 250),
)
_MSG_TYPES = {number: msg_type for msg_type, number in MSG_TYPES.items()}
_ORD_STATUSES = {number: ord_status for ord_status, number in ORD_STATUSES.items()}
_REQUEST_STATES = {number: state for state, number in REQUEST_STATES.items()}


class Unanswered(Exception):
    """The call ended without an answer: the same request must be made again."""


class Gateway:
    """One principal's connection. Use as an asynchronous context manager."""

    def __init__(self, address: str, principal: str, identity: Identity) -> None:
        self.principal = principal
        pair = {"private_key": identity.key.read_bytes(), "certificate_chain": identity.certificate.read_bytes()}
        credentials = grpc.ssl_channel_credentials(identity.authority.read_bytes(), **pair)
        self._channel = grpc.aio.secure_channel(address, credentials, options=_OPTIONS)
        self._orders = order_service_pb2_grpc.OrderServiceStub(self._channel)
        self._sessions = session_service_pb2_grpc.SessionServiceStub(self._channel)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._channel.close()

    async def submit(self, request: api.SubmitRequest) -> Answer:
        return await self._ask(self._orders.Submit, request)

    async def cancel(self, request: api.CancelRequest) -> Answer:
        return await self._ask(self._orders.Cancel, request)

    async def replace(self, request: api.ReplaceRequest) -> Answer:
        return await self._ask(self._orders.Replace, request)

    async def ask_venue(self, client_order_id: str, root_id: str) -> None:
        """Have the venue asked how the order stands. Raises Unanswered."""
        await self._look(self._orders.AskVenue, api.AskVenueRequest(client_order_id=client_order_id, root_id=root_id))

    async def orders(self) -> list[Held]:
        """Every order of the principal's accounts. Raises Unanswered."""
        found: list[Held] = []
        token = ""
        while True:
            page = await self._look(self._orders.List, api.OrderServiceListRequest(page_size=_PAGE, page_token=token))
            found += [_held(order) for order in page.orders]
            token = page.next_page_token
            if not token:
                return found

    async def phases(self) -> dict[str, str]:
        """How far each session is: DOWN, LOGGED_ON or READY. Raises Unanswered."""
        listed = await self._look(self._sessions.List, session_service_pb2.SessionServiceListRequest())
        return {one.name: SessionPhase.Name(one.phase).removeprefix("SESSION_PHASE_") for one in listed.sessions}

    async def _look(self, call: Any, request: Message) -> Any:
        try:
            return await call(request, timeout=CALL_S_MAX)
        except grpc.aio.AioRpcError as error:
            raise Unanswered(error.details()) from error

    async def _ask(self, call: Any, request: Message) -> Answer:
        """Raises Unanswered."""
        try:
            response = await call(request, timeout=CALL_S_MAX)
        except grpc.aio.AioRpcError as error:
            refusal = _refusal(error)
            if refusal is None:
                raise Unanswered(error.details()) from error
            return Answer(refusal=refusal)
        return Answer(root_id=response.root_id, cl_ord_id=response.cl_ord_id)


def _refusal(error: Any) -> str | None:
    """The refusal that the status carries, if it is one that stands in the journal."""
    status = rpc_status.from_call(error)
    detail = refusal_pb2.RefusalDetail()
    is_told = status is not None and bool(status.details) and status.details[0].Unpack(detail)
    if not is_told or detail.refusal >= JOURNALLED:
        return None
    return refusal_pb2.Refusal.Name(detail.refusal).removeprefix("REFUSAL_")


def _held(order: Order) -> Held:
    return Held(
        root_id=order.root_id,
        ord_status=_ORD_STATUSES[order.ord_status],
        cum_qty=Decimal(order.cum_qty),
        avg_px=Decimal(order.avg_px) if order.avg_px else ZERO,
        requests=tuple(_request(request) for request in order.requests),
    )


def _request(request: OrderRequest) -> HeldRequest:
    return HeldRequest(
        cl_ord_id=request.cl_ord_id,
        msg_type=_MSG_TYPES[request.msg_type],
        state=_REQUEST_STATES[request.state],
        principal=request.principal,
        client_order_id=request.client_order_id,
        placed_at_ns=request.placed_at.seconds * _NS_PER_S + request.placed_at.nanos,
    )
