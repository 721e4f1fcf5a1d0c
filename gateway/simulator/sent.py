"""Which ledger entries were handed to FIX: one ExecID a line, written after QuickFIX has stored the message, never synced.

The mark comes last on purpose: a marked report is in QuickFIX's store and will be resent from there, an unmarked one may or may
not be. So after a crash the unmarked are sent again with PossResend(97)=Y and the same ExecID: at least once, at most one twice.
"""

import os
from pathlib import Path


class SentLog:
    """The marks of one data folder."""

    def __init__(self, path: Path) -> None:
        """Open or make the file and cut a torn last line off."""
        self._fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC, 0o600)
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        os.ftruncate(self._fd, len(whole))
        self.past = frozenset(whole.decode("ascii").splitlines())
        """ExecIDs that were marked before this start."""

    def mark(self, exec_id: str) -> None:
        os.write(self._fd, f"{exec_id}\n".encode("ascii"))

    def close(self) -> None:
        os.close(self._fd)
