"""What we write of an order is what a broker reads of it, in every version."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import writing
from gateway.codec.message import message
from gateway.codec.text import fields
from gateway.codec.version import VERSIONS, Version
from gateway.simulator import fields as broker
from gateway.simulator.requests import NewOrder, ReplaceRequest, read
from oms.domain.fields import HandlInst, OrderCapacity, OrdType, PositionEffect, Side, TimeInForce
from oms.domain.terms import Instructions, Terms

AT_NS = 1_767_323_045_678_901_000
PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
numbers = st.decimals(Decimal("0.0001"), Decimal(10**9), places=4)
customs = st.lists(st.tuples(st.integers(5_701, 999_999_999), PRINTABLE), max_size=5).map(tuple)
instructions = st.builds(
    Instructions,
    handl_inst=st.sampled_from(HandlInst),
    exec_inst=st.sampled_from(["", "G", "1 G"]),
    min_qty=st.none() | numbers,
    max_floor=st.none() | numbers,
    position_effect=st.none() | st.sampled_from(PositionEffect),
    order_capacity=st.none() | st.sampled_from(OrderCapacity),
    locate_reqd=st.none() | st.booleans(),
    locate_id=st.just("") | PRINTABLE,
    custom=customs,
)
orders = st.builds(
    Terms,
    account=PRINTABLE,
    symbol=PRINTABLE,
    side=st.sampled_from([Side.BUY, Side.SELL, Side.SELL_SHORT]),
    ord_type=st.sampled_from([OrdType.MARKET, OrdType.LIMIT]),
    order_qty=numbers,
    price=st.none() | numbers,
    time_in_force=st.sampled_from([TimeInForce.DAY, TimeInForce.GOOD_TILL_CANCEL, TimeInForce.FILL_OR_KILL]),
    instructions=instructions,
)
versions = st.sampled_from(list(VERSIONS.values()))


@given(versions, orders)
def test_an_order_is_read_as_it_was_written(version: Version, wanted: Terms) -> None:
    raw = writing.new_order_single(version, "FG1", wanted, AT_NS).encode("ascii")
    assert read(fields(raw)) == NewOrder(
        cl_ord_id="FG1",
        symbol=wanted.symbol,
        side=broker.Side(wanted.side.code),
        ord_type=broker.OrdType(wanted.ord_type.code),
        order_qty=wanted.order_qty,
        price=wanted.price,
        time_in_force=broker.TimeInForce(wanted.time_in_force.code),
        account=wanted.account,
    )
    assert message(raw).custom == wanted.instructions.custom
    tags = [tag for tag, _ in fields(raw) if tag < 5_000]
    assert len(set(tags)) == len(tags)


@given(versions, orders)
def test_a_replace_is_read_as_it_was_written(version: Version, wanted: Terms) -> None:
    request = read(fields(writing.order_cancel_replace_request(version, "FG2", "FG1", wanted, AT_NS).encode("ascii")))
    assert isinstance(request, ReplaceRequest)
    assert (request.cl_ord_id, request.orig_cl_ord_id) == ("FG2", "FG1")
    assert (request.order_qty, request.price) == (wanted.order_qty, wanted.price)
