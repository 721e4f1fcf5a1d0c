"""A client by gRPC over mutual TLS, as many clients are."""

import asyncio
from functools import partial
from typing import Any

import grpc
from google.protobuf.message import Message

from gateway.api.v1 import fix_pb2
from gateway.api.v1 import order_service_pb2 as api
from gateway.api.v1.order_pb2 import Order
from gateway.api.v1.session_pb2 import Session, SessionPhase
from gateway.api.v1.session_service_pb2 import SessionServiceListRequest
from gateway.control.codes import REQUEST_STATES
from gateway.simulator.scenario import Step
from oms.domain.chain import OPEN, RequestState
from tests.conformance.client import OTHER_PX, RETRY_S, AlreadyAsked, CannotAsk, Named, Refused, Standing, persistent, whole_order
from tests.crash.gateway import Gateway, Unanswered

_PAGE = 500
_FIELDS = {
    1: "account",
    15: "currency",
    18: "exec_inst",
    38: "order_qty",
    40: "ord_type",
    44: "price",
    54: "side",
    55: "symbol",
    59: "time_in_force",
    99: "stop_px",
    110: "min_qty",
    111: "max_floor",
    152: "cash_order_qty",
    432: "expire_date",
}
"""The contract's names of the tags, in a request itself or in its instructions."""
_SILENT = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED})
_STATES = {number: state for state, number in REQUEST_STATES.items()}
_CAME_TO_NOTHING = frozenset({RequestState.REFUSED, RequestState.NOT_SENT})


class GrpcClient(Gateway):
    """A tests.conformance.client.Client, which can look at the sessions as well. Use as an asynchronous context manager."""

    def __init__(self, address: str, principal: str, identity: Any) -> None:
        super().__init__(address, principal, identity)
        self._named: dict[str, Named] = {}
        self._roots: dict[Named, str] = {}
        """Our client_order_id of the order, by any name of its chain."""
        self._client_order_ids: dict[Named, str] = {}
        self._questions = 0
        self._root_ids: dict[str, str] = {}

    async def ask(self, course: str, step: Step) -> str:
        return await persistent(partial(self._asked, course, step))

    async def standing(self) -> dict[tuple[str, str], Standing]:
        found: dict[tuple[str, str], Standing] = {}
        token = ""
        while True:
            page = await self._look(self._orders.List, api.OrderServiceListRequest(page_size=_PAGE, page_token=token))
            for order in page.orders:
                named = self._named.get(order.root_id) or Named(*order.order_id.rpartition("-")[::2])
                found[named.course, named.name] = self._standing(order)
            token = page.next_page_token
            if not token:
                return found

    def told_wrongly(self) -> list[tuple[str, str]]:
        """It is told how an order stands, and of nothing by itself."""
        return []

    async def sessions(self) -> dict[str, Session]:
        """Every FIX session of the gateway. Raises Unanswered."""
        listed = await self._look(self._sessions.List, SessionServiceListRequest())
        return {session.name: session for session in listed.sessions}

    async def _asked(self, course: str, step: Step, attempt: int) -> str:
        """Under an id of its own for each attempt: a refused id stays refused."""
        named = Named(course, step.tags[11])
        client_order_id = self._client_order_ids.get(named, f"{course}-{named.name}~{attempt}")
        orig = self._roots.get(Named(course, step.tags.get(41, "")), f"{course}-{step.tags.get(41, '')}")
        match step.msg:
            case "D":
                cl_ord_id = await self._answered(self._orders.Submit, _submit(client_order_id, step))
            case "F":
                cancel = api.CancelRequest(client_order_id=client_order_id, orig_client_order_id=orig)
                cl_ord_id = await self._answered(self._orders.Cancel, cancel)
            case "G":
                cl_ord_id = await self._answered(self._orders.Replace, _replace(client_order_id, orig, step))
            case "H":
                return await self._question(named, client_order_id)
            case _:
                raise CannotAsk(f"the contract has no request for MsgType(35)={step.msg}")
        if named in self._client_order_ids:
            raise AlreadyAsked
        self._client_order_ids[named] = client_order_id
        self._named[cl_ord_id] = named
        self._roots[named] = client_order_id if step.msg == "D" else orig
        return cl_ord_id

    async def _question(self, named: Named, client_order_id: str) -> str:
        """Under an id of its own; about the order that has the name, if there is one."""
        cl_ord_id = next((cl_ord_id for cl_ord_id, known in self._named.items() if known == named), "NONE")
        self._questions += 1
        question = api.AskVenueRequest(
            client_order_id=f"{client_order_id}?{self._questions}",
            root_id=self._root_ids.get(cl_ord_id, cl_ord_id),
            cl_ord_id=cl_ord_id,
        )
        return await self._answered(self._orders.AskVenue, question)

    async def _answered(self, call: Any, request: Message) -> str:
        """The same request until it has an answer."""
        while True:
            try:
                answer = await self._ask(call, request)
            except Unanswered as silence:
                cause = silence.__cause__
                if not isinstance(cause, grpc.aio.AioRpcError) or cause.code() not in _SILENT:
                    raise CannotAsk(str(silence)) from silence
                await asyncio.sleep(RETRY_S)
                continue
            if answer.refusal:
                raise Refused(answer.refusal)
            self._root_ids[answer.cl_ord_id] = answer.root_id
            return answer.cl_ord_id

    def _standing(self, order: Order) -> Standing:
        states = [(self._name(request.cl_ord_id), _STATES[request.state]) for request in order.requests[1:]]
        return Standing(
            accepted_clordid=self._name(order.cl_ord_id),
            pending_clordids=tuple(name for name, state in states if state in OPEN),
            refused_clordids=tuple(name for name, state in states if state in _CAME_TO_NOTHING),
            cum_qty=order.cum_qty,
            leaves_qty=order.leaves_qty,
            order_qty=order.order_qty,
            avg_px=order.avg_px,
            ord_status=chr(order.ord_status),
            overfill_qty=_told(order, "overfill_qty"),
            day_order_qty=_told(order, "day_order_qty"),
            day_cum_qty=_told(order, "day_cum_qty"),
        )

    def _name(self, cl_ord_id: str) -> str:
        named = self._named.get(cl_ord_id)
        return "" if named is None else named.name  # An order that begins at the venue has no name of a request.


