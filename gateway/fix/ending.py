"""How a worker ends when nothing may go out any more."""

import os
import sys
from typing import NoReturn

EXIT_LINK_LOST = 71


def say(text: str) -> None:
    """To whoever reads the worker's log."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def end(code: int, why: str) -> NoReturn:
    """End at once: no logout, no resend, nothing that could still go out."""
    say(f"worker ends: {why}")
    os._exit(code)
