"""When a session is to be logged on: windows of the week in a named time zone, holidays, the end of the trading day. Pure.

A time of the day means the first instant at which the clock there shows it or a later one: a time that the clock passes twice
is the first of the two, and one that it leaps over is the leap.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

_NS = 1_000_000_000
_DAY = timedelta(days=1)
_MIDNIGHT = time()
_WEEK = timedelta(days=7)
_AHEAD_WEEKS = 60
"""A schedule that stays as it is for longer is taken to stay so for ever."""


class Window(msgspec.Struct, frozen=True):
    """Open once a week."""

    opens_on: int
    """Day of the week, from Monday, 0."""
    opens_at: time
    days: int
    """It closes so many days after the day on which it opened: 0 to 7."""
    closes_at: time


class Schedule(msgspec.Struct, frozen=True):
    """Open in any of its windows, but on no holiday. Times are what the clocks show in `time_zone`."""

    time_zone: str
    """As the IANA names it: Europe/London."""
    windows: tuple[Window, ...]
    holidays: frozenset[date] = frozenset()
    """Closed from midnight to midnight."""
    end_of_day: time = _MIDNIGHT
    """From here on it is the next trading day."""


class Standing(msgspec.Struct, frozen=True):
    """How a schedule stands at an instant."""

    is_open: bool
    changes_at_ns: int | None
    """The first instant from which on it stands otherwise; None if it does not change within a year."""


def standing(schedule: Schedule, at_ns: int) -> Standing:
    """Whether the session is to be logged on, and until when that holds."""
    zone, at_s = ZoneInfo(schedule.time_zone), at_ns // _NS
    today, closed = datetime.fromtimestamp(at_s, zone).date(), _closed_s(schedule, zone)
    is_open = _is_open(at_s, _open_s(schedule, today, zone), closed)
    for week in range(_AHEAD_WEEKS):
        day = today + week * _WEEK
        opened = _open_s(schedule, day, zone)
        until_s = _instant_s(datetime.combine(day + _WEEK, _MIDNIGHT), zone)
        edges = sorted({edge for span in (*opened, *closed) for edge in span if at_s < edge <= until_s})
        changed_s = next((edge for edge in edges if _is_open(edge, opened, closed) is not is_open), None)
        if changed_s is not None:
            return Standing(is_open, changed_s * _NS)
    return Standing(is_open, None)


def trading_day(schedule: Schedule, at_ns: int) -> date:
    """The day to which the instant belongs: an evening after `end_of_day` belongs to the next one."""
    zone, at_s = ZoneInfo(schedule.time_zone), at_ns // _NS
    day = datetime.fromtimestamp(at_s, zone).date()
    return next(d for d in (day - _DAY, day, day + _DAY) if at_s < _end_s(schedule, d, zone))


def day_ends_at_ns(schedule: Schedule, at_ns: int) -> int:
    """The first instant that does not belong to the same trading day any more."""
    return _end_s(schedule, trading_day(schedule, at_ns), ZoneInfo(schedule.time_zone)) * _NS


def _end_s(schedule: Schedule, day: date, zone: ZoneInfo) -> int:
    last = day + _DAY if schedule.end_of_day == _MIDNIGHT else day
    return _instant_s(datetime.combine(last, schedule.end_of_day), zone)


def _open_s(schedule: Schedule, day: date, zone: ZoneInfo) -> list[tuple[int, int]]:
    """The windows that may have a part in the week after `day`, as seconds since 1970: from, and until before."""
    days = [day + number * _DAY for number in range(-_WEEK.days - 1, _WEEK.days + 2)]
    return [_span_s(window, day, zone) for day in days for window in schedule.windows if window.opens_on == day.weekday()]


def _span_s(window: Window, day: date, zone: ZoneInfo) -> tuple[int, int]:
    opens, closes = datetime.combine(day, window.opens_at), datetime.combine(day + window.days * _DAY, window.closes_at)
    return _instant_s(opens, zone), _instant_s(closes, zone)


def _closed_s(schedule: Schedule, zone: ZoneInfo) -> list[tuple[int, int]]:
    nights = [(datetime.combine(day, _MIDNIGHT), datetime.combine(day + _DAY, _MIDNIGHT)) for day in schedule.holidays]
    return [(_instant_s(begins, zone), _instant_s(ends, zone)) for begins, ends in nights]


def _is_open(at_s: int, opened: list[tuple[int, int]], closed: list[tuple[int, int]]) -> bool:
    return _is_within(at_s, opened) and not _is_within(at_s, closed)


def _is_within(at_s: int, spans: list[tuple[int, int]]) -> bool:
    return any(begins <= at_s < ends for begins, ends in spans)


def _instant_s(local: datetime, zone: ZoneInfo) -> int:
    """The first second at which the clock of `zone` shows `local` or later."""
    late = int(local.replace(tzinfo=zone).timestamp())
    if _shown(late, zone) == local:
        return late
    early = int(local.replace(tzinfo=zone, fold=1).timestamp())  # Before the leap that skips it: the clock shows less.
    while late - early > 1:
        between = (early + late) // 2
        early, late = (early, between) if _shown(between, zone) >= local else (between, late)
    return late


def _shown(at_s: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at_s, UTC).astimezone(zone).replace(tzinfo=None, fold=0)
