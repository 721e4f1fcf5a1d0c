"""What keeps a session down until a person has looked and released it: a file in its folder. Starts no QuickFIX."""

from datetime import UTC, datetime
from pathlib import Path

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
