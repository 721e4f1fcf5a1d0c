"""A session's folder: one worker at a time has it."""

import fcntl
import os
from pathlib import Path

from gateway.fix.ending import EXIT_FOLDER_HELD, end


def hold(folder: Path) -> int:
    """Hold the session's folder for as long as the process lives: the kernel lets go of it when, and only when, we are dead."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        end(EXIT_FOLDER_HELD, f"another worker holds {folder}")
    return lock
