"""A client over FIX that has been told much and asks for all of it again: raw bytes, one socket, no FIX engine."""

import socket

from tests.bench.fix_text import Clock, framed
from tests.bench.venue import HOST, READ_BYTES

ORDERS_PER_WRITE = 50
WINDOW = 1_000
ANSWER_S_MAX = 120.0
_REPORT = b"\x0135=8\x01"
_NOTHING_OF_THE_KIND = b"55=NOTHING\x01"
"""Not a symbol of ours: each order is refused by one report, and costs nobody else anything."""


class HungUp(Exception):
    """The gateway ended the connection."""


class Client:
    """Logged on as soon as it is made. Use `close` after it."""

    def __init__(self, port: int, us: str, them: str) -> None:
        self._header = b"\x0134=%%d\x0149=%b\x0152=%%b\x0156=%b\x01" % (us.encode(), them.encode())
        self._clock, self._number, self._reports, self._tail = Clock(), 0, 0, b""
        self._connection = socket.create_connection((HOST, port), ANSWER_S_MAX)
        self._connection.sendall(self._message(b"A", b"98=0\x01108=0\x01141=Y\x01"))  # No heartbeats.
        self._connection.recv(READ_BYTES)

    def close(self) -> None:
        self._connection.close()

    def be_told(self, count: int) -> None:
        """Have so many orders refused."""
        first, end = self._number, self._reports + count
        for sent in range(0, count, ORDERS_PER_WRITE):
            size = min(ORDERS_PER_WRITE, count - sent)
            self._connection.sendall(b"".join(self._order(first + sent + number) for number in range(size)))
            self._hear(end - count + sent + size - WINDOW)
        self._hear(end)

    def be_told_again(self, count: int) -> None:
        """Ask for all that there is, and hear so many reports."""
        self._connection.sendall(self._message(b"2", b"7=1\x0116=0\x01"))
        self._hear(self._reports + count)

    def _order(self, number: int) -> bytes:
        terms = b"21=1\x01%b54=1\x0138=1\x0140=2\x0144=1\x0159=0\x0160=%b\x01" % (_NOTHING_OF_THE_KIND, self._clock.now())
        return self._message(b"D", b"11=N%d\x01%b" % (number, terms))

    def _message(self, msg_type: bytes, body: bytes) -> bytes:
        self._number += 1
        return framed(b"35=%b" % msg_type + self._header % (self._number, self._clock.now()) + body)

    def _hear(self, reports: int) -> None:
        """Until so many have come in all. Raises HungUp and TimeoutError."""
        while self._reports < reports:
            data = self._connection.recv(READ_BYTES)
            if not data:
                raise HungUp(f"after {self._reports} reports")
            data = self._tail + data
            self._reports += data.count(_REPORT)
            self._tail = data[-len(_REPORT) + 1 :]