def _told(order: Order, name: str) -> str | None:
    """None where the contract does not have the field."""
    return getattr(order, name) if name in order.DESCRIPTOR.fields_by_name else None


def is_ready(session: Session) -> bool:
    return session.phase == SessionPhase.SESSION_PHASE_READY


def _submit(client_order_id: str, step: Step) -> api.SubmitRequest:
    """The whole order. Raises CannotAsk for a field that the contract does not have."""
    request = api.SubmitRequest(client_order_id=client_order_id, time_in_force=fix_pb2.TimeInForce.TIME_IN_FORCE_DAY)
    for tag, value in whole_order(step).items():
        _set(request, tag, value)
    return request


def _replace(client_order_id: str, orig: str, step: Step) -> api.ReplaceRequest:
    request = api.ReplaceRequest(client_order_id=client_order_id, orig_client_order_id=orig)
    for tag, value in step.tags.items():
        if tag not in {11, 41}:
            _set(request, tag, OTHER_PX if tag == 44 and value == "changed" else value)
    return request


def _set(request: Message, tag: int, value: str) -> None:
    """Put a FIX field where the contract has it; code sets are numbered by the ASCII code of the FIX code."""
    name = _FIELDS.get(tag, "")
    holder = request
    if name not in holder.DESCRIPTOR.fields_by_name and "instructions" in holder.DESCRIPTOR.fields_by_name:
        holder = getattr(request, "instructions")  # noqa: B009  Not in the contract's first version.
    field = holder.DESCRIPTOR.fields_by_name.get(name)
    if field is None:
        raise CannotAsk(f"{request.DESCRIPTOR.name} has no field for tag {tag}")
    setattr(holder, name, value if field.enum_type is None else ord(value))
