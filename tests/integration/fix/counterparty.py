"""A FIX counterparty that does what a test says, right or wrong: one TCP connection, every byte and number in the test's hand."""

import socket
import time
from typing import Self

from gateway.codec.text import fields
from gateway.codec.version import FIX_44, Version

DEADLINE_S = 10.0
SOH = b"\x01"
NAME, US = "BROKER", "US"


class Silence(Exception):
    """Nothing came in time."""


class Counterparty:
    """Listens from the start; `accept` waits for the worker."""

    def __init__(self, version: Version = FIX_44) -> None:
        self.version = version
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._connection: socket.socket | None = None
        self._rest = b""
        self.number = 0
        """The last MsgSeqNum(34) that we used."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        self._listener.close()

    def accept(self, within_s: float = DEADLINE_S) -> None:
        """Raises Silence when nobody connects."""
        self._listener.settimeout(within_s)
        try:
            self._connection, _ = self._listener.accept()
        except TimeoutError:
            raise Silence from None
        self._rest = b""

    def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def log_on(self, number: int = 1, *body: tuple[int, str]) -> dict[int, str]:
        """Wait for the worker's Logon and answer it under `number`; returns the worker's."""
        self.accept()
        heard = self.receive("A")
        self.number = number - 1
        self.send("A", (98, "0"), (108, heard[108]), *body)
        return heard

    def send(self, msg_type: str, *body: tuple[int, str], number: int | None = None) -> bytes:
        """One whole message, under the next number unless another is given; returns it."""
        if number is None:
            self.number += 1
        header = [(35, msg_type), (34, str(number or self.number)), (49, NAME), (52, now()), (56, US)]
        ordered = [*header, *((tag, value) for tag, value in body if tag == 43), *((t, v) for t, v in body if t != 43)]
        inside = b"".join(f"{tag}={value}".encode("latin-1") + SOH for tag, value in ordered)
        raw = b"8=%b\x019=%d\x01" % (self.version.begin_string.encode(), len(inside)) + inside
        raw += b"10=%03d\x01" % (sum(raw) % 256)
        self.write(raw)
        return raw

    def write(self, raw: bytes) -> None:
        """These very bytes."""
        assert self._connection is not None
        self._connection.sendall(raw)

    def receive(self, msg_type: str = "", within_s: float = DEADLINE_S) -> dict[int, str]:
        """The next message; of that type if one is given. Raises Silence, and EOFError when the worker hung up."""
        deadline_s = time.monotonic() + within_s
        while True:
            heard = dict(fields(self._message(deadline_s)))
            if msg_type in {"", heard[35]}:
                return heard

    def rest(self) -> list[str]:
        """The types of all that still comes until the worker hangs up."""
        found: list[str] = []
        try:
            while True:
                found.append(self.receive()[35])
        except EOFError:
            return found

    def _message(self, deadline_s: float) -> bytes:
        assert self._connection is not None
        while (end := self._rest.find(SOH + b"10=")) < 0 or self._rest.find(SOH, end + 1) < 0:
            self._connection.settimeout(max(deadline_s - time.monotonic(), 0.001))
            try:
                data = self._connection.recv(1 << 16)
            except TimeoutError:
                raise Silence from None
            except ConnectionResetError:
                data = b""
            if not data:
                raise EOFError
            self._rest += data
        end = self._rest.find(SOH, end + 1) + 1
        message, self._rest = self._rest[:end], self._rest[end:]
        return message


def now() -> str:
    second = time.time()
    return time.strftime("%Y%m%d-%H:%M:%S", time.gmtime(second)) + f".{int(second % 1 * 1000):03d}"
