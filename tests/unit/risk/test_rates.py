"""Money of several currencies under one limit, and what stands in for a quote: known and fresh, or refused."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.fields import Side
from oms.domain.reference import (
    AnyRow,
    FxRate,
    LastTrade,
    PriorClose,
    ShortRestriction,
)
from oms.domain.refusal import Refusal
from risk.control import Control
from risk.limit import Limit
from risk.limits import Quote
from risk.reference import Reference
from tests.support.orders import MS, QUOTE, D, terms
from tests.support.reference_desk import AGE_MS, FRESH, NOW, Desk, limit, reference, refusal

RATE_AGE = limit(Control.FX_RATE_AGE_MS_MAX, AGE_MS, age_ms_max=0)
EUR = FxRate("EUR", "USD", D("1.1"), D(100))
IN_EUR = terms(1_000, "1.38", symbol="IBM")


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (reference(EUR), None),
        (reference(), Refusal.MISSING_REFERENCE_DATA),
        (reference(EUR, at_ns=NOW - AGE_MS * MS), None),
        (reference(EUR, at_ns=NOW - (AGE_MS + 1) * MS), Refusal.STALE_REFERENCE_DATA),
        (reference(EUR, at_ns=NOW + 1), Refusal.STALE_REFERENCE_DATA),
    ],
)
def test_an_order_in_another_currency_needs_a_fresh_rate(known: Reference, why: Refusal | None) -> None:
    assert refusal(Desk(RATE_AGE, base_currency="USD").verdict(IN_EUR, known)) is why
    assert Desk(RATE_AGE, base_currency="USD").verdict(terms(), known) is None


WORTH = D("1.38") * 1_000 * D("1.1") * D("1.01")
"""1,533.18 USD, with the haircut."""


@pytest.mark.parametrize(("most", "is_fine"), [(WORTH, True), (WORTH - D("0.01"), False)])
@pytest.mark.parametrize(
    "control", [Control.ORDER_VALUE_MAX, Control.OPEN_VALUE_MAX, Control.DAY_GROSS_VALUE_MAX, Control.DAY_NET_VALUE_MAX]
)
def test_an_order_in_another_currency_counts_in_the_base(control: Control, most: Decimal, is_fine: bool) -> None:
    desk = Desk(RATE_AGE, limit(control, str(most), age_ms_max=0), base_currency="USD")
    assert (desk.verdict(IN_EUR, reference(EUR)) is None) is is_fine


def test_currencies_of_one_scope_are_added_up_in_the_base() -> None:
    desk = Desk(RATE_AGE, limit(Control.OPEN_VALUE_MAX, "2496", age_ms_max=0), base_currency="USD")
    desk.reserves("IBM", 1_000, 1_000, is_buy=True)  # 1,111 USD
    assert desk.verdict(terms(1_000), reference(EUR)) is None  # 1,385 USD
    assert desk.verdict(terms(1_100), reference(EUR)) == (
        Refusal.OPEN_VALUE_EXCEEDS_MAX,
        "open_value=1111 added=1523.5 open_value_max=2496 scope=firm",
    )


def test_a_haircut_makes_smaller_what_counts_for_the_order() -> None:
    desk = Desk(RATE_AGE, limit(Control.DAY_NET_VALUE_MAX, "296", age_ms_max=0), base_currency="USD")
    desk.holds("IBM", 0, day_net_value=D(-1_000))  # Sold: 1,089 USD less.
    assert desk.verdict(terms(1_000), reference(EUR)) is None
    assert refusal(desk.verdict(terms(1_100), reference(EUR))) is Refusal.DAY_VALUE_EXCEEDS_MAX


@pytest.mark.parametrize("control", [Control.OPEN_VALUE_MAX, Control.DAY_GROSS_VALUE_MAX, Control.DAY_NET_VALUE_MAX])
def test_what_is_used_in_a_currency_without_a_rate_refuses(control: Control) -> None:
    desk = Desk(RATE_AGE, limit(control, 10**9, age_ms_max=0), base_currency="USD")
    desk.reserves("IBM", 1_000, 1_000, is_buy=True)
    assert desk.verdict(terms(), reference()) == (Refusal.MISSING_REFERENCE_DATA, "fx_rate=EUR/USD")
    stale = "fx_rate=EUR/USD age_ms=1001 fx_rate_age_ms_max=1000"
    assert desk.verdict(terms(), reference(EUR, at_ns=NOW - 1_001 * MS)) == (Refusal.STALE_REFERENCE_DATA, stale)
    assert desk.verdict(terms(), reference(EUR)) is None


def test_without_an_age_for_rates_none_may_be_used() -> None:
    found = Desk(base_currency="USD").verdict(IN_EUR, reference(EUR))
    assert found == (Refusal.STALE_REFERENCE_DATA, "fx_rate=EUR/USD age_ms=0 fx_rate_age_ms_max=none")


def test_without_a_base_currency_several_are_not_added_up() -> None:
    desk = Desk(limit(Control.OPEN_VALUE_MAX, 10**9, age_ms_max=0))
    assert desk.verdict(IN_EUR, reference()) is None
    desk.reserves("IBM", 1_000, 1_000, is_buy=True)
    assert desk.verdict(IN_EUR, reference()) is None
    assert desk.verdict(terms(), reference()) == (Refusal.MISSING_REFERENCE_DATA, "fx_rate=EUR/none")


@pytest.mark.parametrize("scope", ["currency=EUR", "symbol=IBM"])
def test_a_limit_of_one_currency_is_in_it(scope: str) -> None:
    desk = Desk(limit(Control.OPEN_VALUE_MAX, 1_380, scope, age_ms_max=0), RATE_AGE, base_currency="USD")
    assert desk.verdict(IN_EUR, reference(EUR)) is None
    assert refusal(desk.verdict(terms(1_001, "1.38", symbol="IBM"), reference(EUR))) is Refusal.OPEN_VALUE_EXCEEDS_MAX


LAST, CLOSE = (
    limit(Control.LAST_TRADE_AGE_MS_MAX, AGE_MS, age_ms_max=0),
    limit(Control.PRIOR_CLOSE_AGE_MS_MAX, 9_000, age_ms_max=0),
)
TRADE, PRIOR = LastTrade("EURUSD", D("1.38")), PriorClose("EURUSD", D("1.37"))


@pytest.mark.parametrize(
    ("limits", "rows", "age_ms", "expected"),
    [
        ((LAST, CLOSE), (TRADE, PRIOR), 0, "last_trade"),
        ((LAST, CLOSE), (TRADE, PRIOR), 1_001, "prior_close"),
        ((LAST, CLOSE), (TRADE, PRIOR), 9_001, None),
        ((LAST, CLOSE), (PRIOR,), 0, "prior_close"),
        ((LAST,), (PRIOR,), 0, None),
        ((), (TRADE, PRIOR), 0, None),
    ],
)
@pytest.mark.parametrize("quote", [None, replace(QUOTE, at_ns=NOW - 10**9 * MS - MS), Quote(D(2), D(1), NOW)])
def test_without_a_sound_quote_the_last_trade_or_the_prior_close_stands_in(
    limits: tuple[Limit, ...], rows: tuple[AnyRow, ...], age_ms: int, expected: str | None, quote: Quote | None
) -> None:
    desk = Desk(*limits, quote=quote)
    found, decision = desk.review(terms(), reference(*rows, at_ns=NOW - age_ms * MS))
    if expected is None:
        assert refusal(found) in (Refusal.NO_REFERENCE_PX, Refusal.STALE_REFERENCE_PX)
        assert decision.reference_kind == ""
    else:
        assert found is None
        assert decision.reference_kind == expected
        assert (decision.bid_px, decision.offer_px) == ((None, None) if quote is None else (quote.bid_px, quote.offer_px))


def test_a_fresh_quote_needs_no_stand_in_and_an_order_without_a_price_gets_none() -> None:
    known = reference(TRADE, PRIOR)
    decision = Desk(LAST).review(terms(), known)[1]
    assert (decision.reference_kind, decision.offer_px) == ("", FRESH.offer_px)
    assert refusal(Desk(LAST, quote=None).verdict(terms(price=None), known)) is Refusal.NO_REFERENCE_PX


def test_the_collar_is_measured_from_what_stands_in() -> None:
    desk = Desk(LAST, limit(Control.PRICE_COLLAR_BPS, 100, age_ms_max=0), quote=None)
    assert desk.verdict(terms(price="1.3938"), reference(TRADE)) is None
    assert refusal(desk.verdict(terms(price="1.3939"), reference(TRADE))) is Refusal.PRICE_EXCEEDS_COLLAR


def test_under_the_circuit_breaker_nothing_stands_in_for_the_bid() -> None:
    desk = Desk(LAST, limit(Control.SHORT_CIRCUIT_BREAKER), quote=None)
    known = reference(TRADE, ShortRestriction("EURUSD", is_on=True))
    assert refusal(desk.verdict(terms(price="1.39", side=Side.SELL_SHORT), known)) is Refusal.SHORT_SALE_RESTRICTED
