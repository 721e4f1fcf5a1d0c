"""Who reads slowly is not cut off; who does not read is."""

from gateway.backlog import UNREAD_S_MAX, WAITING_BYTES_END, WAITING_BYTES_MAX, Backlog

MUCH = 2 * WAITING_BYTES_MAX


def test_a_worker_that_reads_keeps_its_link_however_much_waits() -> None:
    """All that a client was not told waits at once, and the same would wait for the next worker."""
    backlog = Backlog()
    assert not backlog.is_stuck(MUCH, MUCH, 100.0)
    for step in range(1, 1_000):
        assert not backlog.is_stuck(20, MUCH + 19 * step, 100.0 + step * UNREAD_S_MAX)


def test_a_worker_that_does_not_read_is_cut_off_after_a_while() -> None:
    backlog = Backlog()
    assert not backlog.is_stuck(MUCH, MUCH, 100.0)
    assert not backlog.is_stuck(20, MUCH + 20, 100.0 + UNREAD_S_MAX)
    assert backlog.is_stuck(20, MUCH + 40, 100.1 + UNREAD_S_MAX)


def test_little_may_wait_as_long_as_it_likes() -> None:
    backlog = Backlog()
    assert not backlog.is_stuck(WAITING_BYTES_MAX, WAITING_BYTES_MAX, 100.0)
    assert not backlog.is_stuck(0, WAITING_BYTES_MAX, 9_000.0)


def test_there_is_an_end() -> None:
    assert Backlog().is_stuck(WAITING_BYTES_END + 2, WAITING_BYTES_END + 1, 100.0)
