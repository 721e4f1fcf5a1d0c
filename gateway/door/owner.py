"""Whose process is at the other end of a loopback connection: a port of 127.0.0.1 can be had by whoever comes first."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

_TABLE = Path("/proc/net/tcp")
_LISTENS = "0A"


class _Row(msgspec.Struct, frozen=True):
    """A socket, as the kernel tells of it."""

    local: str
    remote: str
    state: str
    uid: int
    inode: int
    """0 while nobody has accepted the connection, or any more."""


def has_connected(transport: asyncio.Transport) -> bool:
    """Whether who connected to us is a process of our own user. False where the kernel knows the connection no more."""
    row = _other_side(transport)
    return row is not None and row.uid == os.getuid()


def listens(transport: asyncio.Transport) -> bool:
    """Whether whom we connected to is a process of our own user, and so is who listens there now."""
    row = _other_side(transport)
    if row is None:
        return False
    port = row.local.partition(":")[2]
    listeners = [one.uid for one in _rows() if one.state == _LISTENS and one.local.partition(":")[2] == port]
    is_accepted_by_another = row.inode != 0 and row.uid != os.getuid()
    return bool(listeners) and set(listeners) == {os.getuid()} and not is_accepted_by_another


def _other_side(transport: asyncio.Transport) -> _Row | None:
    us, them = transport.get_extra_info("sockname"), transport.get_extra_info("peername")
    if us is None or them is None:
        return None
    wanted = (_hex(them), _hex(us))
    return next((row for row in _rows() if (row.local, row.remote) == wanted), None)


def _rows() -> Iterator[_Row]:
    for line in _TABLE.read_text().splitlines()[1:]:
        columns = line.split()
        yield _Row(columns[1], columns[2], columns[3], int(columns[7]), int(columns[9]))


def _hex(address: tuple[str, int]) -> str:
    """As the kernel's table shows it: `0100007F:1F90`."""
    number = bytes(int(part) for part in reversed(address[0].split(".")))
    return f"{number.hex().upper()}:{address[1]:04X}"
