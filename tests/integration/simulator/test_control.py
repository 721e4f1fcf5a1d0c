"""The control socket keeps to its owner and to its bounds, whatever is said to it."""

import asyncio
import socket
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.simulator import control
from gateway.simulator.control import Answer, Clear, NoSimulator
from gateway.simulator.switchboard import Switchboard


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Callable[[bytes], str]]:
    """What is answered to some bytes."""
    ends = asyncio.Event()
    serving = asyncio.create_task(control.serve(control.bound(folder), Switchboard(), ends))

    def said(line: bytes) -> str:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(control.ANSWER_S_MAX)
            client.connect(str(folder / control.NAME))
            client.sendall(line)
            client.shutdown(socket.SHUT_WR)
            return client.recv(control.LINE_BYTES_MAX).decode()

    try:
        await asyncio.sleep(0)
        yield said
    finally:
        ends.set()
        await serving


async def test_the_socket_is_its_owner_s_alone_and_one_that_was_left_behind_is_taken_over(tmp_path: Path) -> None:
    for _ in range(2):
        async with served(tmp_path):
            assert stat.S_IMODE((tmp_path / control.NAME).stat().st_mode) == 0o600
            assert await asyncio.to_thread(control.ask, tmp_path, Clear()) == Answer()


async def test_a_folder_with_a_long_name_has_a_socket_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    async with served(folder):
        assert await asyncio.to_thread(control.ask, folder, Clear()) == Answer()
    with pytest.raises(NoSimulator):
        control.ask(folder, Clear())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"", "one line of at most 65536 bytes is awaited"),
        (b"{}", "one line of at most 65536 bytes is awaited"),
        (b"x" * 60_000 + b"\n", "JSON is malformed"),
        (b"{}\n", "missing required field `do`"),
        (b'{"do": "dance"}\n', "Invalid value 'dance'"),
        (b'{"do": "set", "entry": {"fault": "gaap"}}\n', "'gaap' is no fault"),
        (b'{"do": "set", "entry": 3}\n', "Expected `object`, got `int`"),
        (b'{"do": "clear", "name": 3}\n', "Expected `str`, got `int`"),
    ],
)
async def test_what_cannot_be_understood_is_answered_with_the_reason(tmp_path: Path, line: bytes, said: str) -> None:
    async with served(tmp_path) as answered:
        answer = await asyncio.to_thread(answered, line)
    assert said in answer
    assert answer.startswith('{"error":"')
