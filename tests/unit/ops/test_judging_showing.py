"""What would become of an order by other limits, in one word."""

import pytest
from msgspec.structs import replace

from gateway.reader.rejudging import Asked, Judged
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision
from ops.commands.judging_showing import outcome_of
from risk.case import Verdict
from risk.explaining import Explained
from risk.scope import Facets
from tests.support.orders import PRINCIPAL, QUOTE, D, terms

DECISION = Decision("v1", QUOTE.bid_px, QUOTE.offer_px, QUOTE.at_ns, D("1.385"))
NO: Verdict = (Refusal.ORDER_QTY_EXCEEDS_MAX, "order_qty=7 order_qty_max=5")
NO_OTHERWISE: Verdict = (Refusal.ORDER_QTY_EXCEEDS_MAX, "order_qty=7 order_qty_max=6")


def judged(was: Verdict | None, would_be: Verdict | None, again: Decision = DECISION, not_known: str = "") -> Judged:
    asked = Asked("new order", "FG1", "c1", PRINCIPAL, terms(), Facets("DESK1", "EURUSD"), None, was, DECISION)
    return Judged(1, 0, asked, Explained(would_be, again, None, ()), again.limits_version, not_known)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (judged(None, None), "same"),
        (judged(NO, NO), "same"),
        (judged(None, NO), "would_be_refused"),
        (judged(NO, None), "would_pass"),
        (judged(NO, NO_OTHERWISE), "would_be_refused_otherwise"),
        (judged(None, None, replace(DECISION, worst_px=D("1.386"))), "other_numbers"),
        (judged(None, None, replace(DECISION, limits_version="v2", worst_px=D("1.386"))), "same"),
        (judged(None, NO, not_known="why"), "indeterminate"),
    ],
)
def test_an_outcome_says_what_would_become_of_the_order(found: Judged, outcome: str) -> None:
    assert outcome_of(found) == outcome
