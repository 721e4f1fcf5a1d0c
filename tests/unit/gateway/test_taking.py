"""What a counterparty does not take is refused before it leaves, before risk, with the field and the value."""

import pytest
from msgspec.structs import replace

from gateway.rules import decide
from gateway.state import State
from gateway.taking import EVERYTHING, Instruction, Takes, why_not, why_not_replaced
from oms.domain.events import OrderPlaced, OrderRefused, ReplaceRequested, RequestRefused
from oms.domain.exec_inst import ExecInst
from oms.domain.fields import HandlInst, OrderCapacity, OrdType, PositionEffect, Side, TimeInForce
from oms.domain.refusal import Refusal
from oms.domain.terms import Instructions, Terms
from tests.support.orders import CELL, PRINCIPAL, QUOTE, D, change, place, terms
from tests.unit.gateway.test_rules import ON, READY, granted

CASH = terms("0", None, cash_order_qty=D(1_000))
NOTHING = Takes(frozenset(), frozenset(), frozenset(), frozenset(), frozenset(), frozenset(), replace=False)
FULL = Instructions(
    handl_inst=HandlInst.MANUAL,
    exec_inst="1 G",
    min_qty=D(10),
    max_floor=D(20),
    peg_offset_value=D("-0.001"),
    position_effect=PositionEffect.OPEN,
    order_capacity=OrderCapacity.AGENCY,
    locate_reqd=False,
    locate_id="L-1",
    custom=((9000, "abc"),),
)


def ready(takes: Takes) -> State:
    """A session that is ready, whose counterparty takes this."""
    plans = tuple(replace(plan, takes=takes) for plan in CELL.sessions)
    made = State(replace(CELL, sessions=plans))
    made.quotes["EURUSD"] = QUOTE
    for event in (granted(), ON, READY):
        made.apply(event, made.seq + 1, 0)
    return made


def without(field: str, value: object) -> Takes:
    """Everything but that one."""
    return replace(EVERYTHING, **{field: getattr(EVERYTHING, field) - {value}})


@pytest.mark.parametrize(
    ("field", "value", "wanted", "text"),
    [
        ("ord_types", OrdType.STOP, terms(ord_type=OrdType.STOP), "ord_type=STOP"),
        ("times_in_force", TimeInForce.AT_THE_CLOSE, terms(time_in_force=TimeInForce.AT_THE_CLOSE), "time_in_force=AT_THE_CLOSE"),
        ("sides", Side.SELL_SHORT_EXEMPT, terms(side=Side.SELL_SHORT_EXEMPT), "side=SELL_SHORT_EXEMPT"),
        ("instructions", Instruction.CASH_ORDER_QTY, terms("0", None, cash_order_qty=D("9.50")), "cash_order_qty=9.5"),
        ("handl_insts", HandlInst.MANUAL, terms(instructions=FULL), "handl_inst=MANUAL"),
        ("exec_insts", ExecInst.ALL_OR_NONE, terms(instructions=FULL), "exec_inst=ALL_OR_NONE"),
        ("instructions", Instruction.MIN_QTY, terms(instructions=FULL), "min_qty=10"),
        ("instructions", Instruction.MAX_FLOOR, terms(instructions=FULL), "max_floor=20"),
        ("instructions", Instruction.PEG_OFFSET_VALUE, terms(instructions=FULL), "peg_offset_value=-0.001"),
        ("instructions", Instruction.POSITION_EFFECT, terms(instructions=FULL), "position_effect=OPEN"),
        ("instructions", Instruction.ORDER_CAPACITY, terms(instructions=FULL), "order_capacity=AGENCY"),
        ("instructions", Instruction.LOCATE, terms(instructions=FULL), "locate_id=L-1"),
        ("instructions", Instruction.LOCATE, terms(instructions=Instructions(locate_reqd=True)), "locate_reqd=True"),
        ("instructions", Instruction.CUSTOM_TAGS, terms(instructions=FULL), "custom_tags=9000=abc"),
    ],
)
def test_each_field_that_is_not_taken_is_named_with_its_value(field: str, value: object, wanted: Terms, text: str) -> None:
    assert why_not(EVERYTHING, wanted) == ""
    assert why_not(without(field, value), wanted) == text


def test_a_plain_order_is_taken_by_default() -> None:
    assert why_not(Takes(), terms()) == why_not_replaced(Takes(), terms()) == ""


def test_an_order_that_is_not_taken_is_refused_before_risk_looks_at_it() -> None:
    beyond_every_limit = terms("100000000", "9", ord_type=OrdType.PEGGED)
    (refused,) = decide(ready(Takes()), place(wanted=beyond_every_limit), 0)
    text = "ord_type=PEGGED session=BROKER"
    assert refused == OrderRefused("c1", PRINCIPAL, beyond_every_limit, Refusal.NOT_TAKEN, text)


@pytest.mark.parametrize(
    ("takes", "wanted", "text"),
    [
        (replace(EVERYTHING, replace=False), terms(), "replace=OrderCancelReplaceRequest session=BROKER"),
        (
            EVERYTHING,
            terms("0", None, cash_order_qty=D(1_000)),
            "order_qty=2000 of an order with cash_order_qty=1000 session=BROKER",
        ),
    ],
)
def test_a_replace_that_is_not_taken_is_refused(takes: Takes, wanted: Terms, text: str) -> None:
    state = ready(takes)
    (placed,) = decide(state, place(wanted=replace(wanted, order_qty=D(1_000))), 0)
    assert isinstance(placed, OrderPlaced)
    state.apply(placed, state.seq + 1, 0)
    (refused,) = decide(state, change(), 0)
    assert isinstance(refused, RequestRefused)
    assert (refused.refusal, refused.text, refused.decision) == (Refusal.NOT_TAKEN, text, None)


def test_a_replace_that_is_taken_is_asked_for() -> None:
    state = ready(Takes())
    state.apply(decide(state, place(), 0)[0], state.seq + 1, 0)
    assert isinstance(decide(state, change(), 0)[0], ReplaceRequested)


def test_a_counterparty_that_takes_nothing_gets_nothing() -> None:
    for ord_type in OrdType:
        assert why_not(NOTHING, terms(ord_type=ord_type)) == f"ord_type={ord_type.name}"
