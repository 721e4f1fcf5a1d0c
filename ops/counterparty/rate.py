"""How many messages a counterparty takes, in the words of its file."""

from collections.abc import Iterator

import msgspec

from gateway.rate import BURSTS, Rate
from ops.toml_file import Key

_NS_PER_MS = 1_000_000
MESSAGES_MAX, WINDOW_MS_MAX, WAITING_MAX = 100_000, 3_600_000, 100_000
"""Beyond these nobody counts; and what has left within a window is remembered one by one."""


class RateWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[rate]. Without it, as many as there are."""

    messages: int
    """So many in any window, cancels among them."""
    reserved_for_cancels: int
    """So many of them only for cancels."""
    window_ms: int = 1_000
    burst: int | None = None
    """So many in any tenth of a window; None for as many as in a whole one."""
    waiting_cancels_max: int = 10_000
    """So many cancels may wait for their turn; the next one is refused."""

    @property
    def meaning(self) -> Rate:
        """Of words of which none is `wrong`."""
        return Rate(
            messages_max=self.messages,
            window_ns=self.window_ms * _NS_PER_MS,
            burst_max=self.messages if self.burst is None else self.burst,
            reserved=self.reserved_for_cancels,
            waiting_max=self.waiting_cancels_max,
        )

    def wrong(self) -> Iterator[tuple[Key, str]]:
        bounds = (("messages", MESSAGES_MAX), ("window_ms", WINDOW_MS_MAX), ("waiting_cancels_max", WAITING_MAX))
        for key, most in bounds:
            if not 1 <= getattr(self, key) <= most:
                yield ("rate", key), f"{getattr(self, key)} is not between 1 and {most}"
        if self.burst is not None and not 1 <= self.burst <= max(self.messages, 1):
            yield ("rate", "burst"), f"{self.burst} is not between 1 and messages, {self.messages}"
        if self.reserved_for_cancels < 0:
            yield ("rate", "reserved_for_cancels"), f"{self.reserved_for_cancels} is below zero"
        if self.reserved_for_cancels >= self.messages >= 1:
            text = f"{self.reserved_for_cancels} of {self.messages} messages are for cancels: no order could ever leave"
            yield ("rate", "reserved_for_cancels"), text

    def described(self) -> Iterator[tuple[str, str]]:
        """Rules that a person can read."""
        yield "messages", f"at most {self.messages} in any {self.window_ms} ms; over it orders and replaces are refused"
        if self.burst is not None:
            yield "bursts", f"at most {self.burst} of them in any {max(self.window_ms // BURSTS, 1)} ms"
        yield (
            "for cancels",
            f"{self.reserved_for_cancels} of {self.messages} are kept; over that they wait for their turn",
        )
        yield "waiting cancels", f"at most {self.waiting_cancels_max}; the next one is refused, but for those of a mass cancel"
