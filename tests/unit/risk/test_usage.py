"""What is told to be used is what a check would say is used."""

import pytest

from oms.domain.fields import Side
from risk.control import Control
from risk.explaining import explain
from risk.ledger import Ledger
from risk.limit import Limit
from risk.scope import parse
from risk.sheet import Sheet
from risk.usage import COUNTED, Used, counted, used
from tests.support.orders import EURUSD, MS, D, terms
from tests.unit.risk.cases import FACETS, NOW_NS, SCOPE, Given

SIDES = {Control.SHORT_QTY_MAX: Side.SELL}
NAMES = {Control.OPEN_ORDERS_MAX: "open_orders"}


def given(control: Control, value: int = 10**6) -> Given:
    return Given(terms(100, side=SIDES.get(control, Side.BUY)), (Limit(SCOPE, control, D(value)),))


@pytest.mark.parametrize("control", COUNTED)
def test_what_is_used_is_what_the_check_compares(control: Control) -> None:
    asked = given(control)
    basis = asked.basis
    check = next(
        one
        for one in explain(basis, asked.wanted, FACETS, NOW_NS).checks
        if one.limit is not None and one.limit.control is control and one.limit.scope == SCOPE
    )
    name = control.value.removesuffix("_max")
    assert D(check.numbers[name]) == used(basis.ledger, asked.limits[0]).used


def test_a_share_is_of_a_hundred_and_of_zero_there_is_none() -> None:
    ledger = given(Control.OPEN_VALUE_MAX).basis.ledger
    (half, none) = (used(ledger, Limit(SCOPE, Control.OPEN_VALUE_MAX, D(value))) for value in (1_662, 0))
    assert (half.used, half.percent, none.percent) == (D("831"), D(50), None)


def test_a_usage_that_is_a_lower_bound_says_so() -> None:
    asked = Given(limits=(Limit(SCOPE, Control.OPEN_VALUE_MAX, D(9)),), worst_px=None)
    assert used(asked.basis.ledger, asked.limits[0]) == Used(asked.limits[0], D(0), 1)


def test_only_limits_that_count_and_hold_are_told_from_the_firm_downwards() -> None:
    firm, desk = (parse(text) for text in ("firm", "account=DESK1"))
    rows = [
        Limit(desk, Control.OPEN_VALUE_MAX, D(1)),
        Limit(desk, Control.OPEN_ORDERS_MAX, D(1)),
        Limit(firm, Control.OPEN_VALUE_MAX, D(1)),
        Limit(firm, Control.ORDER_QTY_MAX, D(1)),
        Limit(firm, Control.OPEN_ORDERS_MAX, D(1), expires_at_ns=7 * MS),
    ]
    assert counted(Sheet("v1", rows), 7 * MS) == [rows[2], rows[1], rows[0]]


def test_what_nobody_used_is_zero() -> None:
    ledger = Ledger()
    ledger.watch([SCOPE])
    row = Limit(SCOPE, Control.DAY_NET_VALUE_MAX, D(1))
    assert used(ledger, row) == Used(row, D(0), 0)
    assert EURUSD.multiplier == 1
