"""What keeps a session down until a person has looked: a file in its folder, which only a person removes. Starts no QuickFIX."""

from datetime import UTC, datetime
from pathlib import Path

EXIT_HALTED = 77
"""The exit code of a worker that finds its session halted."""
_FILE = "halted"


def halt(folder: Path, reason: str) -> None:
    """Let no worker start in `folder` any more. The first reason stays. Raises OSError."""
    try:
        with (folder / _FILE).open("x") as file:
            file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {reason}\n")
    except FileExistsError:
        return


def why(folder: Path) -> str:
    """Why no worker may start in `folder`, and what to do; empty if it may."""
    file = folder / _FILE
    if not file.exists():
        return ""
    return (
        f"this session is halted: {file.read_text().strip()}. Compare the venue's orders with ours, agree with it on the sequence"
        f" numbers, and then remove {file}"
    )
