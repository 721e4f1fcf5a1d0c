"""Lets through what a rule allows, and nothing else: which roles may make which call."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any

import grpc
from grpc.aio import ServicerContext

from gateway.control.identity import Principal, Role, claimed_id
from gateway.control.status import EdgeRefusal, Refused, told
from gateway.control.tls import TLS_VERSION

TRADERS = frozenset({Role.TRADER})
OPERATORS = frozenset({Role.OPERATOR})
RISK = frozenset({Role.RISK})
FEEDS = frozenset({Role.FEED, Role.RISK})
EVERYBODY = frozenset(Role)

RULES = {
    "/gateway.api.v1.OrderService/Submit": TRADERS,
    "/gateway.api.v1.OrderService/Cancel": TRADERS,
    "/gateway.api.v1.OrderService/Replace": TRADERS,
    "/gateway.api.v1.OrderService/Trade": TRADERS,
    "/gateway.api.v1.OrderService/MassCancel": TRADERS,
    "/gateway.api.v1.OrderService/AskVenue": TRADERS,
    "/gateway.api.v1.OrderService/Resolve": TRADERS,
    "/gateway.api.v1.OrderService/Get": EVERYBODY,
    "/gateway.api.v1.OrderService/List": EVERYBODY,
    "/gateway.api.v1.OrderService/Watch": EVERYBODY,
    "/gateway.api.v1.SessionService/List": EVERYBODY,
    "/gateway.api.v1.SessionService/Get": EVERYBODY,
    "/gateway.api.v1.SessionService/Watch": EVERYBODY,
    "/gateway.api.v1.SessionService/LogOn": OPERATORS,
    "/gateway.api.v1.SessionService/LogOut": OPERATORS,
    "/gateway.api.v1.SessionService/Enable": OPERATORS,
    "/gateway.api.v1.SessionService/Disable": OPERATORS,
    "/gateway.api.v1.SessionService/SetNumbers": OPERATORS,
    "/gateway.api.v1.SessionService/Reset": OPERATORS,
    "/gateway.api.v1.SessionService/ReleaseHalt": OPERATORS,
    "/gateway.api.v1.SuspenseService/List": EVERYBODY,
    "/gateway.api.v1.SuspenseService/Attribute": TRADERS,
    "/gateway.api.v1.SuspenseService/Dismiss": TRADERS,
    "/gateway.api.v1.LifecycleService/Drain": OPERATORS,
    "/gateway.api.v1.LifecycleService/StopDrain": OPERATORS,
    "/gateway.api.v1.LifecycleService/WatchDrain": EVERYBODY,
    "/gateway.api.v1.LifecycleService/TakeSnapshot": OPERATORS,
    "/gateway.api.v1.LifecycleService/ListDays": EVERYBODY,
    "/gateway.api.v1.RiskService/Stop": RISK,
    "/gateway.api.v1.RiskService/Release": RISK,
    "/gateway.api.v1.RiskService/ListLatches": EVERYBODY,
    "/gateway.api.v1.UsageService/List": EVERYBODY,
    "/gateway.api.v1.UsageService/Watch": EVERYBODY,
    "/gateway.api.v1.RiskService/NoteDrill": RISK,
    "/gateway.api.v1.RiskService/ArmDeadMan": TRADERS,
    "/gateway.api.v1.RiskService/Beat": TRADERS,
    "/gateway.api.v1.RiskService/DisarmDeadMan": TRADERS,
    "/gateway.api.v1.RiskService/ListDeadMen": EVERYBODY,
    "/gateway.api.v1.ReferenceService/SetReference": FEEDS,
    "/gateway.api.v1.ReferenceService/ListReference": EVERYBODY,
    "/grpc.health.v1.Health/Check": EVERYBODY,
    "/grpc.health.v1.Health/List": EVERYBODY,
    "/grpc.health.v1.Health/Watch": EVERYBODY,
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": EVERYBODY,
}

STREAMS_MAX = 100
"""So many streams may one principal have at a time, over all its connections: each may hold what its client does not read."""

_caller: ContextVar[Principal] = ContextVar("caller")
_serving: ContextVar[asyncio.Timeout] = ContextVar("serving")

Handler = Any
"""A grpc.RpcMethodHandler, whose stub describes the servers that are not asyncio's."""
Context = ServicerContext[Any, Any]
Behavior = Callable[[Any, Context], Any]


def caller() -> Principal:
    """Who makes the call that is being served."""
    return _caller.get()


