"""Who gets in, and how far: certificates of every wrong kind, roles, and a rule for each call there is."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from google.protobuf.descriptor_pool import Default
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from gateway.api.v1 import refusal_pb2
from gateway.api.v1.order_service_pb2 import OrderServiceListRequest, OrderServiceWatchRequest
from gateway.api.v1.order_service_pb2_grpc import OrderServiceStub
from gateway.api.v1.session_service_pb2 import SessionServiceListRequest
from gateway.control.access import RULES, Access
from gateway.control.server import SERVED
from gateway.control.status import Refused
from ops.dev_ca import Identity, make_authority
from tests.integration.control.calls import client, credentials, refusal, submit, when
from tests.integration.control.gateway import DESK1, Gateway

ROOT = Path(__file__).parents[3]


def health(channel: Any) -> Any:
    """Its stub sets its calls as it is made, which no type checker sees."""
    return health_pb2_grpc.HealthStub(channel)


def reflection(channel: Any) -> Any:
    return reflection_pb2_grpc.ServerReflectionStub(channel)


def forged(gateway: Gateway, name: str, *names: x509.GeneralName) -> Identity:
    """A certificate of the right authority with these alternative names and the common name `name`."""
    authority = make_authority(gateway.certificates.authority.parent)
    return authority._identity(name, list(names), ExtendedKeyUsageOID.CLIENT_AUTH)


async def said_to(gateway: Gateway, identity: Identity) -> tuple[grpc.StatusCode, refusal_pb2.RefusalDetail]:
    """How a client with this certificate is refused."""
    async with grpc.aio.secure_channel(gateway.address, credentials(identity)) as channel:
        return await refusal(OrderServiceStub(channel).List(OrderServiceListRequest()))


async def is_alive(gateway: Gateway) -> bool:
    async with client(gateway) as stubs:
        await stubs.orders.List(OrderServiceListRequest())
    return True


def test_every_call_of_every_service_has_a_rule_and_every_rule_a_call() -> None:
    services = [Default().FindServiceByName(name) for name in SERVED]
    assert {f"/{service.full_name}/{method.name}" for service in services for method in service.methods} == set(RULES)


async def test_a_call_without_a_rule_is_refused(running: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in tuple(RULES):
        monkeypatch.delitem(RULES, name)
    async with client(running) as stubs:
        channel = stubs.channel
        calls = [
            stubs.orders.Submit(submit()),
            stubs.orders.Watch(OrderServiceWatchRequest()),
            stubs.orders.Trade(),
            health(channel).Check(health_pb2.HealthCheckRequest()),
            health(channel).Watch(health_pb2.HealthCheckRequest()),
            reflection(channel).ServerReflectionInfo(),
        ]
        for call in calls:
            code, detail = await refusal(call)
            assert (code, detail.refusal) == (grpc.StatusCode.PERMISSION_DENIED, refusal_pb2.REFUSAL_NOT_PERMITTED)


@pytest.mark.parametrize("who", ["viewer/audit", "admin/ops"])
async def test_only_a_trader_may_trade(running: Gateway, who: str) -> None:
    async with client(running, who) as stubs:
        for call in (stubs.orders.Submit(submit()), stubs.orders.Trade()):
            code, detail = await refusal(call)
            assert (code, detail.refusal) == (grpc.StatusCode.PERMISSION_DENIED, refusal_pb2.REFUSAL_NOT_PERMITTED)
        assert len((await stubs.sessions.List(SessionServiceListRequest())).sessions) == 2


async def test_a_certificate_of_nobody_known_is_refused(running: Gateway) -> None:
    stranger = make_authority(running.certificates.authority.parent).client("spiffe://fixgate/test/trader/mallory", "mallory")
    code, detail = await said_to(running, stranger)
    assert (code, detail.refusal) == (grpc.StatusCode.UNAUTHENTICATED, refusal_pb2.REFUSAL_NOT_AUTHENTICATED)
    assert "mallory" in detail.text


async def test_the_same_name_in_another_environment_is_nobody(running: Gateway) -> None:
    other = make_authority(running.certificates.authority.parent).client("spiffe://fixgate/prod/trader/desk1", "prod-desk1")
    assert (await said_to(running, other))[0] is grpc.StatusCode.UNAUTHENTICATED


async def test_a_name_that_is_no_uri_counts_for_nothing(running: Gateway) -> None:
    """Neither the common name nor a DNS name makes a principal, whatever they say."""
    dns = forged(running, "posing", x509.DNSName(DESK1))
    assert (await said_to(running, dns))[0] is grpc.StatusCode.UNAUTHENTICATED


async def test_a_certificate_with_two_uris_is_refused(running: Gateway) -> None:
    two = forged(
        running, "two", x509.UniformResourceIdentifier(DESK1), x509.UniformResourceIdentifier("spiffe://fixgate/test/a/b")
    )
    assert (await said_to(running, two))[0] is grpc.StatusCode.UNAUTHENTICATED


async def test_metadata_makes_nobody_a_principal(running: Gateway) -> None:
    stranger = make_authority(running.certificates.authority.parent).client("spiffe://fixgate/test/trader/eve", "eve")
    async with grpc.aio.secure_channel(running.address, credentials(stranger)) as channel:
        metadata = (("x-forwarded-client-cert", DESK1), ("authorization", DESK1), ("peer_uri", DESK1))
        code, _ = await refusal(OrderServiceStub(channel).List(OrderServiceListRequest(), metadata=metadata))
    assert code is grpc.StatusCode.UNAUTHENTICATED


async def test_a_certificate_of_another_authority_does_not_connect(running: Gateway, tmp_path: Path) -> None:
    other = make_authority(tmp_path / "other").client(DESK1, "desk1")
    both = Identity(other.certificate, other.key, running.certificates.authority)
    async with grpc.aio.secure_channel(running.address, credentials(both)) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await OrderServiceStub(channel).List(OrderServiceListRequest(), timeout=5)
    assert failed.value.code() is grpc.StatusCode.UNAVAILABLE
    assert await is_alive(running)


async def test_a_client_without_a_certificate_does_not_connect(running: Gateway) -> None:
    nobody = grpc.ssl_channel_credentials(running.certificates.authority.read_bytes())
    async with grpc.aio.secure_channel(running.address, nobody) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await OrderServiceStub(channel).List(OrderServiceListRequest(), timeout=5)
    assert failed.value.code() is grpc.StatusCode.UNAVAILABLE
    assert await is_alive(running)


async def test_a_plaintext_client_does_not_connect(running: Gateway) -> None:
    async with grpc.aio.insecure_channel(running.address) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await OrderServiceStub(channel).List(OrderServiceListRequest(), timeout=5)
    assert failed.value.code() is grpc.StatusCode.UNAVAILABLE
    assert await is_alive(running)


async def test_a_client_refuses_a_server_of_another_authority(running: Gateway, tmp_path: Path) -> None:
    own = running.identity("trader/desk1")
    other = make_authority(tmp_path / "other")
    misled = Identity(own.certificate, own.key, other.folder / "ca.pem")
    async with grpc.aio.secure_channel(running.address, credentials(misled)) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await OrderServiceStub(channel).List(OrderServiceListRequest(), timeout=5)
    assert failed.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_an_unknown_call_is_unimplemented(running: Gateway) -> None:
    async with client(running) as stubs:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await stubs.channel.unary_unary("/gateway.api.v1.OrderService/Steal")(b"")
    assert failed.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_health_and_reflection_serve_whoever_is_known(running: Gateway) -> None:
    async with client(running, "viewer/audit") as stubs:
        for name in ("", *SERVED):
            said = await health(stubs.channel).Check(health_pb2.HealthCheckRequest(service=name))
            assert said.status == health_pb2.HealthCheckResponse.SERVING
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        call = reflection(stubs.channel).ServerReflectionInfo(iter([request]))
        listed = (await call.read()).list_services_response.service
        call.cancel()
    assert {service.name for service in listed} == set(SERVED)


async def test_a_message_above_the_bound_is_refused(running: Gateway) -> None:
    async with client(running) as stubs:
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await stubs.orders.Submit(submit("A" * (2 << 20)))
    assert failed.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert await is_alive(running)


@pytest.mark.parametrize("version", [b"TLSv1.2", b""])
def test_a_call_over_an_older_tls_is_refused_even_after_the_handshake(version: bytes) -> None:
    class Context:
        def auth_context(self) -> dict[str, list[bytes]]:
            return {"ssl_tls_version": [version], "peer_uri": [DESK1.encode()]}

    with pytest.raises(Refused, match=r"TLS 1\.3"):
        Access({}).admit("/gateway.api.v1.OrderService/List", Context())  # type: ignore[arg-type]


def test_a_client_of_tls_1_2_gets_no_handshake(certificates_folder: Path) -> None:
    """In a process of its own: this one has imported grpc before our code could say which suites it may use."""
    arguments = [sys.executable, "-m", "tests.integration.control.lone_server", str(certificates_folder)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        port = int(server.stdout.readline())
        assert _handshake(certificates_folder, port, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
        with pytest.raises((ssl.SSLError, ConnectionError)):
            _handshake(certificates_folder, port, ssl.TLSVersion.TLSv1_2)
        assert _handshake(certificates_folder, port, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
        server.stdin.close()
    assert server.returncode == 0


def _handshake(folder: Path, port: int, version: ssl.TLSVersion) -> str | None:
    """The version that client and server agree on."""
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / "trader-desk1.pem", folder / "trader-desk1.key")
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(("127.0.0.1", port), 10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as wrapped,
    ):
        return wrapped.version()


async def test_a_principal_has_no_more_streams_than_are_allowed_over_all_its_connections(
    running: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.control.access.STREAMS_MAX", 2)
    async with client(running) as one, client(running) as two, client(running, "viewer/audit") as other:
        calls = [stubs.orders.Watch(OrderServiceWatchRequest()) for stubs in (one, two)]
        for call in calls:
            await call.read()
        code, detail = await refusal(two.orders.Watch(OrderServiceWatchRequest()))
        assert (code, detail.refusal) == (grpc.StatusCode.RESOURCE_EXHAUSTED, refusal_pb2.REFUSAL_OVERLOADED)
        assert await other.orders.Watch(OrderServiceWatchRequest()).read()
        calls[0].cancel()

        async def is_let_in() -> bool:
            return await two.orders.Watch(OrderServiceWatchRequest()).read() is not grpc.aio.EOF

        await when(lambda: _unrefused(is_let_in))


async def _unrefused(ask: Callable[[], Awaitable[bool]]) -> bool:
    try:
        return await ask()
    except grpc.aio.AioRpcError:
        return False
