"""The rate of a counterparty: never above it in any window on the wire, whatever lies between our decision and the wire."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.rate import (
    HEARD_WITHIN_NS,
    Meter,
    Rate,
    cancel_at_ns,
    has_room_for_cancel,
    has_room_for_order,
    order_at_ns,
    room,
    used,
)

SECOND = 1_000_000_000
Asked = tuple[int, bool, int, int]


@st.composite
def rates(draw: st.DrawFn) -> Rate:
    messages_max = draw(st.integers(1, 8))
    window_ns = draw(st.integers(10, 80))
    return Rate(messages_max, window_ns, draw(st.integers(1, messages_max)), draw(st.integers(0, messages_max - 1)), 5)


asked = st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.integers(0, 40), st.integers(0, 40)), max_size=60)
"""How long after the one before, whether it is a cancel, how long it takes to the wire, and from there until it is told of."""


def played(rate: Rate, messages: list[Asked]) -> list[int]:
    """When each that was let go was on the wire. Workers send in the order in which they are told to."""
    meter, at_ns, wire_ns, told_at_ns = Meter(rate), 0, 0, 0
    wire: list[int] = []
    telling: list[tuple[int, str]] = []
    for number, (pause_ns, is_cancel, delay_ns, telling_ns) in enumerate(messages):
        at_ns += pause_ns
        while telling and telling[0][0] <= at_ns:
            meter.left(telling[0][1], telling.pop(0)[0])
        if (has_room_for_cancel if is_cancel else has_room_for_order)(meter, at_ns):
            meter.let_go(f"D {number}", at_ns)
            wire_ns = max(wire_ns, at_ns + delay_ns)
            told_at_ns = max(told_at_ns, wire_ns + telling_ns)
            wire.append(wire_ns)
            telling.append((told_at_ns, f"D {number}"))
    return wire


@given(rate=rates(), messages=asked)
def test_no_window_on_the_wire_holds_more_than_are_allowed(rate: Rate, messages: list[Asked]) -> None:
    wire = played(rate, messages)
    for most, window_ns in ((rate.messages_max, rate.window_ns), (rate.burst_max, rate.burst_ns)):
        assert all(later - earlier >= window_ns for earlier, later in zip(wire, wire[most:], strict=False))


@given(rate=rates(), messages=asked)
def test_orders_alone_never_use_what_is_kept_for_cancels(rate: Rate, messages: list[Asked]) -> None:
    wire = played(rate, [(pause_ns, False, delay_ns, telling_ns) for pause_ns, _, delay_ns, telling_ns in messages])
    most = rate.messages_max - rate.reserved
    assert all(later - earlier >= rate.window_ns for earlier, later in zip(wire, wire[most:], strict=False))


@given(rate=rates(), messages=asked)
def test_there_is_room_at_the_instant_that_is_foretold_and_not_before(rate: Rate, messages: list[Asked]) -> None:
    meter, at_ns = Meter(rate), 0
    for pause_ns, _, _, _ in messages:
        at_ns += pause_ns
        for when, has_room in ((cancel_at_ns, has_room_for_cancel), (order_at_ns, has_room_for_order)):
            due_ns = when(meter, at_ns)
            assert has_room(meter, due_ns)
            assert due_ns == at_ns or not has_room(meter, due_ns - 1)
        assert (room(meter, at_ns) > 0) is has_room_for_cancel(meter, at_ns)
        if has_room_for_cancel(meter, at_ns):
            meter.left("", at_ns)  # Nothing is on its way.


def test_over_the_rate_nothing_is_let_go_until_the_first_was_told_of_a_window_ago() -> None:
    meter = Meter(Rate(messages_max=3, window_ns=SECOND, burst_max=3, reserved=1, waiting_max=2))
    for name in ("D 1", "D 2"):
        assert has_room_for_order(meter, 0)
        meter.let_go(name, 0)
    assert (has_room_for_order(meter, 0), has_room_for_cancel(meter, 0)) == (False, True)
    meter.left("D 1", SECOND)
    assert [has_room_for_order(meter, at_ns) for at_ns in (SECOND, 2 * SECOND - 1, 2 * SECOND)] == [False, False, True]


def test_nothing_overtakes_a_waiting_cancel() -> None:
    meter = Meter(Rate(3, SECOND, 3, 1, 2))
    meter.waiting["FG2"] = "FG1"
    assert (has_room_for_order(meter, 0), has_room_for_cancel(meter, 0)) == (False, True)


def test_a_burst_is_bounded_by_itself() -> None:
    meter = Meter(Rate(messages_max=100, window_ns=SECOND, burst_max=2, reserved=0, waiting_max=2))
    meter.left("D 1", 0)
    meter.left("D 2", 0)
    assert (has_room_for_order(meter, SECOND // 10 - 1), has_room_for_order(meter, SECOND // 10)) == (False, True)


def test_what_was_let_go_and_is_never_told_of_does_not_count_for_ever() -> None:
    meter = Meter(Rate(1, SECOND, 1, 0, 2))
    meter.let_go("H 1", 0)
    last_ns = HEARD_WITHIN_NS + SECOND
    assert (used(meter, last_ns - 1, SECOND), used(meter, last_ns, SECOND)) == (1, 0)
    meter.let_go("H 2", last_ns)
    assert meter.flying == {"H 2": last_ns}


def test_two_messages_of_one_name_count_twice() -> None:
    meter = Meter(Rate(2, SECOND, 2, 0, 2))
    for _ in range(2):
        meter.let_go("AF ", 0)
    assert used(meter, 0, SECOND) == 2


def test_what_was_dropped_does_not_count() -> None:
    meter = Meter(Rate(1, SECOND, 1, 0, 2))
    meter.let_go("D 1", 0)
    meter.dropped("D 1")
    assert used(meter, 0, SECOND) == 0


def test_what_was_on_its_way_when_the_worker_ended_counts_from_then() -> None:
    meter = Meter(Rate(1, SECOND, 1, 0, 2))
    meter.let_go("D 1", 0)
    meter.ended(5)
    assert (used(meter, SECOND + 4, SECOND), used(meter, SECOND + 5, SECOND)) == (1, 0)


def test_no_more_is_remembered_than_is_needed() -> None:
    meter = Meter(Rate(3, SECOND, 3, 0, 2))
    for at_ns in range(100):
        meter.left("", at_ns)
    assert meter.told_ns[-3:] == [97, 98, 99]
    assert len(meter.told_ns) <= 6
