"""The baseline `python_quickfix_echo`: what bare Python QuickFIX can do, with nothing of ours around it.

Two processes with a FIX 4.4 session, file stores on both sides, the FIX44.xml dictionary, raw strings in and raw strings out:
NewOrderSingle(35=D) one way, one ExecutionReport(35=8) back, 500 in flight. It is written to be fast, as a slow baseline
would flatter us: nothing but QuickFIX's own thread is busy, each answer sends the next order from within the callback, and
nothing is made per message that can be made once.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
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
TRANSACT_TIME = time.strftime("%Y%m%d-%H:%M:%S.000", time.gmtime())

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
    "8=FIX.4.4\x019=0\x0135=8\x016=0\x0111=%s\x0114=0\x0117=%d\x0137=%d\x0138=100000\x0139=0\x0154=1\x0155=EURUSD\x0160=%s\x01"
    "150=0\x01151=100000\x0110=000\x01"
)


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

    def __init__(self) -> None:
        super().__init__()
        self.exec_id = 0

    @guarded
    def fromApp(self, message: Any, session_id: Any) -> None:
        raw = message.toString()
        start = raw.index("\x0111=") + 4
        self.exec_id += 1
        cl_ord_id = raw[start : raw.index("\x01", start)]
        self.send(REPORT % (cl_ord_id, self.exec_id, self.exec_id, TRANSACT_TIME), session_id)


class Load(Application):
    """Initiator: fills the window at logon, then one order for each report; times all reports after the warm-up."""

    def __init__(self, orders: int) -> None:
        super().__init__()
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
        if f"\x0111={self.reported}\x01" not in raw:
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
        self.send(ORDER % (self.sent, TRANSACT_TIME), session_id)


def round_trips_per_s(orders: int = ORDERS, initiator: str = TRANSPORT, acceptor: str = TRANSPORT) -> float:
    """Round trips per second over `orders` of them, after a warm-up, with new stores and new processes."""
    with tempfile.TemporaryDirectory() as folder:
        program = [sys.executable, "-m", "tests.bench.echo"]
        port = str(free_port())
        with subprocess.Popen(
            [*program, "acceptor", acceptor, folder, port], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as echo:
            assert echo.stdin is not None
            assert echo.stdout is not None
            assert echo.stdout.readline() == b"listening\n"
            load = [*program, "initiator", initiator, folder, port, str(orders)]
            try:
                answer = subprocess.run(load, stdout=subprocess.PIPE, timeout=TIMEOUT_S, check=True).stdout
            finally:
                echo.stdin.close()  # Tells it to stop.
    return float(answer)


def accept(transport: str, folder: str, port: str) -> None:
    """The echo's process: until its standard input ends."""
    acceptor = _engine("acceptor", transport, Echo(), folder, port)
    acceptor.start()
    print("listening", flush=True)
    sys.stdin.read()
    acceptor.stop(True)


def initiate(transport: str, folder: str, port: str, orders: str) -> None:
    """The load's process: prints round trips per second."""
    load = Load(int(orders))
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
    """Print what each pair of transports reaches, best of three: `TRANSPORT` should name the winner."""
    for initiator in TRANSPORTS:
        for acceptor in TRANSPORTS:
            best = max(round_trips_per_s(20_000, initiator, acceptor) for _ in range(3))
            print(f"{initiator}Initiator, {acceptor}Acceptor: {best:.0f} round trips per second", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["acceptor", *rest]:
            accept(*rest)
        case ["initiator", *rest]:
            initiate(*rest)
        case _:
            compare()
