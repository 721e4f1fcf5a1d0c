"""The second pair of eyes: ends a worker whose main thread is stuck, and no worker that has only been held up."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from gateway.fix import ending, worker
from tests.support.polling import eventually

LONG_AGO_S = worker.END_AFTER_S + 10


class Watched(worker.Worker):
    """As much of a worker as the watch looks at."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._is_started = True
        self._leased_at_s = time.monotonic()

    def last_leased(self, ago_s: float) -> None:
        self._leased_at_s = time.monotonic() - ago_s


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The codes with which the process would have ended."""
    codes: list[int] = []

    def end(code: int, why: str) -> None:
        codes.append(code)
        threading.Event().wait()  # Nothing follows an exit.

    monkeypatch.setattr(worker, "end", end)
    monkeypatch.setattr(worker, "_WATCH_S", 0.02)
    monkeypatch.setattr(worker, "_STUCK_S", 0.1)
    return codes


@pytest.fixture
def engine() -> Iterator[tuple[socket.socket, Watched]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield theirs, Watched(ours)


def watch(watched: Watched) -> threading.Thread:
    thread = threading.Thread(target=watched._watch, daemon=True)
    thread.start()
    return thread


def test_a_worker_that_has_recovered_is_left_alone(ends: list[int], engine: tuple[socket.socket, Watched]) -> None:
    _, watched = engine
    watched.last_leased(LONG_AGO_S)
    thread = watch(watched)
    thread.join(0.05)
    watched.last_leased(0)
    thread.join(0.3)
    assert ends == []
    watched.last_leased(LONG_AGO_S)
    eventually(lambda: ends == [ending.EXIT_STUCK])


def test_a_worker_that_waits_for_its_grant_is_not_stuck(ends: list[int], engine: tuple[socket.socket, Watched]) -> None:
    _, watched = engine
    watched._is_started = False
    watched.last_leased(LONG_AGO_S)
    watch(watched).join(0.3)
    assert ends == []
    watched._is_started = True
    eventually(lambda: ends == [ending.EXIT_STUCK])


def test_a_worker_without_its_engine_is_stuck(ends: list[int], engine: tuple[socket.socket, Watched]) -> None:
    theirs, watched = engine
    watch(watched)
    theirs.close()
    eventually(lambda: ends == [ending.EXIT_STUCK])
