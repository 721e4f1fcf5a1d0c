"""Time for the rules: forwards, at least as fast as it passes, whatever the wall clock does."""

from gateway.clock import Clock
from tests.support.orders import SECOND


class Hands:
    """Two clocks that a test moves."""

    def __init__(self) -> None:
        self.wall_ns, self.monotonic_ns = 1_000 * SECOND, 5 * SECOND
        self.clock = Clock(lambda: self.wall_ns, lambda: self.monotonic_ns)

    def after(self, passed_s: int, wall_step_s: int = 0) -> int:
        self.monotonic_ns += passed_s * SECOND
        self.wall_ns += (passed_s + wall_step_s) * SECOND
        return self.clock.now(0) // SECOND


def test_it_follows_the_wall_clock() -> None:
    hands = Hands()
    assert [hands.after(0), hands.after(1), hands.after(2, wall_step_s=60)] == [1_000, 1_001, 1_063]


def test_it_goes_on_while_the_wall_clock_is_behind() -> None:
    hands = Hands()
    hands.after(0)
    assert [hands.after(1, wall_step_s=-3_600), hands.after(10), hands.after(3_600)] == [1_001, 1_011, 4_611]


def test_it_starts_no_earlier_than_the_journal_ends() -> None:
    hands = Hands()
    assert hands.clock.now(9_000 * SECOND) == 9_000 * SECOND
    hands.monotonic_ns += SECOND
    assert hands.clock.now(9_000 * SECOND) == 9_001 * SECOND
