"""[schedule] of a counterparty's file: what it means, and what it cannot say."""

from datetime import date, time
from pathlib import Path

import pytest

from gateway.schedule import Schedule, Window
from ops.counterparty.file import read
from ops.toml_file import ConfigError

SHIPPED = Path("counterparties/simbroker.toml").read_text()
ZONE = '[schedule]\ntime_zone = "America/New_York"\n'
WEEK = '[[schedule.window]]\ndays = ["SUN"]\nopens = "17:05"\ncloses = "17:00"\ncloses_on = "FRI"\n'
NIGHTS = '[[schedule.window]]\ndays = ["MON", "TUE"]\nopens = "22:00"\ncloses = "06:00"\n'
LINE = SHIPPED.count("\n") + 1


def schedule(tmp_path: Path, words: str) -> Schedule:
    file = tmp_path / "venue.toml"
    file.write_text(SHIPPED + words)
    plans = read(file).plans
    assert plans[0].schedule == plans[1].schedule
    assert plans[0].schedule is not None
    return plans[0].schedule


def test_a_window_of_a_week_closes_on_another_day(tmp_path: Path) -> None:
    assert schedule(tmp_path, ZONE + WEEK) == Schedule("America/New_York", (Window(6, time(17, 5), 5, time(17)),))


def test_a_window_of_each_night_closes_the_day_after(tmp_path: Path) -> None:
    said = ZONE + 'holidays = [2026-12-25]\nend_of_day = "17:00"\n' + NIGHTS
    windows = (Window(0, time(22), 1, time(6)), Window(1, time(22), 1, time(6)))
    assert schedule(tmp_path, said) == Schedule("America/New_York", windows, frozenset({date(2026, 12, 25)}), time(17))


def test_a_week_without_an_end_closes_on_the_day_on_which_it_opens(tmp_path: Path) -> None:
    said = ZONE + WEEK.replace("FRI", "SUN")
    assert schedule(tmp_path, said).windows == (Window(6, time(17, 5), 7, time(17)),)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (ZONE.replace("New_York", "Gotham") + WEEK, f"{LINE + 1}: schedule.time_zone: 'America/Gotham' is no time zone"),
        (ZONE.replace("America/New_York", "../etc/passwd") + WEEK, f"{LINE + 1}: schedule.time_zone: "),
        (ZONE + "window = []\n", f"{LINE}: schedule: it opens never"),
        (ZONE + WEEK.replace('"SUN"', '"SUNDAY"'), f"{LINE + 3}: schedule.window[0].days[0]: 'SUNDAY' is none of MON"),
        (ZONE + WEEK.replace('"SUN"', ""), f"{LINE + 3}: schedule.window[0].days: it opens on no day"),
        (ZONE + NIGHTS.replace("22:00", "24:00"), f"{LINE + 4}: schedule.window[0].opens: '24:00' is no time of the day"),
        (ZONE + WEEK.replace("FRI", "FRY"), f"{LINE + 6}: schedule.window[0].closes_on: 'FRY' is none of"),
        (ZONE + NIGHTS + 'closes_on = "WED"\n', f"{LINE + 6}: schedule.window[0].closes_on: it opens on 2 days"),
        (ZONE + WEEK + NIGHTS, f"{LINE + 7}: schedule.window[1]: it overlaps another window"),
        (ZONE + NIGHTS.replace("06:00", "22:00") + WEEK.replace("SUN", "TUE"), "schedule.window[1]: it overlaps"),
        (ZONE + NIGHTS.replace('"TUE"', '"MON"'), f"{LINE + 2}: schedule.window[0]: it overlaps another window"),
        (ZONE + 'end_of_day = "5pm"\n' + WEEK, f"{LINE + 2}: schedule.end_of_day: '5pm' is no time of the day"),
        (ZONE + "holidays = [2026]\n" + WEEK, f"{LINE + 2}: schedule.holidays[0]: Expected `date`, got `int`"),
        (ZONE, f"{LINE}: schedule: key window is missing"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, words: str, complaint: str) -> None:
    with pytest.raises(ConfigError) as refused:
        schedule(tmp_path, words)
    assert f"venue.toml:{complaint}" in str(refused.value) or f": {complaint}" in str(refused.value)
