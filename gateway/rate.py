"""How many messages a counterparty takes in a time, with room kept for cancels. Pure: the instants of the last ones are a value.

Within any window of the given length, wherever it begins, no more leave than are allowed: venues count so, and some disconnect
whom they catch above it. New orders and replaces are refused where there is no room; cancels and questions leave a little later,
one after the other, and are refused only where too many wait.
"""

import msgspec


class Rate(msgspec.Struct, frozen=True):
    """What one counterparty takes."""

    messages_max: int
    """So many in any window."""
    window_ns: int
    reserved: int
    """So many of them are kept for cancels: fewer than `messages_max`."""
    waiting_max: int
    """So many may wait for their turn."""


class Spent(msgspec.Struct, frozen=True):
    """When the last messages left, or will leave: in order, at least the last `messages_max`, and all that wait."""

    leaves_ns: tuple[int, ...] = ()


def has_room_for_order(rate: Rate, spent: Spent, at_ns: int) -> bool:
    """Whether a new order or a replace may leave at once, and leaves enough for cancels. Nothing overtakes what waits."""
    return _in_window(rate, spent, at_ns) < rate.messages_max - rate.reserved and not waiting(spent, at_ns)


def has_room_for_cancel(rate: Rate, spent: Spent, at_ns: int) -> bool:
    """Whether a cancel may leave, at once or later."""
    return waiting(spent, at_ns) < rate.waiting_max


def waiting(spent: Spent, at_ns: int) -> int:
    """How many have not left yet."""
    return sum(leaves_ns > at_ns for leaves_ns in spent.leaves_ns)


def leaving_ns(rate: Rate, spent: Spent, at_ns: int) -> int:
    """When the next message may leave: now, or when the window has room and all before it have left."""
    last_ns = spent.leaves_ns[-1] if spent.leaves_ns else at_ns
    is_full = len(spent.leaves_ns) >= rate.messages_max
    room_ns = spent.leaves_ns[-rate.messages_max] + rate.window_ns if is_full else at_ns
    return max(at_ns, last_ns, room_ns)


def after(rate: Rate, spent: Spent, at_ns: int) -> Spent:
    """The same with one more message, which leaves at `leaving_ns`."""
    kept = max(rate.messages_max, waiting(spent, at_ns) + 1)
    return Spent((*spent.leaves_ns, leaving_ns(rate, spent, at_ns))[-kept:])


def _in_window(rate: Rate, spent: Spent, at_ns: int) -> int:
    """How many left within the window that ends at this instant."""
    return sum(leaves_ns > at_ns - rate.window_ns for leaves_ns in spent.leaves_ns)
