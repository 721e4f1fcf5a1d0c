"""A stream's buffer: bounded, in order, and honest about where it was cut."""

import asyncio

import pytest

from gateway.api.v1.order_event_pb2 import OrderEvent
from gateway.api.v1.order_service_pb2 import TradeResponse
from gateway.control.order_events import framed
from gateway.control.status import EdgeRefusal, Refused
from gateway.control.subscription import MESSAGE_EVENTS, SILENCE_FACTS, Subscription


def fields(*seqs: int) -> bytes:
    return b"".join(framed(OrderEvent(seq=seq)) for seq in seqs)


async def taken(subscription: Subscription) -> tuple[list[int], int]:
    data = await asyncio.wait_for(subscription.take(), 1)
    assert data is not None
    response = TradeResponse.FromString(data)
    return [event.seq for event in response.events], response.seq


async def test_the_first_message_comes_at_once_and_says_from_where() -> None:
    assert await taken(Subscription(7, 10)) == ([], 7)


async def test_what_waits_goes_out_in_one_message() -> None:
    subscription = Subscription(0, 10)
    subscription.put(fields(1, 2), 2, 2)
    subscription.put(fields(4), 1, 5)
    assert await taken(subscription) == ([1, 2, 4], 5)


async def test_a_long_wait_goes_out_in_several_messages() -> None:
    subscription = Subscription(0, 3 * MESSAGE_EVENTS)
    for seq in range(1, MESSAGE_EVENTS + 3):
        subscription.put(fields(seq), 1, seq)
    assert (await taken(subscription))[1] == MESSAGE_EVENTS
    assert await taken(subscription) == ([MESSAGE_EVENTS + 1, MESSAGE_EVENTS + 2], MESSAGE_EVENTS + 2)


async def test_at_the_bound_the_stream_is_cut_with_the_last_seq_that_was_taken() -> None:
    subscription = Subscription(0, 3)
    subscription.put(fields(1), 1, 1)
    await taken(subscription)
    subscription.put(fields(2, 3, 4), 3, 4)
    assert subscription.is_open
    subscription.put(fields(5), 1, 5)
    subscription.put(fields(6), 1, 6)
    with pytest.raises(Refused) as refused:
        await subscription.take()
    assert (refused.value.refusal, refused.value.seq) == (EdgeRefusal.SLOW_CONSUMER, 1)


async def test_an_event_without_a_seq_does_not_move_the_token() -> None:
    subscription = Subscription(9, 10)
    subscription.put(fields(0), 1, 0)
    assert await taken(subscription) == ([0], 9)


async def test_a_quiet_stream_hears_how_far_it_is_now_and_then() -> None:
    subscription = Subscription(0, 10)
    await taken(subscription)
    subscription.pass_by(SILENCE_FACTS - 1)
    assert not subscription._ready.is_set()
    subscription.pass_by(SILENCE_FACTS)
    assert await taken(subscription) == ([], SILENCE_FACTS)


async def test_a_finished_stream_tells_the_rest_and_ends() -> None:
    subscription = Subscription(0, 10)
    subscription.put(fields(1), 1, 1)
    subscription.finish()
    assert await taken(subscription) == ([1], 1)
    assert await subscription.take() is None
