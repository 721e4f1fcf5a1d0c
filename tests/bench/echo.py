"""The baseline: what bare Python QuickFIX can do at string level, with nothing of ours around it.

Two processes with a FIX 4.4 session, file stores on both sides, the FIX44.xml dictionary, raw strings in and raw strings out:
NewOrderSingle(35=D) one way, one ExecutionReport(35=8) back, 500 in flight. A slow baseline would flatter us, so nothing but
QuickFIX's own thread is busy, and each answer sends the next order from within the callback.

`python_quickfix_echo` does what a program that trades cannot leave out: it reads the fields of every message, and every message
says its own time. `python_quickfix_echo_unread` does not even that: it looks for one field and sends constants. No gateway can be
built on it; it is printed because it is the most that can be got out of the engine from Python.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import quickfix

from gateway.fix import dictionary
from tests.support.ports import free_port

WINDOW = 500
WARM_UP = 5_000
ORDERS = 60_000
TIMEOUT_S = 120
TRANSPORT = "ThreadedSocket"  # or "Socket"; see `python -m tests.bench.echo`, which measures each on either side
TRANSPORTS = ("Socket", "ThreadedSocket")
DICTIONARY = dictionary.path("FIX44")
CONSTANT_TIME = time.strftime("%Y%m%d-%H:%M:%S.000", time.gmtime())

SETTINGS = """[DEFAULT]
ConnectionType={role}
NonStopSession=Y
HeartBtInt=30
ReconnectInterval=1
FileStorePath={folder}/{role}
DataDictionary={dictionary}
SocketNodelay=Y
[SESSION]
BeginString=FIX.4.4
SenderCompID={role}
TargetCompID={peer}
SocketConnectHost=127.0.0.1
SocketConnectPort={port}
SocketAcceptPort={port}
"""
ORDER = "8=FIX.4.4\x019=0\x0135=D\x0111=%d\x0138=100000\x0140=2\x0144=1.38500\x0154=1\x0155=EURUSD\x0159=0\x0160=%s\x0110=000\x01"
REPORT = (
    "8=FIX.4.4\x019=0\x0135=8\x016=0\x0111=%s\x0114=0\x0117=%d\x0137=%d\x0138=%s\x0139=0\x0154=%s\x0155=%s\x0160=%s\x01"
    "150=0\x01151=%s\x0110=000\x01"
)
UNREAD_REPORT = REPORT % ("%s", 0, 0, "100000", "1", "EURUSD", CONSTANT_TIME, "100000")


def fields(raw: str) -> dict[str, str]:
    """The fields of a message by tag; of a repeated tag, the last."""
    return dict(field.split("=", 1) for field in raw.split("\x01") if field)


def now() -> str:
    """TransactTime(60) of now, with milliseconds."""
    return datetime.now(UTC).strftime("%Y%m%d-%H:%M:%S.%f")[:-3]


class Reading:
    """What is said and understood by a program that reads what it is told."""

    def order(self, number: int) -> str:
        return ORDER % (number, now())

    def report(self, raw: str, exec_id: int) -> str:
        told = fields(raw)
        return REPORT % (told["11"], exec_id, exec_id, told["38"], told["54"], told["55"], now(), told["38"])

    def is_report(self, raw: str, number: int) -> bool:
        told = fields(raw)
        return told["11"] == str(number) and told["150"] == "0" and int(told["17"]) == number


class Unread:
    """What is said and understood by one that does as little as still makes a round trip."""

    def order(self, number: int) -> str:
        return ORDER % (number, CONSTANT_TIME)

    def report(self, raw: str, exec_id: int) -> str:
        start = raw.index("\x0111=") + 4
        return UNREAD_REPORT % raw[start : raw.index("\x01", start)]

    def is_report(self, raw: str, number: int) -> bool:
        return f"\x0111={number}\x01" in raw


Style = Reading | Unread
STYLES: dict[str, type[Style]] = {"reading": Reading, "unread": Unread}


def guarded(callback: Callable[..., None]) -> Callable[..., None]:
    """End the process on any exception: let through, it would leave QuickFIX hanging with its port open."""

    def guard(self: Any, *arguments: Any) -> None:
        try:
            callback(self, *arguments)
        except BaseException:  # noqa: BLE001 - there is nothing above us but C++.
            traceback.print_exc()
            os._exit(70)

    return guard


class Application(quickfix.Application):
    """QuickFIX's seven callbacks, none of which does anything."""

    def __init__(self) -> None:
        super().__init__()
        self.dictionary = quickfix.DataDictionary(str(DICTIONARY))

    def onCreate(self, session_id: Any) -> None: ...
    def onLogon(self, session_id: Any) -> None: ...
    def onLogout(self, session_id: Any) -> None: ...
    def toAdmin(self, message: Any, session_id: Any) -> None: ...
    def fromAdmin(self, message: Any, session_id: Any) -> None: ...
    def toApp(self, message: Any, session_id: Any) -> None: ...
    def fromApp(self, message: Any, session_id: Any) -> None: ...

    def send(self, raw: str, session_id: Any) -> None:
        if not quickfix.Session.sendToTarget(quickfix.Message(raw, self.dictionary, False), session_id):
            raise ConnectionError("the session is not logged on")


