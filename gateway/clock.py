"""Time for the rules and the journal: the wall clock, made so that it never goes back and never stands still."""

from collections.abc import Callable


class Clock:
    """Follows the wall clock forwards. When that is set back, goes on from where it was, as fast as time passes.

    So an age is never shorter than the time that really passed: a price that nobody renews grows old whatever the clock does.
    """

    def __init__(self, wall_ns: Callable[[], int], monotonic_ns: Callable[[], int]) -> None:
        self._wall_ns = wall_ns
        self._monotonic_ns = monotonic_ns
        self._last_ns = 0
        self._last_monotonic_ns = monotonic_ns()

    def now(self, at_least_ns: int) -> int:
        """ns since the Unix epoch, not before `at_least_ns`: the journal may have been written under a clock that was ahead."""
        monotonic_ns = self._monotonic_ns()
        passed_ns = monotonic_ns - self._last_monotonic_ns
        self._last_ns = max(self._wall_ns(), self._last_ns + passed_ns, at_least_ns)
        self._last_monotonic_ns = monotonic_ns
        return self._last_ns
