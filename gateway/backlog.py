"""Whether a worker still reads what waits for it. Pure: sizes and time are arguments.

All that a client is still to be told waits for its worker at once, when that is granted its start: much may wait for one that
reads as fast as it can.
"""

WAITING_BYTES_MAX = 64 << 20
"""A worker that lets this much wait has to go on reading, or its link is cut, and its supervisor starts another."""
WAITING_BYTES_END = 1 << 30
"""Nobody lets this much wait."""
UNREAD_S_MAX = 10.0


class Backlog:
    """Of one worker's link."""

    def __init__(self) -> None:
        self._written = 0
        self._taken = -1
        """The most that the worker was seen to have taken."""
        self._since_s = 0.0
        """When it was seen to take something last."""

    def is_stuck(self, written: int, waiting: int, now_s: float) -> bool:
        """Whether it has stopped to read: after a write of so many bytes, of all that was written so many wait."""
        self._written += written
        taken = self._written - waiting
        if waiting <= WAITING_BYTES_MAX or taken > self._taken:
            self._taken, self._since_s = taken, now_s
        return waiting > WAITING_BYTES_END or now_s - self._since_s > UNREAD_S_MAX
