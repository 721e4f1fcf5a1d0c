"""What keeps a session down until a person has looked and released it: a file in its folder. Starts no QuickFIX."""

from datetime import UTC, datetime
from pathlib import Path

EXIT_HALTED = 77
"""The exit code of a worker that finds its session halted, and loses the engine that could tell it of a release."""
EXIT_RELEASED = 78
"""The exit code of a worker that has heard of a release: the next one starts as any other."""
_FILE = "halted"


def halt(folder: Path, reason: str) -> None:
    """Let no worker start in `folder` any more. The first reason stays. Raises OSError."""
    try:
        with (folder / _FILE).open("x") as file:
            file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {reason}\n")
    except FileExistsError:
        return


def why(folder: Path) -> str:
    """When and why the session of `folder` was halted; empty if it was not."""
    file = folder / _FILE
    return file.read_text().strip() if file.exists() else ""


def release(folder: Path) -> None:
    """A person has released the session: workers may start again. Raises OSError."""
    (folder / _FILE).unlink(missing_ok=True)
