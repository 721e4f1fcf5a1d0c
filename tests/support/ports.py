"""TCP ports that nobody listens on."""

import socket


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago. Where a server can choose port 0 itself, let it: that cannot collide."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
