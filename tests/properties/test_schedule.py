"""A schedule against an oracle that walks along the clock on the wall, minute by minute, over every kind of change."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.schedule import Schedule, Standing, Window, standing, trading_day

CHANGES = (
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # Half an hour.
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Santiago", date(2025, 9, 7)),  # At midnight: the day begins at 01:00.
    ("America/Santiago", date(2025, 4, 6)),
    ("Pacific/Apia", date(2011, 12, 30)),  # A day that there never was.
    ("Asia/Kolkata", date(2026, 6, 1)),  # Nothing at all.
)
MINUTE = timedelta(minutes=1)
DAYS = 24
MINUTES = 2 * DAYS * 24 * 60
NS = 1_000_000_000


class Wall:
    """What the clock shows in each minute of some weeks around a day."""

    def __init__(self, zone: str, around: date) -> None:
        begins = datetime.combine(around, time(), UTC) - timedelta(days=DAYS)
        self.begins_s = int(begins.timestamp())
        place = ZoneInfo(zone)
        shown = [(begins + number * MINUTE).astimezone(place).replace(tzinfo=None, fold=0) for number in range(MINUTES)]
        self.latest = list(accumulate(shown, max))
        self.shown = shown

    def first(self, local: datetime) -> int:
        """The first minute in which it shows `local` or later."""
        return bisect_left(self.latest, local)

    def at_ns(self, minute: int) -> int:
        return (self.begins_s + 60 * minute) * NS


@cache
def wall(zone: str, around: date) -> Wall:
    return Wall(zone, around)


def open_minutes(schedule: Schedule, clock: Wall) -> list[bool]:
    """By walking: each window of each day is painted, then each holiday wiped."""
    is_open = [False] * MINUTES
    first = clock.shown[0].date()
    for day in (first + timedelta(days=number) for number in range(2 * DAYS)):
        for window in schedule.windows:
            if window.opens_on == day.weekday():
                begins = clock.first(datetime.combine(day, window.opens_at))
                ends = clock.first(datetime.combine(day + timedelta(days=window.days), window.closes_at))
                is_open[begins:ends] = [True] * max(ends - begins, 0)
    for day in schedule.holidays:
        begins, ends = (clock.first(datetime.combine(day + timedelta(days=days), time())) for days in (0, 1))
        is_open[begins:ends] = [False] * (ends - begins)
    return is_open


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 59]))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    opens_at, closes_at, days = draw(times), draw(times), draw(st.sampled_from([0, 1, 5, 7]))
    if (days == 0 and closes_at <= opens_at) or (days == 7 and closes_at > opens_at):
        opens_at, closes_at = closes_at, opens_at
    return Window(draw(st.integers(0, 6)), opens_at, days, closes_at)


@settings(max_examples=150, deadline=None)
@given(
    change=st.sampled_from(CHANGES),
    found=st.lists(windows(), min_size=1, max_size=5),
    holidays=st.frozensets(st.integers(-3, 3), max_size=2),
    minutes=st.lists(st.integers(-4 * 24 * 60, 4 * 24 * 60), min_size=1, max_size=8),
    ns=st.integers(0, 60 * NS - 1),
)
def test_a_schedule_stands_as_the_clock_on_the_wall_says(
    change: tuple[str, date], found: list[Window], holidays: frozenset[int], minutes: list[int], ns: int
) -> None:
    zone, around = change
    clock = wall(zone, around)
    schedule = Schedule(zone, tuple(found), frozenset(around + timedelta(days=days) for days in holidays))
    is_open = open_minutes(schedule, clock)
    for minute in (MINUTES // 2 + number for number in minutes):
        now = is_open[minute]
        later = next((m for m in range(minute, minute + 8 * 24 * 60) if is_open[m] is not now), None)
        found_now = standing(schedule, clock.at_ns(minute) + ns)
        assert found_now.is_open is now
        if later is not None:
            assert found_now == Standing(now, clock.at_ns(later))


@settings(max_examples=100, deadline=None)
@given(change=st.sampled_from(CHANGES), end_of_day=times, minute=st.integers(-4 * 24 * 60, 4 * 24 * 60))
def test_a_trading_day_ends_when_the_clock_on_the_wall_first_shows_its_end(
    change: tuple[str, date], end_of_day: time, minute: int
) -> None:
    zone, around = change
    clock, at = wall(zone, around), MINUTES // 2 + minute
    days = [around + timedelta(days=number) for number in range(-7, 8)]
    ends = {day: clock.first(datetime.combine(day + timedelta(days=end_of_day == time()), end_of_day)) for day in days}
    assert trading_day(Schedule(zone, (), end_of_day=end_of_day), clock.at_ns(at)) == next(d for d in days if at < ends[d])
