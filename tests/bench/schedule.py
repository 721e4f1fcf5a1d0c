"""An open loop: orders leave at a fixed rate whatever the answers do, and latency counts from when each *should* have left."""

from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

NS_PER_S = 1_000_000_000


class Schedule(msgspec.Struct, frozen=True):
    """`count` sends at `rate_per_s`, the first at `start_ns`. Sends are numbered from 0."""

    start_ns: int
    rate_per_s: int
    count: int

    def at_ns(self, number: int) -> int:
        """When send `number` is due."""
        return self.start_ns + number * NS_PER_S // self.rate_per_s

    def due(self, now_ns: int) -> int:
        """How many sends are due at `now_ns`."""
        if now_ns < self.start_ns:
            return 0
        # The last n with at_ns(n) <= now_ns; at_ns rounds down, so this rounds up.
        return min(((now_ns - self.start_ns + 1) * self.rate_per_s - 1) // NS_PER_S + 1, self.count)

    def latency_ms(self, number: int, answered_ns: int) -> float:
        """From the scheduled time of send `number` to its answer: a sender that is held up cannot hide the wait."""
        return (answered_ns - self.at_ns(number)) / 1e6


async def batches(
    schedule: Schedule, entries_max: int, pause_s: float, now_ns: Callable[[], int], sleep_s: Callable[[float], Awaitable[None]]
) -> AsyncIterator[range]:
    """The numbers to send now, again and again: at most `entries_max` at once, never one before its time.

    When nothing is due it looks again after `pause_s`, or later: what has become due by then goes together.
    """
    sent = 0
    while sent < schedule.count:
        due = schedule.due(now_ns())
        if due == sent:
            await sleep_s(max((schedule.at_ns(sent) - now_ns()) / NS_PER_S, pause_s))
            continue
        batch = range(sent, min(due, sent + entries_max))
        sent = batch.stop
        yield batch
