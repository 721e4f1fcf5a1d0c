"""Types of order, instructions and custom tags at the edge: what does not fit is refused with the name of the field."""

from decimal import Decimal
from typing import Any

import pytest

from gateway.api.v1 import fix_pb2
from gateway.api.v1.instructions_pb2 import CustomTag
from gateway.api.v1.instructions_pb2 import Instructions as Given
from gateway.api.v1.order_service_pb2 import ReplaceRequest, SubmitRequest
from gateway.control import instructions
from gateway.control.identity import Principal, Role
from gateway.control.instructions import CUSTOM_TAGS_MAX
from gateway.control.status import EdgeRefusal, Refused
from gateway.control.validation import change, place
from oms.domain.fields import HandlInst, OrderCapacity, OrdType, PositionEffect, Side, TimeInForce
from oms.domain.terms import PLAIN, Instructions, Terms

TRADER = Principal("spiffe://fixgate/test/trader/desk1", Role.TRADER, frozenset({"DESK1"}))
GTD = {"time_in_force": fix_pb2.TIME_IN_FORCE_GOOD_TILL_DATE}
CASH = {"order_qty": "", "cash_order_qty": "1000"}
PRICES = {"price": "1.385", "stop_px": "1.39"}


def submit(**changes: Any) -> SubmitRequest:
    """A limit order to buy, changed. What it says about working it stands under `how`."""
    wanted: dict[str, Any] = {
        "client_order_id": "A1",
        "account": "DESK1",
        "symbol": "EURUSD",
        "side": fix_pb2.SIDE_BUY,
        "ord_type": fix_pb2.ORD_TYPE_LIMIT,
        "order_qty": "100",
        "price": "1.385",
    } | changes
    how = wanted.pop("how", None)
    return SubmitRequest(**wanted, instructions=None if how is None else Given(**how))


def taken(**changes: Any) -> Terms:
    return place(submit(**changes), TRADER).terms


def wrong_field(**changes: Any) -> str:
    with pytest.raises(Refused) as refused:
        taken(**changes)
    assert refused.value.refusal is EdgeRefusal.INVALID_FIELD
    assert 0 < len(refused.value.text) < 200
    return refused.value.field


NEEDS = {
    "MARKET": set[str](),
    "LIMIT": {"price"},
    "STOP": {"stop_px"},
    "STOP_LIMIT": {"price", "stop_px"},
    "MARKET_ON_CLOSE": set[str](),
    "LIMIT_ON_CLOSE": {"price"},
    "MARKET_IF_TOUCHED": {"stop_px"},
    "MARKET_WITH_LEFT_OVER_AS_LIMIT": set[str](),
    "PEGGED": {"price"},
}
"""The prices of each type of order; a pegged one may do without."""


@pytest.mark.parametrize("given", [set(), {"price"}, {"stop_px"}, {"price", "stop_px"}])
@pytest.mark.parametrize("ord_type", OrdType)
def test_an_order_has_the_prices_of_its_type_and_no_other(ord_type: OrdType, given: set[str]) -> None:
    prices = {field: PRICES[field] if field in given else "" for field in PRICES}
    asked = {"ord_type": ord(ord_type.code)} | prices
    needed = NEEDS[ord_type.name]
    if given == needed or (ord_type is OrdType.PEGGED and not given):
        found = taken(**asked)
        assert (found.price is not None, found.stop_px is not None) == ("price" in given, "stop_px" in given)
    else:
        assert wrong_field(**asked) in given ^ needed


