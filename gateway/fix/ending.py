"""How a worker ends when nothing may go out any more."""

import os
import sys
from typing import NoReturn

# Every exit code of a worker, each with one meaning: its supervisor acts on them.
EXIT_BROKEN_CALLBACK = 70
EXIT_LINK_LOST = 71
EXIT_LEASE_LOST = 72
EXIT_NUMBERS = 73
EXIT_FOLDER_HELD = 74
EXIT_RESET = 75
EXIT_STUCK = 76
EXIT_HALTED = 77
"""Of a worker that finds its session halted, and loses the engine that could tell it of a release."""
EXIT_RELEASED = 78
"""Of a worker that has heard of a release: the next one starts as any other."""
EXIT_STRANGER = 79
"""Of a worker whose numbers were reset by somebody who did not come through the front door."""
EXIT_REFUSALS = 80
"""Of a worker whose client was refused so many messages that they would cost too much memory."""


def say(text: str) -> None:
    """To whoever reads the worker's log."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def end(code: int, why: str) -> NoReturn:
    """End at once: no logout, no resend, nothing that could still go out."""
    say(f"worker ends: {why}")
    os._exit(code)
