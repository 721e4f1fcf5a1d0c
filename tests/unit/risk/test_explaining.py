"""A verdict is explained with the numbers of every check, whether it passed or not."""

import pytest

from oms.domain.order import evolve
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision, Terms
from risk.control import Control
from risk.explaining import Checked, Explained, explain
from risk.latches import Latches
from risk.ledger import Ledger
from risk.limit import Limit
from risk.limits import Policy, Quote
from risk.review import Basis, review
from risk.scope import Facets, parse
from risk.sheet import founding
from tests.support.orders import EURUSD, LIMITS, MS, POLICY, QUOTE, D, placed, terms

FIRM = parse("firm")
ROWS = (Limit(FIRM, Control.OPEN_VALUE_MAX, D(2_000)), Limit(FIRM, Control.OPEN_ORDERS_MAX, D(1)))
FACETS = Facets("DESK1", "EURUSD")


def basis(policy: Policy, quotes: dict[str, Quote]) -> Basis:
    """With 1,000 EURUSD to buy at 1.3850 open."""
    sheet, ledger = founding(policy), Ledger()
    ledger.watch(sheet.scopes)
    ledger.changed(FACETS, EURUSD.multiplier, None, evolve(None, placed(decision=Decision("v1", worst_px=D("1.3850"))), 0))
    return Basis(sheet, policy.instruments, quotes, ledger, Latches())


def explained(wanted: Terms, *rows: Limit) -> Explained:
    policy = Policy("v1", {"DESK1": LIMITS}, {"EURUSD": EURUSD}, rows)
    return explain(basis(policy, {"EURUSD": QUOTE}), wanted, FACETS, 7 * MS)


def of(found: Explained, check: str) -> Checked:
    return next(one for one in found.checks if one.check == check)


def test_a_check_that_passes_says_what_was_used_and_what_is_added() -> None:
    found = explained(terms(100), *ROWS[:1])
    assert of(found, "open_value") == Checked("open_value", ROWS[0], None, {"open_value": "1385", "added": "138.5"}, "")
    assert of(found, "reference_age").numbers == {"reference_age_ms": "7"}
    assert of(found, "price_collar").numbers == {"price": "1.385", "reference_px": "1.3852"}
    assert (found.verdict, [one.refusal for one in found.checks if one.refusal]) == (None, [])


def test_every_check_that_says_no_is_told_in_the_order_of_precedence() -> None:
    found = explained(terms(1_150, "1.38505"), *ROWS)
    refusals = [one.refusal for one in found.checks if one.refusal is not None]
    assert refusals == [
        Refusal.PRICE_NOT_ON_TICK,
        Refusal.ORDER_QTY_NOT_IN_LOTS,
        Refusal.OPEN_ORDERS_EXCEED_MAX,
        Refusal.OPEN_VALUE_EXCEEDS_MAX,
    ]
    assert found.verdict == (Refusal.PRICE_NOT_ON_TICK, of(found, "price_on_tick").text)
    assert of(found, "open_orders").numbers == {"open_orders": "1", "added": "1"}


def test_a_check_of_something_else_has_no_numbers() -> None:
    assert of(explained(terms(100, None)), "price_collar").numbers == {}


@pytest.mark.parametrize(
    ("policy", "quotes"),
    [(POLICY, {}), (Policy("v1", {}, POLICY.instruments), {"EURUSD": QUOTE}), (Policy("v1", {}, {}), {"EURUSD": QUOTE})],
)
def test_where_everything_is_missing_the_verdict_says_what(policy: Policy, quotes: dict[str, Quote]) -> None:
    known = basis(policy, quotes)
    verdict, decision = review(known, terms(), FACETS, 0)
    assert verdict is not None
    assert explain(known, terms(), FACETS, 0) == Explained(verdict, decision, None, ())
