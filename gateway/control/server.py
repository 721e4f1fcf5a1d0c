"""The gRPC server: mutual TLS 1.3 on the loopback, every call through the access rules, every queue with a bound."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Self

from gateway.control import tls  # isort: split

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from gateway.api.v1 import (
    lifecycle_service_pb2,
    order_service_pb2,
    reference_service_pb2,
    risk_service_pb2,
    session_service_pb2,
    suspense_service_pb2,
    usage_service_pb2,
)
from gateway.control import handlers
from gateway.control.access import STREAMS_MAX, Access
from gateway.control.feed import Feed
from gateway.control.identity import principals
from gateway.control.lifecycle_service import Lifecycle, LifecycleService
from gateway.control.order_service import Engine, OrderService
from gateway.control.reference_service import ReferenceService
from gateway.control.risk_service import RiskService
from gateway.control.session_service import SessionService
from gateway.control.subscription import BUFFER_EVENTS
from gateway.control.suspense_service import SuspenseService
from gateway.control.usage_service import UsageService

RECEIVED_BYTES_MAX = 1 << 20
"""A message of ENTRIES_MAX entries has about 100 KiB."""
GRACE_S = 5.0

ORDERS: ServiceDescriptor = order_service_pb2.DESCRIPTOR.services_by_name["OrderService"]
SESSIONS: ServiceDescriptor = session_service_pb2.DESCRIPTOR.services_by_name["SessionService"]
SUSPENSE: ServiceDescriptor = suspense_service_pb2.DESCRIPTOR.services_by_name["SuspenseService"]
LIFECYCLE: ServiceDescriptor = lifecycle_service_pb2.DESCRIPTOR.services_by_name["LifecycleService"]
RISK: ServiceDescriptor = risk_service_pb2.DESCRIPTOR.services_by_name["RiskService"]
USAGE: ServiceDescriptor = usage_service_pb2.DESCRIPTOR.services_by_name["UsageService"]
REFERENCE: ServiceDescriptor = reference_service_pb2.DESCRIPTOR.services_by_name["ReferenceService"]
OWN = (ORDERS, SESSIONS, SUSPENSE, LIFECYCLE, RISK, USAGE, REFERENCE)
SERVED = (*(service.full_name for service in OWN), health.SERVICE_NAME, reflection.SERVICE_NAME)

_OPTIONS = (
    ("grpc.max_receive_message_length", RECEIVED_BYTES_MAX),
    ("grpc.max_concurrent_streams", STREAMS_MAX),  # On one connection; more wait in the client.
    ("grpc.max_metadata_size", 16 << 10),
    ("grpc.so_reuseport", 0),  # A second engine on this port is a mistake, and must hear so.
    ("grpc.keepalive_time_ms", 30_000),  # A peer that vanished gives back its streams.
    ("grpc.keepalive_timeout_ms", 10_000),
)


class CannotListen(Exception):
    """The address is taken, or is none of this machine's."""


class Server:
    """Serves one engine. `address` is where, with the port that the system chose if it was asked for port 0."""

    def __init__(
        self,
        server: grpc.aio.Server,
        address: str,
        access: Access,
        feed: Feed,
        sessions: SessionService,
        usage: UsageService,
        alive: health.aio.HealthServicer,
    ) -> None:
        self.address = address
        self._access = access
        self._server = server
        self._feed = feed
        self._sessions = sessions
        self._usage = usage
        self._health = alive
        self._is_stopping = False

    @classmethod
    async def start(
        cls,
        engine: Engine,
        listen: str,
        files: tls.Files,
        accounts: Mapping[str, Iterable[str]],
        buffer_events: int = BUFFER_EVENTS,
        *,
        lifecycle: Lifecycle,
    ) -> Self:
        """Serve `engine` at `listen`, which is 127.0.0.1:port. `accounts` are those of each principal's SPIFFE id;
        `lifecycle` is what ends the engine and has its snapshots taken;
        `buffer_events` is how many events may wait for one stream.

        Raises CannotListen, NotAPrincipal, and OSError where a certificate's file cannot be read.
        """
        access = Access(principals(accounts))
        server = grpc.aio.server(interceptors=(access,), options=_OPTIONS)
        feed, sessions, usage = Feed(engine, buffer_events), SessionService(engine), UsageService(engine)
        alive = health.aio.HealthServicer()
        server.add_generic_rpc_handlers(
            (
                handlers.service(ORDERS, OrderService(engine, feed)),
                handlers.service(SESSIONS, sessions),
                handlers.service(SUSPENSE, SuspenseService(engine)),
                handlers.service(LIFECYCLE, LifecycleService(engine, lifecycle)),
                handlers.service(RISK, RiskService(engine)),
                handlers.service(USAGE, usage),
                handlers.service(REFERENCE, ReferenceService(engine)),
            )
        )
        health_pb2_grpc.add_HealthServicer_to_server(alive, server)
        reflection.enable_server_reflection(SERVED, server)
        address = _listen(server, listen, files)
        await server.start()
        for name in ("", *SERVED):
            await alive.set(name, health_pb2.HealthCheckResponse.SERVING)
        return cls(server, address, access, feed, sessions, usage, alive)

    async def stop(self, grace_s: float = GRACE_S) -> None:
        """Say that we go, end every stream, give waiting calls half of `grace_s` seconds, and close. May be called again."""
        if not self._is_stopping:
            self._is_stopping = True
            await self._health.enter_graceful_shutdown()
            self._feed.close()
            self._sessions.close()
            self._usage.close()
            # The other half is for telling them: grpc would only cut them off, and log each as an error of ours.
            self._access.end_calls(asyncio.get_running_loop().time() + grace_s / 2)
        await self._server.stop(grace_s)


def _listen(server: grpc.aio.Server, listen: str, files: tls.Files) -> str:
    host, _, port = listen.rpartition(":")
    if host not in ("127.0.0.1", "localhost"):
        raise CannotListen(f"{listen}: this server listens on 127.0.0.1 only")
    pair = (files.key.read_bytes(), files.certificate.read_bytes())
    credentials = grpc.ssl_server_credentials([pair], files.authority.read_bytes(), require_client_auth=True)
    try:
        bound = server.add_secure_port(f"127.0.0.1:{port}", credentials)
    except RuntimeError as error:
        raise CannotListen(f"{listen}: {error}") from error
    return f"127.0.0.1:{bound}"
