"""What a request may say: every field that cannot be read is refused by its name."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from gateway.api.v1 import fix_pb2
from gateway.api.v1.order_service_pb2 import CancelRequest, ReplaceRequest, SubmitRequest, TradeEntry
from gateway.control.identity import Principal, Role
from gateway.control.reading import NUMBER_LENGTH_MAX, _number, positive
from gateway.control.status import EdgeRefusal, Refused
from gateway.control.validation import cancel, change, command, place
from oms.domain.commands import CancelOrder, PlaceOrder, ReplaceOrder
from oms.domain.fields import OrdType, Side, TimeInForce
from oms.domain.terms import Terms

TRADER = Principal("spiffe://fixgate/test/trader/desk1", Role.TRADER, frozenset({"DESK1"}))


def submit(**changes: Any) -> SubmitRequest:
    wanted: dict[str, Any] = {
        "client_order_id": "A1",
        "account": "DESK1",
        "symbol": "EURUSD",
        "side": fix_pb2.SIDE_SELL,
        "ord_type": fix_pb2.ORD_TYPE_LIMIT,
        "order_qty": "100",
        "price": "1.385",
    }
    return SubmitRequest(**wanted | changes)


def wrong_field(request: SubmitRequest) -> str:
    with pytest.raises(Refused) as refused:
        place(request, TRADER)
    assert refused.value.refusal is EdgeRefusal.INVALID_FIELD
    assert refused.value.text
    return refused.value.field


def test_a_good_request_becomes_the_command_that_it_says() -> None:
    request = submit(time_in_force=fix_pb2.TIME_IN_FORCE_IMMEDIATE_OR_CANCEL, expire_at={"seconds": 3, "nanos": 7})
    terms = Terms(
        account="DESK1",
        symbol="EURUSD",
        side=Side.SELL,
        ord_type=OrdType.LIMIT,
        order_qty=Decimal(100),
        price=Decimal("1.385"),
        time_in_force=TimeInForce.IMMEDIATE_OR_CANCEL,
        expire_at_ns=3_000_000_007,
    )
    assert place(request, TRADER) == PlaceOrder(TRADER.spiffe_id, "A1", terms, TRADER.accounts)


def test_an_absent_time_in_force_is_day() -> None:
    assert place(submit(), TRADER).terms.time_in_force is TimeInForce.DAY


BAD_NUMBERS = (
    "", "NaN", "nan", "Infinity", "-1", "+1", "-0.5", "1e3", "1E3", "0x10", "1_000", "1,5", " 1", "1 ", "1.", ".5", "--1", "٣",
    "1\n", "0", "0.000", "1" * 19, "1." + "1" * 13, "9" * 40, "1.2.3",
)  # fmt: skip


@pytest.mark.parametrize("number", BAD_NUMBERS)
def test_a_quantity_that_is_no_positive_plain_decimal_is_refused(number: str) -> None:
    assert wrong_field(submit(order_qty=number)) == "order_qty"


@pytest.mark.parametrize("number", BAD_NUMBERS)
def test_a_price_that_is_no_positive_plain_decimal_is_refused(number: str) -> None:
    assert wrong_field(submit(price=number)) == "price"


@pytest.mark.parametrize("number", ["1", "0.000000000001", "999999999999999999.999999999999", "007", "1.50"])
def test_a_plain_decimal_keeps_every_digit(number: str) -> None:
    assert positive("order_qty", number) == Decimal(number)


def test_a_text_too_long_for_a_number_is_not_remembered() -> None:
    _number.cache_clear()
    for n in range(3):
        assert wrong_field(submit(order_qty="1" * (NUMBER_LENGTH_MAX + 1 + n))) == "order_qty"
    assert _number.cache_info().currsize == 0


@pytest.mark.parametrize("field", ["client_order_id", "account", "symbol"])
@pytest.mark.parametrize("text", ["", "A" * 65, "A B", "A\tB", "A\x01B", "Ä", "\x00", "A\n"])
def test_an_id_that_fix_could_not_carry_is_refused(field: str, text: str) -> None:
    assert wrong_field(submit(**{field: text})) == field


def test_an_id_may_have_64_characters() -> None:
    assert place(submit(client_order_id="~" * 64), TRADER).client_order_id == "~" * 64


@pytest.mark.parametrize("field", ["side", "ord_type"])
@pytest.mark.parametrize("number", [0, 1, 55, -1])
def test_an_enum_that_is_absent_or_unknown_is_refused(field: str, number: int) -> None:
    assert wrong_field(submit(**{field: number})) == field


def test_an_unknown_time_in_force_is_refused() -> None:
    assert wrong_field(submit(time_in_force=56)) == "time_in_force"


def test_a_market_order_has_no_price_and_a_limit_order_needs_one() -> None:
    assert wrong_field(submit(ord_type=fix_pb2.ORD_TYPE_MARKET)) == "price"
    assert wrong_field(submit(price="")) == "price"
    assert place(submit(ord_type=fix_pb2.ORD_TYPE_MARKET, price=""), TRADER).terms.price is None


@pytest.mark.parametrize("at", [{"seconds": -1}, {"seconds": 1 << 40}, {"nanos": -1}, {"nanos": 1_000_000_000}])
def test_a_deadline_that_is_no_instant_is_refused(at: dict[str, int]) -> None:
    assert wrong_field(submit(expire_at=at)) == "expire_at"


def test_a_deadline_in_the_past_is_the_engine_s_question() -> None:
    assert place(submit(expire_at={"seconds": 1}), TRADER).terms.expire_at_ns == 1_000_000_000


@pytest.mark.parametrize(
    ("names", "field"),
    [
        ({}, "root_id"),
        ({"root_id": "T1", "orig_client_order_id": "A1"}, "orig_client_order_id"),
        ({"root_id": "T 1"}, "root_id"),
        ({"orig_client_order_id": "A" * 65}, "orig_client_order_id"),
        ({"root_id": "T1", "client_order_id": ""}, "client_order_id"),
    ],
)
def test_a_cancel_or_replace_names_one_order_in_one_way(names: dict[str, str], field: str) -> None:
    wanted: dict[str, Any] = {"client_order_id": "C1"} | names
    with pytest.raises(Refused) as refused:
        cancel(CancelRequest(**wanted), TRADER)
    assert refused.value.field == field
    with pytest.raises(Refused) as refused:
        change(ReplaceRequest(**wanted, order_qty="1"), TRADER)
    assert refused.value.field == field


def test_a_replace_without_a_price_keeps_it() -> None:
    request = ReplaceRequest(client_order_id="R1", root_id="T1", order_qty="200")
    wanted = ReplaceOrder(TRADER.spiffe_id, "R1", TRADER.accounts, Decimal(200), None, root_id="T1")
    assert change(request, TRADER) == wanted
    assert command(TradeEntry(replace=request), TRADER) == wanted


def test_an_entry_is_what_it_holds() -> None:
    assert isinstance(command(TradeEntry(submit=submit()), TRADER), PlaceOrder)
    assert isinstance(command(TradeEntry(cancel=CancelRequest(client_order_id="C", root_id="T")), TRADER), CancelOrder)
    with pytest.raises(Refused, match="request"):
        command(TradeEntry(), TRADER)


@given(text=st.text(max_size=40))
def test_whatever_is_let_through_is_a_positive_number_within_bounds(text: str) -> None:
    try:
        number = positive("order_qty", text)
    except Refused:
        return
    assert 0 < number < Decimal(10) ** 18
    assert number == number.quantize(Decimal("1e-12"))


@given(data=st.binary(max_size=200))
def test_no_bytes_make_anything_but_a_command_or_a_refusal(data: bytes) -> None:
    entry = TradeEntry()
    try:
        entry.ParseFromString(data)
    except DecodeError:
        return
    with suppress(Refused):
        assert isinstance(command(entry, TRADER), (PlaceOrder, CancelOrder, ReplaceOrder))
