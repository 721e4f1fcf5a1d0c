"""Turns an object with one method per RPC into gRPC handlers, by the service's own descriptor.

Requests are decoded here and not by grpc, so that a message that cannot be decoded is a clear refusal and not an internal error.
Streams write bytes: an event is encoded once, however many listen.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

from gateway.control.access import Behavior, Context, Handler, refuse
from gateway.control.status import EdgeRefusal, Refused

Write = Callable[[bytes], Awaitable[None]]
"""Sends one message of a stream. Returns when the transport has room for more."""


def service(descriptor: ServiceDescriptor, methods: object) -> grpc.GenericRpcHandler:
    """The handlers of a service. `methods` has a coroutine for each RPC, called like it:

    unary: `Submit(request) -> response`; server stream: `Watch(request, write)`; both ways: `Trade(requests, write)`.
    """
    handlers = {method.name: _handler(method, getattr(methods, method.name)) for method in descriptor.methods}
    return grpc.method_handlers_generic_handler(descriptor.full_name, handlers)


def _handler(method: MethodDescriptor, behavior: Callable[..., Awaitable[Any]]) -> Handler:
    decode = _decoder(method)
    if method.client_streaming:
        assert method.server_streaming, f"{method.full_name}: nothing here takes a stream and answers once"
        return grpc.stream_stream_rpc_method_handler(_both_ways(decode, behavior))
    if method.server_streaming:
        return grpc.unary_stream_rpc_method_handler(_server_stream(decode, behavior))
    return grpc.unary_unary_rpc_method_handler(_unary(decode, behavior))


def _decoder(method: MethodDescriptor) -> Callable[[bytes], Message]:
    parse = GetMessageClass(method.input_type).FromString
    name = method.input_type.name

    def decode(data: bytes) -> Message:
        try:
            return parse(data)
        except DecodeError as error:
            raise Refused(EdgeRefusal.INVALID_FIELD, f"the message is no {name}: {error}") from error

    return decode


def _unary(decode: Callable[[bytes], Message], behavior: Callable[[Message], Awaitable[Message]]) -> Behavior:
    async def serve(data: bytes, context: Context) -> bytes:
        try:
            return (await behavior(decode(data))).SerializeToString()
        except Refused as refused:
            await refuse(context, refused)
            raise

    return serve


def _server_stream(decode: Callable[[bytes], Message], behavior: Callable[[Message, Write], Awaitable[None]]) -> Behavior:
    async def serve(data: bytes, context: Context) -> None:
        try:
            await behavior(decode(data), context.write)
        except Refused as refused:
            await refuse(context, refused)

    return serve


def _both_ways(
    decode: Callable[[bytes], Message], behavior: Callable[[AsyncIterator[Message], Write], Awaitable[None]]
) -> Behavior:
    async def serve(messages: AsyncIterator[bytes], context: Context) -> None:
        try:
            await behavior((decode(data) async for data in messages), context.write)
        except Refused as refused:
            await refuse(context, refused)

    return serve
