"""What the relay before a client's QuickFIX lets through, and whom it hangs up on."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from gateway.codec.version import FIX_44
from gateway.fix import relay
from gateway.fix.config import Endpoint
from gateway.fix.layout import layout
from gateway.fix.relay import Relay
from tests.support.ports import free_port
from tests.unit.gateway.fix.test_gate import LOGON, ORDER, raw

WAIT_S = 30.0
ANSWER = b"the answer to a Logon"


class Behind:
    """QuickFIX's place: one listener, whose connections are in the test's hand."""

    def __init__(self, port: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(WAIT_S)

    def accept(self) -> socket.socket:
        connection, _ = self._listener.accept()
        connection.settimeout(WAIT_S)
        return connection

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint("127.0.0.1", free_port())


@pytest.fixture
def behind(endpoint: Endpoint) -> Iterator[Behind]:
    """Behind a relay that has started."""
    made = Relay(endpoint, layout(FIX_44))
    with closing(Behind(made.inner.port)) as found:
        made.start()
        yield found
        made.stop()


def connected(endpoint: Endpoint) -> socket.socket:
    return socket.create_connection((endpoint.host, endpoint.port), WAIT_S)


def heard(connection: socket.socket, size: int) -> bytes:
    """So many bytes, or fewer where the other side hung up."""
    data = b""
    while len(data) < size and (more := connection.recv(size - len(data))):
        data += more
    return data


def test_nothing_is_passed_on_behind_a_logon_before_it_is_answered(endpoint: Endpoint, behind: Behind) -> None:
    with closing(connected(endpoint)) as client:
        client.sendall(raw(LOGON) + raw(ORDER))
        with closing(behind.accept()) as inner:
            assert heard(inner, len(raw(LOGON))) == raw(LOGON)
            inner.settimeout(0.2)
            with pytest.raises(TimeoutError):
                inner.recv(1)
            inner.settimeout(WAIT_S)
            inner.sendall(ANSWER)
            assert heard(client, len(ANSWER)) == ANSWER
            assert heard(inner, len(raw(ORDER))) == raw(ORDER)


def test_what_quickfix_says_last_is_heard_before_the_hang_up(endpoint: Endpoint, behind: Behind) -> None:
    with closing(connected(endpoint)) as client:
        client.sendall(raw(LOGON))
        with closing(behind.accept()) as inner:
            inner.sendall(ANSWER)
        assert heard(client, 1_000) == ANSWER


def test_a_client_that_hangs_up_is_a_client_that_hung_up(endpoint: Endpoint, behind: Behind) -> None:
    with closing(connected(endpoint)) as client:
        client.sendall(raw(LOGON))
        inner = behind.accept()
        inner.sendall(ANSWER)
        assert heard(client, len(ANSWER)) == ANSWER
    with closing(inner):
        assert heard(inner, 1_000) == raw(LOGON)


def test_who_says_nothing_or_half_a_logon_is_hung_up_on(
    endpoint: Endpoint, behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LOGON_S_MAX", 0.2)
    for said in (b"", raw(LOGON)[:30]):
        with closing(connected(endpoint)) as client:
            client.sendall(said)
            assert heard(client, 1) == b""


def test_a_logon_that_is_not_answered_is_hung_up_on(endpoint: Endpoint, behind: Behind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "LOGON_S_MAX", 0.5)
    with closing(connected(endpoint)) as client:
        client.sendall(raw(LOGON))
        with closing(behind.accept()) as inner:
            assert heard(inner, 1_000) == raw(LOGON)
        assert heard(client, 1) == b""


def test_one_connection_more_than_are_allowed_is_hung_up_on(endpoint: Endpoint, behind: Behind) -> None:
    ends: list[socket.socket] = []
    for _ in range(relay.CONNECTIONS_MAX):
        client = connected(endpoint)
        client.sendall(raw(LOGON))
        inner = behind.accept()
        ends += [client, inner]
        inner.sendall(ANSWER)
        assert heard(client, len(ANSWER)) == ANSWER
    with closing(connected(endpoint)) as one_more:
        assert heard(one_more, 1) == b""
    for end in ends:
        end.close()


def test_a_port_that_is_taken_is_told(endpoint: Endpoint) -> None:
    with closing(socket.create_server((endpoint.host, endpoint.port))), pytest.raises(OSError, match="in use"):
        Relay(endpoint, layout(FIX_44))


def test_no_thread_is_left_behind(endpoint: Endpoint, behind: Behind) -> None:
    with closing(connected(endpoint)) as client:
        client.sendall(b"no FIX at all")
        assert heard(client, 1) == b""
    for thread in threading.enumerate():
        if thread.name in {"relay in", "relay out"}:
            thread.join(WAIT_S)
            assert not thread.is_alive()


def test_a_client_whose_line_is_dead_is_found_out() -> None:
    """Also one that asked for no heartbeats: with HeartBtInt(108) 0 nobody else would notice."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        outer, _ = listener.accept()
        with closing(outer):
            relay.tune(outer)
            assert outer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            names = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            assert [outer.getsockopt(socket.IPPROTO_TCP, name) for name in names] == [30, 10, 3]
