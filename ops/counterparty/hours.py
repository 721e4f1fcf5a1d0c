"""When a counterparty's sessions are logged on, in the words of its file."""

import re
from collections.abc import Iterator
from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from gateway.schedule import Schedule, Window
from ops.toml_file import Key

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_DAY_MIN = 24 * 60


class WindowWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[schedule.window]]: on each of `days` from `opens` to `closes`, of the next day where that is not later."""

    days: tuple[str, ...]
    opens: str
    closes: str
    closes_on: str = ""
    """The day on which it closes, where that is neither the same nor the next: for sessions of a week."""

    @property
    def meaning(self) -> tuple[Window, ...]:
        return tuple(self._on(DAYS.index(day)) for day in self.days)

    def _on(self, day: int) -> Window:
        opens, closes = _time(self.opens), _time(self.closes)
        days = int(closes <= opens)
        if self.closes_on:
            days = (DAYS.index(self.closes_on) - day) % len(DAYS)
            days += len(DAYS) * (days == 0 and closes <= opens)
        return Window(day, opens, days, closes)

    def wrong(self, at: Key) -> Iterator[tuple[Key, str]]:
        if not self.days:
            yield (*at, "days"), "it opens on no day"
        for place, day in enumerate(self.days):
            if day not in DAYS:
                yield (*at, "days", place), f"{day!r} is none of {', '.join(DAYS)}"
        for key in ("opens", "closes"):
            yield from _wrong_time((*at, key), getattr(self, key))
        if self.closes_on and self.closes_on not in DAYS:
            yield (*at, "closes_on"), f"{self.closes_on!r} is none of {', '.join(DAYS)}"
        if self.closes_on and len(self.days) > 1:
            yield (*at, "closes_on"), f"it opens on {len(self.days)} days, and would close for all of them on one"


class ScheduleWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"windows": "window"}):
    """[schedule]. Without it the sessions are logged on always."""

    time_zone: str
    """As the IANA names it: Europe/London."""
    windows: tuple[WindowWords, ...]
    holidays: tuple[date, ...] = ()
    """Closed from midnight to midnight there."""
    end_of_day: str = "00:00"
    """From here on it is the next trading day: a request of the one before is not sent again."""

    @property
    def meaning(self) -> Schedule:
        """Of words of which none is `wrong`."""
        windows = tuple(window for words in self.windows for window in words.meaning)
        return Schedule(self.time_zone, windows, frozenset(self.holidays), _time(self.end_of_day))

    def wrong(self) -> Iterator[tuple[Key, str]]:
        at = ("schedule",)
        if not _is_zone(self.time_zone):
            yield (*at, "time_zone"), f"{self.time_zone!r} is no time zone such as Europe/London"
        yield from _wrong_time((*at, "end_of_day"), self.end_of_day)
        if not self.windows:
            yield at, "it opens never: leave [schedule] out for a session that is always open"
        windows = [found for place, window in enumerate(self.windows) for found in window.wrong((*at, "window", place))]
        yield from windows or self._overlaps()

    def _overlaps(self) -> Iterator[tuple[Key, str]]:
        """Two windows over one another contradict each other: one of them would close what the other keeps open."""
        taken: list[tuple[int, int]] = []
        for place, words in enumerate(self.windows):
            spans = [_span_min(window) for window in words.meaning]
            if any(_meet(one, other) for number, one in enumerate(spans) for other in (*taken, *spans[:number])):
                yield ("schedule", "window", place), "it overlaps another window"
            taken += spans


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _wrong_time(at: Key, text: str) -> Iterator[tuple[Key, str]]:
    if not _TIME.fullmatch(text):
        yield at, f"{text!r} is no time of the day such as 07:30"


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


def _span_min(window: Window) -> tuple[int, int]:
    """From and until, in minutes since Monday began."""
    begins = window.opens_on * _DAY_MIN
    ends = begins + window.days * _DAY_MIN
    return begins + _minute(window.opens_at), ends + _minute(window.closes_at)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether the two have a minute in common, in this week or around its end."""
    week = len(DAYS) * _DAY_MIN
    return any(one[0] < other[1] + shift and other[0] + shift < one[1] for shift in (-week, 0, week))
