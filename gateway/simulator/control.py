"""The simulator's control socket: faults asked for, cleared and listed while it runs.

A Unix socket in the broker's data folder, for its owner alone: one JSON line in, one out, and the connection ends. It is named by
way of the open folder: the path of a socket may have no more than 107 bytes, and a folder's may.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec

from gateway.simulator.entries import Unusable, converted
from gateway.simulator.switchboard import Asked, Switchboard

NAME = "control"
LINE_BYTES_MAX = 1 << 16
CLIENTS_MAX = 8
ANSWER_S_MAX = 5.0


class Set(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="set"):
    """Arm a fault; the entry as in a script."""

    entry: msgspec.Raw


class Clear(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="clear"):
    """End the faults of this name, or all."""

    name: str = ""


class List(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", tag="list"):
    """Tell what was asked for."""


Command = Set | Clear | List


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of it."""

    error: str = ""
    """Why nothing came of it; else empty."""
    number: int = 0
    """Of the fault that was armed."""
    cleared: int = 0
    asked: tuple[Asked, ...] = ()


class NoSimulator(Exception):
    """Nobody answers in this folder."""


def bound(folder: Path) -> socket.socket:
    """The socket, for its owner alone before anybody can connect. The folder is ours alone: what lies there was left behind."""
    listener = socket.socket(socket.AF_UNIX)
    with _address(folder) as address:
        with contextlib.suppress(FileNotFoundError):
            Path(address).unlink()
        listener.bind(address)
        Path(address).chmod(0o600)
    return listener


async def serve(listener: socket.socket, board: Switchboard, until: asyncio.Event) -> None:
    """Answer whoever may open the socket, until it is time."""
    free = asyncio.Semaphore(CLIENTS_MAX)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(ANSWER_S_MAX), free:
                writer.write(msgspec.json.encode(await _answered(reader, board)) + b"\n")
                await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(answer, sock=listener, limit=LINE_BYTES_MAX, backlog=CLIENTS_MAX):
        await until.wait()


def ask(folder: Path, command: Command) -> Answer:
    """What the broker that runs in `folder` answers. Raises NoSimulator, and Unusable for what it cannot do."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(ANSWER_S_MAX)
        try:
            with _address(folder) as address:
                line.connect(address)
            line.sendall(msgspec.json.encode(command) + b"\n")
            said = b"".join(iter(lambda: line.recv(LINE_BYTES_MAX), b""))
            answer = msgspec.json.decode(said, type=Answer)
        except (OSError, msgspec.DecodeError) as failure:
            raise NoSimulator(f"no simulator answers in {folder}: {failure}") from failure
    if answer.error:
        raise Unusable(answer.error)
    return answer


async def _answered(reader: asyncio.StreamReader, board: Switchboard) -> Answer:
    try:
        command = msgspec.json.decode(await reader.readuntil(b"\n"), type=Command)
        return _done(command, board)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return Answer(f"one line of at most {LINE_BYTES_MAX} bytes is awaited")
    except (msgspec.DecodeError, Unusable) as failure:
        return Answer(str(failure))


def _done(command: Command, board: Switchboard) -> Answer:
    match command:
        case Set():
            return Answer(number=board.set(converted(msgspec.json.decode(command.entry))))
        case Clear():
            return Answer(cleared=board.clear(command.name))
        case List():
            return Answer(asked=tuple(board.asked()))


@contextlib.contextmanager
def _address(folder: Path) -> Iterator[str]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{NAME}"
    finally:
        os.close(descriptor)
