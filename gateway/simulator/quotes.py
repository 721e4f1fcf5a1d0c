"""Where quotes come from: recorded days, or a seeded random walk. Pure: what moves and after how long, no clock."""

import random
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import msgspec

from gateway.simulator.fields import SECOND_NS
from gateway.simulator.quote import Quote

MS_NS = 1_000_000
GAP_NS_MAX = 3 * SECOND_NS
"""Longer pauses of a recorded market are shortened to this."""
TICK = Decimal("0.00001")
_WALK_START_TICKS = 138_500
_WALK_TICKS_MIN = 100
_WALK_DELAY_NS = SECOND_NS // 20
_ZONES = {"fxcm": timezone(timedelta(hours=-5)), "oanda": UTC, "": UTC}
"""A dealer's day begins at midnight of this zone; without a dealer in the file's name it is UTC."""
_NAME = re.compile(r"(?:([a-z]+)_)?(\d{8})_quote\.zip")
_ROW = re.compile(r"(\d{1,8}),(\d{1,9}\.?\d{0,10}),(\d{1,9}\.?\d{0,10})", re.ASCII)


class QuotesUnreadable(Exception):
    """A quote file is missing or wrong: names the file, and the line where there is one."""


class Move(msgspec.Struct, frozen=True, gc=False):
    """The next quote and how long the market waits before it."""

    delay_ns: int
    quote: Quote


Tick = tuple[int, Quote]
"""Nanoseconds since the Unix epoch, and the quote of that moment."""


def load(files: Iterable[Path]) -> list[Tick]:
    """The quotes of all `files` in time order. Raises QuotesUnreadable."""
    ticks = [tick for file in files for tick in _day(file)]
    if not ticks:
        raise QuotesUnreadable("the quote files hold no quotes")
    ticks.sort(key=lambda tick: tick[0])
    return ticks


def replay(ticks: list[Tick]) -> Iterator[Move]:
    """The recorded market for ever. A new round goes on at the last price: it is shifted so that the market does not jump."""
    (before_ns, first), (_, last) = ticks[0], ticks[-1]
    drift = last.bid_px - first.bid_px
    shift = Decimal(0)
    while True:
        for at_ns, quote in ticks:
            yield Move(min(at_ns - before_ns, GAP_NS_MAX), Quote(quote.bid_px + shift, quote.offer_px + shift))
            before_ns = at_ns
        shift += drift
        before_ns = ticks[0][0] - GAP_NS_MAX


def random_walk(seed: int) -> Iterator[Move]:
    """Twenty quotes a second around 1.38500, one or two ticks wide. The same seed walks the same way."""
    chance = random.Random(seed)
    bid_ticks = _WALK_START_TICKS
    while True:
        bid_ticks = max(bid_ticks + chance.choice((-2, -1, -1, 0, 0, 1, 1, 2)), _WALK_TICKS_MIN)
        yield Move(_WALK_DELAY_NS, Quote(bid_ticks * TICK, (bid_ticks + chance.choice((1, 2))) * TICK))


def _day(file: Path) -> Iterator[Tick]:
    midnight_ns = _midnight_ns(file)
    for number, line in enumerate(_lines(file), start=1):
        row = _ROW.fullmatch(line)
        if row is None:
            raise QuotesUnreadable(f"{file}, line {number}: not `ms,bid,ask`: {line[:60]!r}")
        bid_px, offer_px = Decimal(row[2]), Decimal(row[3])
        if not bid_px or not offer_px:
            raise QuotesUnreadable(f"{file}, line {number}: a price is zero")
        if bid_px <= offer_px:  # A tenth of some recordings is crossed by a tick: no broker shows that to a client.
            yield midnight_ns + int(row[1]) * MS_NS, Quote(bid_px, offer_px)


def _midnight_ns(file: Path) -> int:
    name = _NAME.fullmatch(file.name)
    if name is None or (name[1] or "") not in _ZONES:
        dealers = ", ".join(sorted(filter(None, _ZONES)))
        raise QuotesUnreadable(f"{file}: the name must be [DEALER_]YYYYMMDD_quote.zip, DEALER one of {dealers}")
    try:
        midnight = datetime.strptime(name[2], "%Y%m%d").replace(tzinfo=_ZONES[name[1] or ""])
    except ValueError:
        raise QuotesUnreadable(f"{file}: {name[2]} is no date") from None
    return int(midnight.timestamp()) * SECOND_NS


def _lines(file: Path) -> list[str]:
    try:
        with zipfile.ZipFile(file) as archive:
            return [line for member in archive.namelist() for line in archive.read(member).decode("ascii").splitlines()]
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError) as failure:
        raise QuotesUnreadable(f"{file}: {failure}") from failure