class Echo(Application):
    """Acceptor: one report per order."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.style = style
        self.exec_id = 0

    @guarded
    def fromApp(self, message: Any, session_id: Any) -> None:
        self.exec_id += 1
        self.send(self.style.report(message.toString(), self.exec_id), session_id)


class Load(Application):
    """Initiator: fills the window at logon, then one order for each report; times all reports after the warm-up."""

    def __init__(self, style: Style, orders: int) -> None:
        super().__init__()
        self.style = style
        self.last = WARM_UP + orders
        self.sent = self.reported = 0
        self.start_s = self.end_s = 0.0
        self.done = threading.Event()

    @guarded
    def onLogon(self, session_id: Any) -> None:
        for _ in range(WINDOW):
            self.order(session_id)

    @guarded
    def fromApp(self, message: Any, session_id: Any) -> None:
        raw = message.toString()
        self.reported += 1
        if not self.style.is_report(raw, self.reported):
            raise AssertionError(f"not the report of order {self.reported}: {raw!r}")
        if self.sent < self.last:
            self.order(session_id)
        elif self.reported == self.last:
            self.end_s = time.perf_counter()
            self.done.set()
        if self.reported == WARM_UP:
            self.start_s = time.perf_counter()

    def order(self, session_id: Any) -> None:
        self.sent += 1
        self.send(self.style.order(self.sent), session_id)


def round_trips_per_s(
    style: str = "reading", orders: int = ORDERS, initiator: str = TRANSPORT, acceptor: str = TRANSPORT
) -> float:
    """Round trips per second over `orders` of them, after a warm-up, with new stores and new processes."""
    with tempfile.TemporaryDirectory() as folder:
        program = [sys.executable, "-m", "tests.bench.echo"]
        port = str(free_port())
        with subprocess.Popen(
            [*program, "acceptor", style, acceptor, folder, port], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as echo:
            assert echo.stdin is not None
            assert echo.stdout is not None
            assert echo.stdout.readline() == b"listening\n"
            load = [*program, "initiator", style, initiator, folder, port, str(orders)]
            try:
                answer = subprocess.run(load, stdout=subprocess.PIPE, timeout=TIMEOUT_S, check=True).stdout
            finally:
                echo.stdin.close()  # Tells it to stop.
    return float(answer)


def accept(style: str, transport: str, folder: str, port: str) -> None:
    """The echo's process: until its standard input ends."""
    acceptor = _engine("acceptor", transport, Echo(STYLES[style]()), folder, port)
    acceptor.start()
    print("listening", flush=True)
    sys.stdin.read()
    acceptor.stop(True)


def initiate(style: str, transport: str, folder: str, port: str, orders: str) -> None:
    """The load's process: prints round trips per second."""
    load = Load(STYLES[style](), int(orders))
    initiator = _engine("initiator", transport, load, folder, port)
    initiator.start()
    if not load.done.wait(TIMEOUT_S):
        raise TimeoutError(f"{load.reported} of {load.last} reports after {TIMEOUT_S} s")
    print(int(orders) / (load.end_s - load.start_s), flush=True)
    initiator.stop(True)


def _engine(role: str, transport: str, application: Application, folder: str, port: str) -> Any:
    peer = {"initiator": "acceptor", "acceptor": "initiator"}[role]
    file = Path(folder) / f"{role}.cfg"
    file.write_text(SETTINGS.format(role=role, peer=peer, folder=folder, dictionary=DICTIONARY, port=port))
    settings = quickfix.SessionSettings(str(file))
    kind = getattr(quickfix, transport + role.capitalize())
    return kind(application, quickfix.FileStoreFactory(settings), settings)


def compare() -> None:
    """Print what each style and pair of transports reaches, best of three: `TRANSPORT` should name the winner."""
    for style, initiator, acceptor in product(STYLES, TRANSPORTS, TRANSPORTS):
        best = max(round_trips_per_s(style, 20_000, initiator, acceptor) for _ in range(3))
        print(f"{style}, {initiator}Initiator, {acceptor}Acceptor: {best:.0f} round trips per second", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["acceptor", *rest]:
            accept(*rest)
        case ["initiator", *rest]:
            initiate(*rest)
        case _:
            compare()
