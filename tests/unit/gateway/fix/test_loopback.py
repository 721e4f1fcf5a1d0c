"""A port of QuickFIX's can be reached from this machine alone."""

import socket

import pytest

from gateway.fix.loopback import keep_to_loopback


def test_what_listens_everywhere_is_bound_to_the_loopback_interface(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener, socket.create_server(("0.0.0.0", 0)) as other:
        port = listener.getsockname()[1]
        if not keep_to_loopback(port):
            assert f"port {port} can be seen from other machines, which are turned away" in capfd.readouterr().err
            pytest.skip("this user may not bind a socket to an interface")
        found = [one.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).rstrip(b"\0") for one in (listener, other)]
        assert found == [b"lo", b""]
        with socket.create_connection(("127.0.0.1", port), 5):
            listener.accept()[0].close()
