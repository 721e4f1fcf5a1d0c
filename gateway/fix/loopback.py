"""Keeps QuickFIX's acceptor to this machine: it listens on every address, and cannot be told otherwise.

Linux can bind a socket that listens already to an interface: what comes by another one finds nobody there. Starts no QuickFIX.
"""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

_INTERFACE = b"lo\0"


def keep_to_loopback(port: int) -> bool:
    """Bind what this process listens on at `port` to the loopback interface. Says so on standard error where it cannot."""
    try:
        for listener in _listeners(port):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, _INTERFACE)
            listener.close()
    except (AttributeError, OSError) as error:
        sys.stderr.write(f"port {port} can be seen from other machines, which are turned away: {error}\n")
        return False
    return True


def _listeners(port: int) -> Iterator[socket.socket]:
    """Copies of the sockets."""
    for entry in list(Path("/proc/self/fd").iterdir()):
        try:
            if not entry.readlink().name.startswith("socket:"):
                continue
            found = socket.socket(fileno=os.dup(int(entry.name)))
        except OSError:  # Closed meanwhile, or no socket that Python knows.
            continue
        is_tcp = found.family == socket.AF_INET and found.type == socket.SOCK_STREAM
        if is_tcp and found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) and found.getsockname()[1] == port:
            yield found
        else:
            found.close()
