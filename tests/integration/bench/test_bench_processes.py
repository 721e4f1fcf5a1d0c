"""The processes that benchmarks are made of do what they are measured for."""

import io
import signal
import socket
import subprocess
import sys

import pytest

from ops.database import EmbeddedPostgres
from tests.bench import database, echo
from tests.bench.fix_text import Clock, fields, framed
from tests.bench.machine import tree
from tests.bench.venue_driver import Driver, running_venue
from tests.support.polling import eventually


@pytest.mark.parametrize("style", echo.STYLES)
def test_the_echo_of_bare_quickfix_answers_every_order(style: str) -> None:
    assert echo.round_trips_per_s(style, orders=200) > 0


def test_the_venue_fills_every_order_of_a_window() -> None:
    with running_venue() as (_venue, port):
        driver = Driver(port)
        driver.trade(orders=2_000, per_write=3)
        assert driver._filled == 2_000
        driver.close()


def test_the_venue_sends_quotes_by_itself() -> None:
    with running_venue() as (_venue, port), socket.create_connection(("127.0.0.1", port), 10) as peer:
        header = b"\x0134=%d\x0149=FIXGATE-MD\x0152=" + Clock().now() + b"\x0156=SIMBROKER\x01"
        stream = peer.makefile("rb")
        peer.sendall(framed(b"35=A" + header % 1 + b"98=0\x01108=30\x01141=Y\x01"))
        peer.sendall(framed(b"35=V" + header % 2 + b"262=Q1\x01263=1\x0155=EURUSD\x01"))
        text = b""
        while text.count(b"\x0110=") < 4:
            text += stream.read1()
        answers = [fields(piece) for piece in text.split(b"8=FIX.4.4\x01")[1:]]
    assert [answer[b"35"] for answer in answers[:4]] == [b"A", b"W", b"W", b"W"]


def test_the_durability_of_the_embedded_server_is_shown(postgres_server: EmbeddedPostgres) -> None:
    progress = io.StringIO()
    database.show_durability(postgres_server.dsn, progress)
    assert progress.getvalue() == "  PostgreSQL: fsync = on, synchronous_commit = on, full_page_writes = on\n"


def test_a_bench_that_is_told_to_stop_leaves_no_process() -> None:
    command = [sys.executable, "-m", "tests.bench", "cpu_us_per_order_venue_alone"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as bench:
        venues = eventually(lambda: [p.pid for p in tree(bench.pid) if "tests.bench.venue" in p.command], seconds=30)
        bench.send_signal(signal.SIGTERM)
        bench.wait(30)
    assert tree(venues[0]) == []
