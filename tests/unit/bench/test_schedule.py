"""The open loop: nothing leaves early, nothing is skipped, and a held-up sender cannot hide the wait."""

from hypothesis import given
from hypothesis import strategies as st

from tests.bench.schedule import NS_PER_S, Schedule, batches

RATES = st.integers(1, 50_000)


class FakeTime:
    """A clock that moves only when somebody sleeps or is made to wait."""

    def __init__(self) -> None:
        self.now_ns = 0

    async def sleep_s(self, seconds: float) -> None:
        self.now_ns += max(round(seconds * NS_PER_S), 1)


@given(rate_per_s=RATES, number=st.integers(0, 10**6), start_ns=st.integers(0, 10**18))
def test_a_send_is_due_at_its_time_and_not_before(rate_per_s: int, number: int, start_ns: int) -> None:
    schedule = Schedule(start_ns, rate_per_s, count=10**6 + 1)
    at_ns = schedule.at_ns(number)
    assert (schedule.due(at_ns - 1), schedule.due(at_ns)) == (number, number + 1)


def test_nothing_is_due_before_the_start() -> None:
    assert Schedule(start_ns=1000, rate_per_s=10, count=5).due(999) == 0


def test_no_more_are_due_than_were_asked_for() -> None:
    assert Schedule(start_ns=0, rate_per_s=10, count=5).due(10 * NS_PER_S) == 5


@given(rate_per_s=RATES, count=st.integers(1, 200), entries_max=st.integers(1, 40), stall_ns=st.integers(0, NS_PER_S // 100))
async def test_batches_send_each_once_in_order_never_early(rate_per_s: int, count: int, entries_max: int, stall_ns: int) -> None:
    time = FakeTime()
    schedule = Schedule(0, rate_per_s, count)
    sent: list[int] = []
    async for batch in batches(schedule, entries_max, 0, lambda: time.now_ns, time.sleep_s):
        assert 0 < len(batch) <= entries_max
        assert schedule.at_ns(batch[-1]) <= time.now_ns
        sent += batch
        time.now_ns += stall_ns
    assert sent == list(range(count))


async def test_a_sender_that_was_held_up_shows_the_wait_as_latency() -> None:
    time = FakeTime()
    schedule = Schedule(0, rate_per_s=1000, count=3)
    latencies_ms: list[float] = []
    async for batch in batches(schedule, 1, 0, lambda: time.now_ns, time.sleep_s):
        time.now_ns += 10_000_000  # The write blocks for 10 ms, then the answer is there.
        latencies_ms += [schedule.latency_ms(number, time.now_ns) for number in batch]
    assert latencies_ms == [10.0, 19.0, 28.0]


async def test_what_becomes_due_during_a_pause_goes_together() -> None:
    time = FakeTime()
    schedule = Schedule(0, rate_per_s=4000, count=9)
    sent = [batch async for batch in batches(schedule, 32, 0.001, lambda: time.now_ns, time.sleep_s)]
    assert sent == [range(1), range(1, 5), range(5, 9)]
