"""A session's folder: one worker at a time has it, and says there who it is."""

import fcntl
import os
from pathlib import Path

from gateway.fix.ending import EXIT_FOLDER_HELD, end

_LOCK = "lock"


def hold(folder: Path) -> int:
    """Hold the session's folder for as long as the process lives: the kernel lets go of it when, and only when, we are dead."""
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        end(EXIT_FOLDER_HELD, f"another worker holds {folder}")
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def holder(folder: Path) -> int | None:
    """The process id of the worker that holds the folder; None where none does, and nothing leaves for the session.

    A worker that starts at this very moment may find the folder held by us: its supervisor starts it again.
    """
    try:
        lock = os.open(folder / _LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.pread(lock, 20, 0) or 0) or None  # Empty for the moment in which a worker begins: it holds nothing yet.
    finally:
        os.close(lock)
    return None