def test_every_field_arrives_as_it_was_said() -> None:
    how: dict[str, Any] = {
        "handl_inst": fix_pb2.HANDL_INST_MANUAL,
        "exec_inst": "1 G",
        "min_qty": "10",
        "max_floor": "20",
        "peg_offset_value": "-0.001",
        "expire_time": {"seconds": 3, "nanos": 7},
        "position_effect": fix_pb2.POSITION_EFFECT_OPEN,
        "order_capacity": fix_pb2.ORDER_CAPACITY_AGENCY,
        "locate_reqd": False,
        "locate_id": "L-1",
        "custom_tags": [{"tag": 9000, "value": "a = b"}, {"tag": 5000, "value": "~"}],
    }
    kind = {"ord_type": fix_pb2.ORD_TYPE_PEGGED, "side": fix_pb2.SIDE_SELL_SHORT} | GTD
    found = taken(how=how, **kind)
    assert found == Terms(
        account="DESK1",
        symbol="EURUSD",
        side=Side.SELL_SHORT,
        ord_type=OrdType.PEGGED,
        order_qty=Decimal(100),
        price=Decimal("1.385"),
        time_in_force=TimeInForce.GOOD_TILL_DATE,
        instructions=Instructions(
            handl_inst=HandlInst.MANUAL,
            exec_inst="1 G",
            min_qty=Decimal(10),
            max_floor=Decimal(20),
            peg_offset_value=Decimal("-0.001"),
            expire_time_ns=3_000_000_007,
            position_effect=PositionEffect.OPEN,
            order_capacity=OrderCapacity.AGENCY,
            locate_reqd=False,
            locate_id="L-1",
            custom=((9000, "a = b"), (5000, "~")),
        ),
    )
    assert instructions.shown(found.instructions) == Given(**how)


def test_an_order_that_says_nothing_more_is_plain() -> None:
    assert taken().instructions is PLAIN
    assert taken(how={}).instructions == PLAIN
    assert instructions.shown(PLAIN) is None


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"handl_inst": 52}, "handl_inst"),
        ({"exec_inst": "1G"}, "exec_inst"),
        ({"exec_inst": "1  G"}, "exec_inst"),
        ({"exec_inst": " 1"}, "exec_inst"),
        ({"exec_inst": "1 1"}, "exec_inst"),
        ({"exec_inst": "!"}, "exec_inst"),
        ({"exec_inst": "1\x01G"}, "exec_inst"),
        ({"exec_inst": "1 " * 100_000}, "exec_inst"),
        ({"min_qty": "0"}, "min_qty"),
        ({"min_qty": "-1"}, "min_qty"),
        ({"min_qty": "101"}, "min_qty"),
        ({"max_floor": "1e2"}, "max_floor"),
        ({"max_floor": "100.5"}, "max_floor"),
        ({"peg_offset_value": "0.1"}, "peg_offset_value"),
        ({"expire_time": {"seconds": 1}}, "expire_time"),
        ({"expire_date": "20261231"}, "expire_date"),
        ({"expire_date": "2026-12-31"}, "expire_date"),
        ({"position_effect": 1}, "position_effect"),
        ({"order_capacity": 1}, "order_capacity"),
        ({"locate_reqd": True}, "locate_reqd"),
        ({"locate_reqd": False}, "locate_reqd"),
        ({"locate_id": "L-1"}, "locate_id"),
        ({"locate_id": "L 1"}, "locate_id"),
    ],
)
def test_an_instruction_that_cannot_be_or_does_not_fit_is_refused(how: dict[str, Any], field: str) -> None:
    assert wrong_field(how=how) == field


@pytest.mark.parametrize("field", ["min_qty", "max_floor"])
def test_a_part_may_be_the_whole_order(field: str) -> None:
    assert getattr(taken(how={field: "100"}).instructions, field) == 100


@pytest.mark.parametrize("text", ["0", "-0.5", "0.5", "-999999999999999999.999999999999"])
def test_a_peg_may_be_on_either_side(text: str) -> None:
    asked = {"ord_type": fix_pb2.ORD_TYPE_PEGGED, "how": {"peg_offset_value": text}}
    assert taken(**asked).instructions.peg_offset_value == Decimal(text)


@pytest.mark.parametrize("text", ["+1", "--1", "1e3", "NaN", "-", "1" * 40])
def test_a_peg_that_is_no_plain_decimal_is_refused(text: str) -> None:
    assert wrong_field(ord_type=fix_pb2.ORD_TYPE_PEGGED, how={"peg_offset_value": text}) == "peg_offset_value"


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({}, "expire_time"),
        ({"expire_time": {"seconds": 1}, "expire_date": "20261231"}, "expire_date"),
        ({"expire_time": {"seconds": -1}}, "expire_time"),
        ({"expire_date": "20261301"}, "expire_date"),
        ({"expire_date": "00000101"}, "expire_date"),
    ],
)
def test_an_order_good_till_a_date_says_one_date(how: dict[str, Any], field: str) -> None:
    assert wrong_field(**GTD, how=how) == field
    assert taken(**GTD, how={"expire_date": "20280229"}).instructions.expire_date == "20280229"


