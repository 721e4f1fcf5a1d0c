"""How many messages a counterparty takes in a time, with room kept for cancels. Pure: what has left is a value, time an argument.

Within any window on the wire, wherever it begins, no more leave than are allowed: venues count so, and some disconnect whom they
catch above it. A message may leave later than it was let go, for a commit and a socket lie between. So one that was let go counts
until its worker has told that it left, and from the telling on for as long as the window is: whatever the delays are, all that
share a window with the next message on the wire are counted when that one is let go.
"""

from bisect import bisect_right

import msgspec

HEARD_WITHIN_NS = 5_000_000_000
"""What was let go, and is not told of for so long, counts as if it had left then: a worker drops some messages without a word."""
BURSTS = 10
"""A burst is what leaves within this part of the window."""


class Rate(msgspec.Struct, frozen=True):
    """What one counterparty takes."""

    messages_max: int
    """So many in any window."""
    window_ns: int
    burst_max: int
    """So many in any tenth of it."""
    reserved: int
    """So many of `messages_max` are kept for cancels: fewer than all."""
    waiting_max: int
    """So many cancels may wait for their turn."""

    @property
    def burst_ns(self) -> int:
        return max(self.window_ns // BURSTS, 1)

    @property
    def orders_max(self) -> int:
        """Of all in a window, as many as may be no cancels."""
        return self.messages_max - self.reserved

    @property
    def orders_burst_max(self) -> int:
        """The same of a burst, in proportion; at least one."""
        return max(self.burst_max - self.reserved * self.burst_max // self.messages_max, 1)


class Meter(msgspec.Struct):
    """What has been let go to one counterparty, as a fold over facts."""

    rate: Rate
    told_ns: list[int] = []
    """When it was told of the last messages that they had left: never before they did. At least the last `messages_max`."""
    flying: dict[str, int] = {}
    """When each was let go that was not told of yet, by MsgType(35) and ClOrdID(11), the oldest first."""
    waiting: dict[str, str] = {}
    """The order of each cancel that waits for its turn, by the cancel's ClOrdID(11), the oldest first."""

    def let_go(self, name: str, at_ns: int) -> None:
        """A message leaves now, or in a moment."""
        while self.flying and (oldest := next(iter(self.flying.items())))[1] <= at_ns - self.rate.window_ns - HEARD_WITHIN_NS:
            del self.flying[oldest[0]]
        self.flying[name if name not in self.flying else f"{name} {at_ns} {len(self.flying)}"] = at_ns

    def left(self, name: str, at_ns: int) -> None:
        """We hear that it left."""
        self.flying.pop(name, None)
        self.told_ns.append(at_ns)
        if len(self.told_ns) > 2 * self.rate.messages_max:
            del self.told_ns[: -self.rate.messages_max]

    def dropped(self, name: str) -> None:
        """It will never leave."""
        self.flying.pop(name, None)

    def ended(self, at_ns: int) -> None:
        """Its worker is gone: what was on its way has left by now, or never will."""
        self.told_ns += [at_ns] * len(self.flying)
        self.flying.clear()
        del self.told_ns[: -self.rate.messages_max]


def has_room_for_order(meter: Meter, at_ns: int) -> bool:
    """Whether a new order, a replace or a question may leave, and leaves room for cancels. Nothing overtakes a waiting one."""
    rate = meter.rate
    return not meter.waiting and _has_room(meter, at_ns, rate.orders_max, rate.orders_burst_max)


def has_room_for_cancel(meter: Meter, at_ns: int) -> bool:
    """Whether a cancel may leave; the waiting ones do so in their order."""
    return _has_room(meter, at_ns, meter.rate.messages_max, meter.rate.burst_max)


def room(meter: Meter, at_ns: int) -> int:
    """How many cancels may leave now."""
    rate = meter.rate
    return min(rate.messages_max - used(meter, at_ns, rate.window_ns), rate.burst_max - used(meter, at_ns, rate.burst_ns))


def cancel_at_ns(meter: Meter, at_ns: int) -> int:
    """When the next cancel may leave, as far as is known now: to be asked again then, and whenever a message was told of."""
    return _room_at_ns(meter, at_ns, meter.rate.messages_max, meter.rate.burst_max)


def order_at_ns(meter: Meter, at_ns: int) -> int:
    """The same for a new order, where no cancel waits."""
    return _room_at_ns(meter, at_ns, meter.rate.orders_max, meter.rate.orders_burst_max)


def used(meter: Meter, at_ns: int, window_ns: int) -> int:
    """How many may share a window of this length with what is let go now."""
    since_ns = at_ns - window_ns
    silent = 0  # Let go so long ago that they have left, or were dropped, long before the window.
    for let_go_ns in meter.flying.values():
        if let_go_ns + HEARD_WITHIN_NS > since_ns:
            break
        silent += 1
    return len(meter.told_ns) - bisect_right(meter.told_ns, since_ns) + len(meter.flying) - silent


def _has_room(meter: Meter, at_ns: int, most: int, burst_most: int) -> bool:
    rate = meter.rate
    return used(meter, at_ns, rate.window_ns) < most and used(meter, at_ns, rate.burst_ns) < burst_most


def _room_at_ns(meter: Meter, at_ns: int, most: int, burst_most: int) -> int:
    rate = meter.rate
    return max(_free_at_ns(meter, at_ns, rate.window_ns, most), _free_at_ns(meter, at_ns, rate.burst_ns, burst_most))


def _free_at_ns(meter: Meter, at_ns: int, window_ns: int, most: int) -> int:
    """When there are fewer than `most` in the window. What is still on its way is taken to be told of now."""
    too_many = used(meter, at_ns, window_ns) - most + 1
    if too_many <= 0:
        return at_ns
    first = bisect_right(meter.told_ns, at_ns - window_ns)
    place = first + too_many - 1
    return (meter.told_ns[place] if place < len(meter.told_ns) else at_ns) + window_ns
