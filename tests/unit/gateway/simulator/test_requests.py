"""What the broker reads, and what it will not."""

from decimal import Decimal

import pytest

from gateway.simulator.fields import OrdType, Side, TimeInForce, utc_timestamp, utc_timestamp_ns
from gateway.simulator.requests import Malformed, NewOrder, Unsupported, read

ORDER = {35: "D", 11: "A1", 55: "EURUSD", 54: "1", 38: "100", 40: "2", 44: "1.385", 59: "1", 1: "DESK1"}


def test_an_order_is_read_whole() -> None:
    assert read(list(ORDER.items())) == NewOrder(
        "A1",
        "EURUSD",
        Side.BUY,
        OrdType.LIMIT,
        Decimal(100),
        price=Decimal("1.385"),
        time_in_force=TimeInForce.GOOD_TILL_CANCEL,
        account="DESK1",
    )


@pytest.mark.parametrize("tag", [43, 97])
def test_a_repeated_order_says_so(tag: int) -> None:
    order = read([*ORDER.items(), (tag, "Y")])
    assert isinstance(order, NewOrder)
    assert order.maybe_repeated


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (11, ""),
        (11, "x" * 65),
        (11, "a\0b"),
        (55, "EUR\xdf"),
        (1, "\n"),
        (54, "9"),
        (40, "P"),
        (59, "2"),
        (38, "NaN"),
        (38, "1e5"),
        (38, "+1"),
        (38, "1_000"),
        (38, "٣"),
        (44, "inf"),
        (44, "1" * 13),
    ],
)
def test_a_field_that_cannot_be_read_is_named(tag: int, value: str) -> None:
    with pytest.raises(Malformed, match=f"tag {tag} "):
        read(list((ORDER | {tag: value}).items()))


@pytest.mark.parametrize("tag", [11, 55, 54, 40, 38])
def test_a_field_that_is_missing_is_named(tag: int) -> None:
    with pytest.raises(Malformed, match=f"tag {tag} is missing"):
        read([one for one in ORDER.items() if one[0] != tag])


def test_an_expire_time_is_read_to_the_nanosecond_and_refused_when_it_is_none() -> None:
    order = read([*(ORDER | {59: "6"}).items(), (126, "20260102-03:04:05.123456789")])
    assert isinstance(order, NewOrder)
    assert order.expire_at_ns == utc_timestamp_ns("20260102-03:04:05.123456789")
    assert order.expire_at_ns is not None
    assert utc_timestamp(order.expire_at_ns) == "20260102-03:04:05.123456"
    for wrong in ("2026-01-02", "20260102-03:04:05.x", "20261302-03:04:05"):
        with pytest.raises(Malformed, match="tag 126 is not a UTCTimestamp"):
            read([*(ORDER | {59: "6"}).items(), (126, wrong)])


def test_another_message_is_not_served() -> None:
    with pytest.raises(Unsupported, match=r"MsgType\(35\)=AE"):
        read([(35, "AE")])
