"""Fields that do not fit one another are refused inside, whichever door the order came through."""

import pytest

from gateway.rules import decide
from gateway.taking import EVERYTHING
from oms.domain.events import OrderPlaced, OrderRefused, ReplaceRequested, RequestRefused
from oms.domain.fields import OrdType, Side, TimeInForce
from oms.domain.fitness import why_unfit
from oms.domain.refusal import Refusal
from oms.domain.terms import Instructions, Terms
from tests.support.client_side import ClientSide
from tests.support.orders import D, change, place, terms
from tests.unit.gateway.test_taking import ready

GTD = TimeInForce.GOOD_TILL_DATE
DATED = Instructions(expire_date="20991231")


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (terms(side=Side.SELL_SHORT), "locate_reqd"),
        (terms(instructions=Instructions(locate_reqd=True)), "locate_reqd"),
        (terms(instructions=Instructions(min_qty=D(2_000))), "min_qty"),
        (terms(instructions=Instructions(max_floor=D(1_001))), "max_floor"),
        (terms(time_in_force=GTD), "expire_time"),
        (terms(instructions=DATED), "expire_date"),
        (terms(time_in_force=GTD, instructions=Instructions(expire_date="20991231", expire_time_ns=9)), "expire_date"),
        (terms(instructions=Instructions(peg_offset_value=D(1))), "peg_offset_value"),
        (terms(stop_px=D(1)), "stop_px"),
        (terms(ord_type=OrdType.STOP_LIMIT), "stop_px"),
        (terms(price=None, ord_type=OrdType.LIMIT), "price"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_field(wanted: Terms, field: str) -> None:
    unfit = why_unfit(wanted)
    assert unfit is not None
    assert unfit[0] == field
    (refused,) = decide(ready(EVERYTHING), place("c1", wanted), 0)
    assert isinstance(refused, OrderRefused)
    assert (refused.refusal, refused.text) == (Refusal.UNFIT_TERMS, " ".join(unfit))


def test_what_fits_is_taken() -> None:
    wanted = terms(side=Side.SELL_SHORT, time_in_force=GTD, instructions=Instructions(locate_id="L1", expire_date="20991231"))
    (placed,) = decide(ready(EVERYTHING), place("c1", wanted), 0)
    assert isinstance(placed, OrderPlaced)


def test_a_replace_below_min_qty_is_refused() -> None:
    state = ready(EVERYTHING)
    (placed,) = decide(state, place("c1", terms(1_000, instructions=Instructions(min_qty=D(500)))), 0)
    state.apply(placed, state.seq + 1, 0)
    (refused,) = decide(state, change("r1", 400), 0)
    assert isinstance(refused, RequestRefused)
    assert (refused.refusal, refused.text) == (Refusal.UNFIT_TERMS, "min_qty is 500, and order_qty is 400")
    (taken,) = decide(state, change("r2", 500), 0)
    assert isinstance(taken, ReplaceRequested)


def test_an_order_whose_expire_time_has_passed_is_not_sent() -> None:
    wanted = terms(time_in_force=GTD, instructions=Instructions(expire_time_ns=5))
    (refused,) = decide(ready(EVERYTHING), place("c1", wanted), 5)
    assert isinstance(refused, OrderRefused)
    assert (refused.refusal, refused.text) == (Refusal.EXPIRED, "expire_time_ns=5 at_ns=5")


def test_a_client_over_fix_cannot_sell_short_without_a_locate() -> None:
    heard = ClientSide().asks("35=D|11=A|55=EURUSD|54=5|38=1000|40=2|44=1.3850")
    assert [(dict(one)[150], dict(one)[58].split()[0]) for one in heard] == [("8", "UNFIT_TERMS")]