class Access(grpc.aio.ServerInterceptor):
    """Stands before every handler, of every service and kind of call."""

    def __init__(self, principals: Mapping[str, Principal], rules: Mapping[str, frozenset[Role]] = RULES) -> None:
        self._principals = principals
        self._rules = rules
        self._streams: Counter[str] = Counter()
        self._calls: set[asyncio.Timeout] = set()
        self._end_s: float | None = None

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler = await continuation(handler_call_details)
        # Without a handler there is no such method, and grpc answers UNIMPLEMENTED.
        return None if handler is None else self._guarded(handler, handler_call_details.method)

    def admit(self, method: str, context: Context) -> Principal:
        """Who is calling, if it may. Raises Refused."""
        auth_context = context.auth_context()
        if list(auth_context.get("ssl_tls_version", ())) != [TLS_VERSION]:
            raise Refused(EdgeRefusal.NOT_AUTHENTICATED, "this server speaks TLS 1.3 only")
        spiffe_id = claimed_id(auth_context)
        if spiffe_id is None:
            raise Refused(EdgeRefusal.NOT_AUTHENTICATED, "the client certificate must hold one URI, of the form spiffe://…")
        principal = self._principals.get(spiffe_id)
        if principal is None:
            raise Refused(EdgeRefusal.NOT_AUTHENTICATED, f"{spiffe_id} is not configured here")
        allowed = self._rules.get(method, frozenset())
        if principal.role not in allowed:
            roles = " or ".join(sorted(role.value for role in allowed)) or "nobody"
            text = f"role {principal.role.value} may not call {method}: it is for {roles}"
            raise Refused(EdgeRefusal.NOT_PERMITTED, text)
        # A call that the contract marks is_dangerous (proto/gateway/api/v1/dangerous.proto) passes here on one person's word;
        # this is where a second person's approval has to be found.
        return principal

    def end_calls(self, at_s: float) -> None:
        """The server is going down: what has no answer at this time of the loop is told so, then and later."""
        self._end_s = at_s
        for call in self._calls:
            call.reschedule(at_s)

    def _guarded(self, handler: Handler, method: str) -> Handler:
        """The same handler behind the rule."""
        if handler.request_streaming and handler.response_streaming:
            return _like(handler, grpc.stream_stream_rpc_method_handler, self._streaming(handler.stream_stream, method))
        if handler.response_streaming:
            return _like(handler, grpc.unary_stream_rpc_method_handler, self._streaming(handler.unary_stream, method))
        if handler.request_streaming:
            return _like(handler, grpc.stream_unary_rpc_method_handler, self._answering(handler.stream_unary, method))
        return _like(handler, grpc.unary_unary_rpc_method_handler, self._answering(handler.unary_unary, method))

    def _answering(self, behavior: Behavior, method: str) -> Behavior:
        async def guarded(request: object, context: Context) -> object:
            await self._enter(method, context)
            return await self._until_the_end(behavior(request, context), context)

        return guarded

    def _streaming(self, behavior: Behavior, method: str) -> Behavior:
        async def guarded(request: object, context: Context) -> None:
            await self._enter(method, context)
            spiffe_id = caller().spiffe_id
            if self._streams[spiffe_id] >= STREAMS_MAX:
                problem = f"{spiffe_id} has {STREAMS_MAX} streams; no more are allowed"
                await refuse(context, Refused(EdgeRefusal.OVERLOADED, problem))
            self._streams[spiffe_id] += 1
            try:
                await self._until_the_end(_stream(behavior(request, context), context), context)
            finally:
                self._streams[spiffe_id] -= 1

        return guarded

    async def _until_the_end(self, serving: Awaitable[object], context: Context) -> object:
        call = asyncio.timeout_at(self._end_s)  # No task and no timer for each call: `end_calls` makes the deadline.
        _serving.set(call)
        try:
            async with call:
                self._calls.add(call)
                try:
                    return await serving
                finally:
                    self._calls.discard(call)
        except TimeoutError:
            if not call.expired():
                raise
            await refuse(context, Refused(EdgeRefusal.SHUTTING_DOWN, "no answer any more; what was asked may have been taken"))
            raise

    async def _enter(self, method: str, context: Context) -> None:
        try:
            _caller.set(self.admit(method, context))
        except Refused as refused:
            await refuse(context, refused)


async def refuse(context: Context, refused: Refused) -> None:
    """End the call. Never returns."""
    call = _serving.get(None)
    if call is not None and not call.expired():
        call.reschedule(None)  # It ends as it is; a status cannot be told twice.
    status = told(refused)
    await context.abort(status.code, status.details, status.trailing_metadata)


async def _stream(responses: Any, context: Context) -> None:
    if not hasattr(responses, "__aiter__"):
        await responses  # It writes to the context itself.
        return
    async for response in responses:
        await context.write(response)


def _like(handler: Handler, make: Callable[..., Handler], behavior: Behavior) -> Handler:
    return make(behavior, handler.request_deserializer, handler.response_serializer)
