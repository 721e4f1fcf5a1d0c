"""The rate of a counterparty: never above it in any window, in order, and a cancel waits no longer than it must."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.rate import Rate, Spent, after, has_room_for_cancel, has_room_for_order, leaving_ns, waiting

SECOND = 1_000_000_000


@st.composite
def rates(draw: st.DrawFn) -> Rate:
    messages_max = draw(st.integers(1, 8))
    return Rate(messages_max, draw(st.integers(1, 50)), draw(st.integers(0, messages_max - 1)), draw(st.integers(1, 12)))


asked = st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=60)
"""How long after the one before, and whether it is a cancel."""


def played(rate: Rate, messages: list[tuple[int, bool]]) -> list[tuple[int, int, bool]]:
    """When each that was taken was asked for, when it leaves, and whether it is a cancel."""
    spent, at_ns, taken = Spent(), 0, []
    for pause_ns, is_cancel in messages:
        at_ns += pause_ns
        has_room = has_room_for_cancel if is_cancel else has_room_for_order
        if has_room(rate, spent, at_ns):
            taken.append((at_ns, leaving_ns(rate, spent, at_ns), is_cancel))
            spent = after(rate, spent, at_ns)
            assert waiting(spent, at_ns) <= rate.waiting_max
    return taken


@given(rate=rates(), messages=asked)
def test_no_window_wherever_it_begins_holds_more_than_are_allowed(rate: Rate, messages: list[tuple[int, bool]]) -> None:
    leaves = [leaves_ns for _, leaves_ns, _ in played(rate, messages)]
    assert leaves == sorted(leaves)
    assert all(later - earlier >= rate.window_ns for earlier, later in zip(leaves, leaves[rate.messages_max :], strict=False))


@given(rate=rates(), messages=asked)
def test_an_order_leaves_at_once_or_is_refused(rate: Rate, messages: list[tuple[int, bool]]) -> None:
    assert all(asked_ns == leaves_ns for asked_ns, leaves_ns, is_cancel in played(rate, messages) if not is_cancel)


@given(rate=rates(), messages=asked)
def test_orders_alone_never_use_what_is_kept_for_cancels(rate: Rate, messages: list[tuple[int, bool]]) -> None:
    taken = played(rate, [(pause_ns, False) for pause_ns, _ in messages])
    last_ns = sum(pause_ns for pause_ns, _ in messages)
    spent = Spent(tuple(leaves_ns for _, leaves_ns, _ in taken))
    for _ in range(rate.reserved):
        assert leaving_ns(rate, spent, last_ns) == last_ns
        spent = after(rate, spent, last_ns)


@given(rate=rates(), messages=asked)
def test_a_cancel_leaves_at_the_first_instant_that_breaks_no_rule(rate: Rate, messages: list[tuple[int, bool]]) -> None:
    taken = played(rate, messages)
    for place, (asked_ns, leaves_ns, _) in enumerate(taken):
        before = [earlier for _, earlier, _ in taken[:place]]
        bounds = [
            asked_ns,
            *before[-1:],
            *(earlier + rate.window_ns for earlier in before[-rate.messages_max :][:1] if _is_full(rate, before)),
        ]
        assert leaves_ns == max(bounds)


def _is_full(rate: Rate, before: list[int]) -> bool:
    return len(before) >= rate.messages_max


def test_over_the_rate_orders_are_refused_and_cancels_wait_up_to_the_bound() -> None:
    rate, spent = Rate(messages_max=3, window_ns=SECOND, reserved=1, waiting_max=2), Spent()
    for _ in range(2):
        assert has_room_for_order(rate, spent, 0)
        spent = after(rate, spent, 0)
    assert not has_room_for_order(rate, spent, 0)
    for leaves_ns in (0, SECOND, SECOND):
        assert has_room_for_cancel(rate, spent, 0)
        assert leaving_ns(rate, spent, 0) == leaves_ns
        spent = after(rate, spent, 0)
    assert not has_room_for_cancel(rate, spent, 0)
    assert [has_room_for_order(rate, spent, at_ns) for at_ns in (SECOND, 2 * SECOND - 1, 2 * SECOND)] == [False, False, True]