@pytest.mark.parametrize("how", [{"locate_reqd": True}, {"locate_id": "L-1"}, {"locate_reqd": False, "locate_id": "L-1"}])
def test_a_short_sale_says_who_finds_the_shares(how: dict[str, Any]) -> None:
    assert taken(side=fix_pb2.SIDE_SELL_SHORT, how=how).side is Side.SELL_SHORT
    assert taken(side=fix_pb2.SIDE_SELL_SHORT_EXEMPT, how=how).side is Side.SELL_SHORT_EXEMPT


@pytest.mark.parametrize("how", [None, {}, {"locate_reqd": False}])
def test_only_an_exempt_short_sale_needs_no_locate(how: dict[str, Any] | None) -> None:
    assert wrong_field(side=fix_pb2.SIDE_SELL_SHORT, how=how) == "locate_reqd"
    assert taken(side=fix_pb2.SIDE_SELL_SHORT_EXEMPT, how=how).side is Side.SELL_SHORT_EXEMPT


def test_an_order_is_a_quantity_or_an_amount_of_money() -> None:
    found = taken(**CASH)
    assert (found.order_qty, found.cash_order_qty) == (Decimal(0), Decimal(1000))
    assert wrong_field(order_qty="") == "order_qty"
    assert wrong_field(cash_order_qty="1000") == "cash_order_qty"
    assert wrong_field(order_qty="", cash_order_qty="0") == "cash_order_qty"
    assert wrong_field(**CASH, how={"min_qty": "1"}) == "min_qty"


@pytest.mark.parametrize(
    "custom",
    [
        [{"tag": 4999, "value": "a"}],
        [{"tag": 5700, "value": "a"}],
        [{"tag": 100_000, "value": "a"}],
        [{"tag": 0, "value": "a"}],
        [{"tag": 9000, "value": ""}],
        [{"tag": 9000, "value": "a" * 65}],
        [{"tag": 9000, "value": "a\x01b"}],
        [{"tag": 9000, "value": "a\n"}],
        [{"tag": 9000, "value": "Ä"}],
        [{"tag": 9000, "value": "a"}, {"tag": 9000, "value": "b"}],
        [{"tag": 9000 + n, "value": "a"} for n in range(CUSTOM_TAGS_MAX + 1)],
    ],
)
def test_a_custom_tag_that_fix_could_not_carry_is_refused(custom: list[dict[str, Any]]) -> None:
    assert wrong_field(how={"custom_tags": custom}) == "custom_tags"


def test_sixteen_custom_tags_keep_their_order() -> None:
    custom = [(9000 - n, "v" * 64) for n in range(CUSTOM_TAGS_MAX)]
    assert taken(how={"custom_tags": [CustomTag(tag=t, value=v) for t, v in custom]}).instructions.custom == tuple(custom)


def test_a_child_names_its_parent_and_a_parent_has_none() -> None:
    assert place(submit(parent_root_id="T1"), TRADER).parent_id == "T1"
    assert place(submit(is_parent=True), TRADER).is_parent
    assert wrong_field(is_parent=True, parent_root_id="T1") == "parent_root_id"
    assert wrong_field(parent_root_id="T 1") == "parent_root_id"
    assert wrong_field(is_parent=True, expire_at={"seconds": 1}) == "expire_at"
    assert wrong_field(is_parent=True, **CASH) == "cash_order_qty"
    assert wrong_field(parent_root_id="T1", **CASH) == "cash_order_qty"


def test_a_replace_may_name_another_stop_price() -> None:
    request = ReplaceRequest(client_order_id="R1", root_id="T1", order_qty="1", stop_px="1.4")
    assert change(request, TRADER).stop_px == Decimal("1.4")
    request.stop_px = "0"
    with pytest.raises(Refused, match="stop_px"):
        change(request, TRADER)
