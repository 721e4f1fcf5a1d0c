"""The engine of an installation and its workers, found by what they hold, and ended: without asking any of them.

The engine is whoever listens at the link; a session's worker is whoever holds the session's folder. The kernel says who that is,
and a handle on the process keeps its id from becoming another's meanwhile.
"""

import os
import select
import signal
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from gateway.fix.folder import holder
from ops.settings import Settings

END_S_MAX = 10.0
"""A killed process is gone in a moment, unless the kernel itself waits for something."""
_CONNECT_S_MAX = 1.0
_CREDENTIALS = struct.Struct("3i")


class CannotEnd(Exception):
    """A process could not be ended, and why."""


class Process(msgspec.Struct, frozen=True):
    """One that lives. `handle` is a file descriptor that stands for it."""

    name: str
    pid: int
    handle: int


@contextmanager
def at_work(settings: Settings) -> Iterator[tuple[Process, ...]]:
    """The engine, if there is one that listens, and the workers of all sessions."""
    with ExitStack() as handles:
        found = [_held(handles, "engine", lambda: listener(settings.link_path))]
        for session in settings.sessions:
            folder = settings.data / "fix" / session
            found.append(_held(handles, session, lambda folder=folder: holder(folder)))  # type: ignore[misc]
        yield tuple(process for process in found if process is not None)


def end(processes: Iterable[Process]) -> None:
    """Kill them, stopped or not, and wait until each is gone. Raises CannotEnd, when all others have been ended."""
    wrong = []
    for process in processes:
        try:
            signal.pidfd_send_signal(process.handle, signal.SIGKILL)
        except ProcessLookupError:
            continue
        except PermissionError as error:
            wrong.append(f"{process.name} (process {process.pid}) is not ours to end: {error.strerror}")
            continue
        if not select.select([process.handle], [], [], END_S_MAX)[0]:
            wrong.append(f"{process.name} (process {process.pid}) was killed, and has not ended in {END_S_MAX:.0f} s")
    if wrong:
        raise CannotEnd("; ".join(wrong))


def listener(path: Path) -> int | None:
    """The process id of whoever listens on the Unix socket at `path`; None where nobody does. Raises CannotEnd: nobody can tell.

    A process that hangs listens all the same: the kernel takes the connection for it.
    """
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(_CONNECT_S_MAX)
        try:
            asking.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            return None
        except OSError as error:  # TimeoutError is one.
            raise CannotEnd(f"{path}: nobody can tell which process is the engine: {error}") from error
        pid, _, _ = _CREDENTIALS.unpack(asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return int(pid)


def _held(handles: ExitStack, name: str, find: Callable[[], int | None]) -> Process | None:
    """Asked twice: in between the process may have ended, and its id gone to another."""
    pid = find()
    if pid is None:
        return None
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    handles.callback(os.close, handle)
    return Process(name, pid, handle) if find() == pid else None
