"""QuickFIX's callbacks of a market data session: only the latest fresh snapshot of each symbol goes on, and not too often."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from gateway import link
from gateway.fix.raw import LOGOUT, logout_text, value

QUOTE_AGE_S_MAX = 3.0
"""A snapshot that was sent longer ago, by SendingTime(52), is dropped. What piled up in a socket, here or at the venue, comes out
as if it were new, and the engine counts a price's age from its arrival. Well above what clocks under NTP differ by, and below the
age at which risk refuses a price."""
_SNAPSHOT = b"W"
_REFUSALS = frozenset({b"3", b"j", b"Y"})
"""Reject, BusinessMessageReject, MarketDataRequestReject: there will be no prices."""


class MarketDataHandler:
    """Holds the latest snapshots between two ticks."""

    def __init__(
        self, add: Callable[[link.FromWorker], None], flush: Callable[[], None], wall_s: Callable[[], float] = time.time
    ) -> None:
        self._add = add
        self._flush = flush
        self._wall_s = wall_s
        self._logout_text = ""
        self._latest: dict[bytes, bytes] = {}
        """By Symbol(55). QuickFIX's thread puts in and the main thread takes out: each in one step, always in this very dict."""

    def logged_on(self, session: str) -> None:
        self._add(link.LoggedOn())
        self._flush()

    def logged_out(self, session: str) -> None:
        self._latest.clear()
        text, self._logout_text = self._logout_text, ""
        self._add(link.LoggedOut(text))
        self._flush()

    def outgoing_app(self, session: str, raw: bytes) -> None:
        """A subscription: nobody's order."""

    def outgoing_admin(self, session: str, raw: bytes) -> None:
        """The session's own business: its numbers start anew at every logon."""

    def incoming_admin(self, session: str, raw: bytes) -> None:
        if value(raw, b"\x0135=") == LOGOUT:
            self._logout_text = logout_text(raw)
        _tell_refusal(session, raw)

    def incoming_app(self, session: str, raw: bytes) -> None:
        if value(raw, b"\x0135=") != _SNAPSHOT:
            _tell_refusal(session, raw)
        elif b"\x0143=Y" not in raw:  # A price that is sent again is an old price.
            symbol = value(raw, b"\x0155=")
            self._latest[symbol] = raw

    def tick(self) -> None:
        """Pass the latest prices on. Called by the main thread."""
        for symbol in list(self._latest):
            raw = self._latest.pop(symbol, None)  # None: the session has gone down meanwhile.
            if raw is not None and self._is_fresh(raw):
                self._add(link.Received(raw))
        self._flush()

    def _is_fresh(self, raw: bytes) -> bool:
        sending_time = value(raw, b"\x0152=").decode("latin-1")
        try:
            sent = datetime.fromisoformat(f"{sending_time[:8]}T{sending_time[9:]}").replace(tzinfo=UTC)
        except ValueError:
            return False
        return self._wall_s() - sent.timestamp() <= QUOTE_AGE_S_MAX


def _tell_refusal(session: str, raw: bytes) -> None:
    """An operator wonders why every order is refused for want of a price."""
    if value(raw, b"\x0135=") in _REFUSALS:
        shown = raw.replace(b"\x01", b"|").decode("ascii", "backslashreplace")[:1_000]
        sys.stderr.write(f"{session}: the venue refuses to send prices: {shown}\n")
        sys.stderr.flush()
