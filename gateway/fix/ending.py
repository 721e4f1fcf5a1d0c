"""How a worker ends when nothing may go out any more."""

import os
import sys
from typing import NoReturn

EXIT_LINK_LOST = 71


def end(code: int, why: str) -> NoReturn:
    """End at once: no logout, no resend, nothing that could still go out."""
    sys.stderr.write(f"worker ends: {why}\n")
    sys.stderr.flush()
    os._exit(code)
