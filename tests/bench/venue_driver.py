"""What the lean venue costs by itself: orders from a raw socket, and the venue's own CPU time for each."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.fix_text import Clock, framed
from tests.bench.machine import tree

WINDOW = 500
WARM_UP = 5_000
READ_BYTES = 1 << 18
TRADE = b"\x01150=F\x01"
TIMEOUT_S = 30


@contextmanager
def running_venue() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The venue in a process of its own, and its port."""
    with subprocess.Popen([sys.executable, "-m", "tests.bench.venue"], stdout=subprocess.PIPE) as venue:
        assert venue.stdout is not None
        try:
            yield venue, int(venue.stdout.readline())
        finally:
            venue.terminate()


class Driver:
    """A FIX client that knows only Logon and NewOrderSingle."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._header = b"\x0134=%d\x0149=FIXGATE\x0152=" + Clock().now() + b"\x0156=SIMBROKER\x01"
        self._order = self._header + (
            b"1=DESK1\x0111=DRIVER-%010d\x0138=100000\x0140=2\x0144=1.38500\x0154=1\x0155=EURUSD\x0159=0\x0160="
            + Clock().now()
            + b"\x01"
        )
        self._sent = self._filled = 0
        self._tail = b""
        self._socket.sendall(framed(b"35=A" + self._header % 1 + b"98=0\x01108=30\x01141=Y\x01"))
        self._socket.recv(READ_BYTES)

    def trade(self, orders: int, per_write: int, window: int = WINDOW) -> None:
        """Send `orders`, `per_write` in one write, never more than `window` unfilled, and wait until all are filled."""
        goal = self._filled + orders
        while self._filled < goal:
            while self._sent < goal and self._sent - self._filled + per_write <= window:
                numbers = range(self._sent, min(self._sent + per_write, goal))
                self._socket.sendall(b"".join(framed(b"35=D" + self._order % (number + 2, number)) for number in numbers))
                self._sent = numbers.stop
            self._read()

    def _read(self) -> None:
        data = self._tail + self._socket.recv(READ_BYTES)
        assert len(data) > len(self._tail), "the venue hung up"
        self._filled += data.count(TRADE)
        self._tail = data[-len(TRADE) + 1 :]

    def close(self) -> None:
        self._socket.close()


def cpu_us_per_order(orders: int, per_write: int, window: int = WINDOW) -> tuple[float, float]:
    """CPU microseconds of the venue per order, and orders filled per second."""
    with running_venue() as (venue, port):
        driver = Driver(port)
        driver.trade(WARM_UP, per_write, window)
        cpu_s, start_s = tree(venue.pid)[0].cpu_s, time.perf_counter()
        driver.trade(orders, per_write, window)
        taken_s = time.perf_counter() - start_s
        cpu_s = tree(venue.pid)[0].cpu_s - cpu_s
        driver.close()
    return cpu_s * 1e6 / orders, orders / taken_s
