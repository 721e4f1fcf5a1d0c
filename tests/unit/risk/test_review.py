"""Risk's verdict: each check at its boundary from both sides, their precedence, and a slow oracle that was written apart."""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from oms.domain.fields import OrdType, Side
from oms.domain.numbers import CONTEXT, plain
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision, Terms
from risk import review as asked
from risk.case import Verdict, order_notional
from risk.latches import Latches
from risk.ledger import Ledger
from risk.limits import Instrument, Limits, Policy, Quote
from risk.scope import Facets
from risk.sheet import founding
from tests.support.orders import EURUSD, LIMITS, MS, POLICY, QUOTE, D, terms

LOOSE = Limits(D(10) ** 12, D(10) ** 15, D(5_000), D(5_000), 10**9)
SELL = {"side": Side.SELL}
ROW, NO_ROW = "scope=account=DESK1", "account=DESK1 reference_age_ms_max=none"


def review(wanted: Terms, policy: Policy, quotes: dict[str, Quote], at_ns: int) -> tuple[Verdict | None, Decision]:
    """Of a new order, with nothing reserved."""
    sheet, ledger = founding(policy), Ledger()
    ledger.watch(sheet.scopes)
    basis = asked.Basis(sheet, policy.instruments, quotes, ledger, Latches())
    return asked.review(basis, wanted, Facets(wanted.account, wanted.symbol), at_ns)


def verdict(
    wanted: Terms, limits: Limits = LIMITS, quote: Quote | None = QUOTE, at_ns: int = 0, **changes: Any
) -> Verdict | None:
    policy = Policy("v1", {"DESK1": limits}, {"EURUSD": replace(EURUSD, **changes)})
    return review(wanted, policy, {} if quote is None else {"EURUSD": quote}, at_ns)[0]


def refusal(*given: Any, **changes: Any) -> Refusal | None:
    found = verdict(*given, **changes)
    return None if found is None else found[0]


@pytest.mark.parametrize(("price", "is_fine"), [("1.3850", True), ("1.3851", True), ("1.38505", False), ("1.38509", False)])
def test_a_price_is_on_the_tick(price: str, is_fine: bool) -> None:
    expected = None if is_fine else (Refusal.PRICE_NOT_ON_TICK, f"price={price} tick=0.0001")
    assert verdict(terms(price=price)) == expected


@pytest.mark.parametrize(
    ("order_qty", "is_fine"), [("100", True), ("99", False), ("101", False), ("100.5", False), ("200", True)]
)
def test_a_quantity_is_in_lots(order_qty: str, is_fine: bool) -> None:
    expected = None if is_fine else (Refusal.ORDER_QTY_NOT_IN_LOTS, f"order_qty={order_qty} lot=100")
    assert verdict(terms(order_qty)) == expected


@pytest.mark.parametrize(("order_qty", "is_fine"), [(1_000_000, True), (1_000_100, False)])
def test_a_quantity_is_at_most_the_limit(order_qty: int, is_fine: bool) -> None:
    expected = None if is_fine else (Refusal.ORDER_QTY_EXCEEDS_MAX, f"order_qty={order_qty} order_qty_max=1000000 {ROW}")
    assert verdict(terms(order_qty)) == expected


@pytest.mark.parametrize(
    ("bid_px", "offer_px", "is_fine"),
    [("1.3850", "1.3850", True), ("1.3851", "1.3850", False), ("0", "1.3850", False), ("-1", "1.3850", False)],
)
def test_a_quote_is_neither_crossed_nor_empty(bid_px: str, offer_px: str, is_fine: bool) -> None:
    expected = None if is_fine else (Refusal.NO_REFERENCE_PX, f"bid_px={bid_px} offer_px={offer_px}")
    if not is_fine and bid_px == "1.3851":
        expected = (Refusal.NO_REFERENCE_PX, "bid_px=1.3851 offer_px=1.385")
    elif not is_fine:
        expected = (Refusal.NO_REFERENCE_PX, f"bid_px={bid_px} offer_px=1.385")
    assert verdict(terms(price="1.3850"), quote=Quote(D(bid_px), D(offer_px), 0)) == expected


@pytest.mark.parametrize(("age_ns", "is_fine"), [(5_000 * MS, True), (5_001 * MS - 1, True), (5_001 * MS, False)])
def test_a_quote_is_fresh(age_ns: int, is_fine: bool) -> None:
    expected = None if is_fine else (Refusal.STALE_REFERENCE_PX, f"reference_age_ms=5001 reference_age_ms_max=5000 {ROW}")
    assert verdict(terms(), at_ns=age_ns) == expected


def test_a_quote_from_the_future_is_no_price() -> None:
    verdict, decision = review(terms(), POLICY, {"EURUSD": replace(QUOTE, at_ns=10 * MS)}, 0)
    assert verdict is not None
    assert (verdict[0], decision.quote_at_ns) == (Refusal.STALE_REFERENCE_PX, 10 * MS)


@pytest.mark.parametrize(
    ("side", "price", "is_fine"),
    [
        (Side.BUY, "101.00", True),  # 1% through the offer at 100
        (Side.BUY, "101.01", False),
        (Side.BUY, "89.10", True),  # 10% under the bid at 99
        (Side.BUY, "89.09", False),
        (Side.SELL, "98.01", True),  # 1% through the bid at 99
        (Side.SELL, "98.00", False),
        (Side.SELL, "110.00", True),  # 10% above the offer at 100
        (Side.SELL, "110.01", False),
    ],
)
def test_a_price_is_within_its_collars(side: Side, price: str, is_fine: bool) -> None:
    limits = replace(LOOSE, price_collar_bps=D(100), passive_collar_bps=D(1_000))
    found = refusal(terms(price=price, side=side), limits, Quote(D(99), D(100), 0), tick=D("0.01"))
    assert found == (None if is_fine else Refusal.PRICE_EXCEEDS_COLLAR)


def test_the_collar_says_its_numbers() -> None:
    assert verdict(terms(price="1.40")) == (
        Refusal.PRICE_EXCEEDS_COLLAR,
        f"price=1.4 reference_px=1.3852 price_collar_bps=50 {ROW}",
    )
    assert verdict(terms(price="1.30")) == (Refusal.PRICE_EXCEEDS_COLLAR, f"price=1.3 near_px=1.385 passive_collar_bps=500 {ROW}")


@pytest.mark.parametrize(("order_notional_max", "is_fine"), [("1385.2", True), ("1385.1", False)])
def test_the_notional_is_at_most_the_limit(order_notional_max: str, is_fine: bool) -> None:
    limits = replace(LIMITS, order_notional_max=D(order_notional_max))
    expected = (
        None
        if is_fine
        else (Refusal.ORDER_NOTIONAL_EXCEEDS_MAX, f"order_notional=1385.2 order_value_max={order_notional_max} {ROW}")
    )
    assert verdict(terms(price="1.3852"), limits) == expected


@pytest.mark.parametrize("multiplier", [D(1), D(100)])
def test_the_multiplier_makes_money_of_it(multiplier: Decimal) -> None:
    instruments = {"EURUSD": replace(EURUSD, multiplier=multiplier)}
    decision = review(terms(100, "1.3852"), replace(POLICY, instruments=instruments), {"EURUSD": QUOTE}, 0)[1]
    assert decision.worst_px is not None
    assert order_notional(terms(100, "1.3852"), decision.worst_px, multiplier) == D("138.52") * multiplier


@pytest.mark.parametrize(("side", "worst_px"), [(Side.BUY, D("1.392126")), (Side.SELL, D("1.391925"))])
def test_a_market_order_is_judged_as_if_it_slipped_by_the_collar(side: Side, worst_px: Decimal) -> None:
    decision = review(terms(price=None, side=side), POLICY, {"EURUSD": QUOTE}, 0)[1]
    assert decision.worst_px == worst_px


def test_a_sell_below_the_bid_is_judged_by_the_bid_that_it_would_trade_at() -> None:
    assert review(terms(price="1.3800", side=Side.SELL), POLICY, {"EURUSD": QUOTE}, 0)[1].worst_px == QUOTE.bid_px
    assert review(terms(price="1.3900", side=Side.SELL), POLICY, {"EURUSD": QUOTE}, 0)[1].worst_px == D("1.3900")


@pytest.mark.parametrize(("stop_px", "is_fine"), [("1.3900", True), ("1.39005", False)])
def test_a_stop_price_is_on_the_tick(stop_px: str, is_fine: bool) -> None:
    expected = None if is_fine else (Refusal.PRICE_NOT_ON_TICK, f"stop_px={stop_px} tick=0.0001")
    assert verdict(terms(price=None, ord_type=OrdType.STOP, stop_px=D(stop_px))) == expected


@pytest.mark.parametrize(
    ("side", "stop_px", "worst_px"),
    [
        (Side.BUY, "1.4000", "1.4070"),  # Triggered above the offer: the stop, and the slippage.
        (Side.BUY, "1.3000", "1.392126"),  # Below it: triggered at once, at the offer.
        (Side.SELL, "1.3000", "1.391925"),
        (Side.SELL_SHORT, "1.4000", "1.4070"),
    ],
)
def test_a_stop_is_judged_at_the_worse_of_market_and_stop(side: Side, stop_px: str, worst_px: str) -> None:
    wanted = terms(price=None, side=side, ord_type=OrdType.STOP, stop_px=D(stop_px))
    assert review(wanted, POLICY, {"EURUSD": QUOTE}, 0)[1].worst_px == D(worst_px)


@pytest.mark.parametrize(
    "ord_type", [OrdType.MARKET_ON_CLOSE, OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT, OrdType.PEGGED, OrdType.MARKET_IF_TOUCHED]
)
def test_whatever_has_no_price_is_judged_with_slippage(ord_type: OrdType) -> None:
    wanted = terms(price=None, ord_type=ord_type, stop_px=D("1.38") if ord_type is OrdType.MARKET_IF_TOUCHED else None)
    assert review(wanted, POLICY, {"EURUSD": QUOTE}, 0)[1].worst_px == D("1.392126")


@pytest.mark.parametrize(
    ("side", "price", "stop_px", "is_fine"),
    [
        (Side.BUY, "111.10", "110.00", True),  # 1% through the stop, which is 10% above the offer
        (Side.BUY, "111.11", "110.00", False),
        (Side.BUY, "101.01", "95.00", False),  # The market is beyond the stop: 1% through the offer counts.
        (Side.SELL, "89.10", "90.00", True),
        (Side.SELL, "89.09", "90.00", False),
        (Side.SELL_SHORT, "89.09", "90.00", False),
        (Side.SELL_SHORT, "98.00", "99.50", False),
    ],
)
def test_a_stop_limit_is_measured_from_where_it_is_triggered(side: Side, price: str, stop_px: str, is_fine: bool) -> None:
    limits = replace(LOOSE, price_collar_bps=D(100), passive_collar_bps=D(1_500))
    wanted = terms(price=price, side=side, ord_type=OrdType.STOP_LIMIT, stop_px=D(stop_px))
    found = refusal(wanted, limits, Quote(D(99), D(100), 0), tick=D("0.01"))
    assert found == (None if is_fine else Refusal.PRICE_EXCEEDS_COLLAR)


def cash(amount: str, price: str | None = None, **changes: Any) -> Terms:
    return terms("0", price, cash_order_qty=D(amount), **changes)


@pytest.mark.parametrize(("amount", "is_fine"), [("2000000", True), ("2000000.01", False)])
def test_the_notional_of_a_cash_order_is_its_amount(amount: str, is_fine: bool) -> None:
    limits = replace(LIMITS, order_qty_max=D(10_000_000))
    numbers = f"order_notional={amount} order_value_max=2000000 {ROW}"
    assert verdict(cash(amount), limits) == (None if is_fine else (Refusal.ORDER_NOTIONAL_EXCEEDS_MAX, numbers))


@pytest.mark.parametrize("side", [Side.BUY, Side.SELL])
@pytest.mark.parametrize(("price", "least_px"), [(None, "1.378075"), ("1.3850", "1.385"), ("1.3800", "1.38")])
def test_a_cash_order_is_within_the_quantity_at_the_lowest_price_that_it_could_trade_at(
    side: Side, price: str | None, least_px: str
) -> None:
    limits = replace(LIMITS, order_qty_max=D(1_000))
    most = D(least_px) * 1_000
    beyond = f"cash_order_qty={plain(most + 1)} least_px={least_px} order_qty_max=1000 {ROW}"
    assert verdict(cash(str(most), price, side=side), limits) is None
    assert verdict(cash(str(most + 1), price, side=side), limits) == (Refusal.ORDER_QTY_EXCEEDS_MAX, beyond)
    assert verdict(cash(str(most * 10), price, side=side), limits, multiplier=D(10)) is None


def test_a_cash_order_passes_no_stop_that_would_make_it_larger() -> None:
    wanted = cash("1000", ord_type=OrdType.STOP, stop_px=D("0.0001"))
    assert refusal(wanted) is Refusal.ORDER_QTY_EXCEEDS_MAX


@pytest.mark.parametrize("collar_bps", [10_000, 20_000])
def test_a_cash_order_that_could_slip_to_nothing_is_refused(collar_bps: int) -> None:
    assert refusal(cash("1"), replace(LIMITS, price_collar_bps=D(collar_bps))) is Refusal.ORDER_QTY_EXCEEDS_MAX


def test_a_cash_order_needs_a_sound_market() -> None:
    assert refusal(cash("1000"), LIMITS, None) is Refusal.NO_REFERENCE_PX
    assert refusal(cash("1000"), LIMITS, Quote(D(0), D(1), 0)) is Refusal.NO_REFERENCE_PX
    assert refusal(cash("1000"), LIMITS, QUOTE, 6_000 * MS) is Refusal.STALE_REFERENCE_PX


@pytest.mark.parametrize(
    ("wanted", "policy", "quotes", "expected"),
    [
        (terms(symbol="GBPUSD"), POLICY, {"EURUSD": QUOTE}, (Refusal.UNKNOWN_SYMBOL, "symbol=GBPUSD")),
        (
            terms(),
            replace(POLICY, limits={}),
            {"EURUSD": QUOTE},
            (Refusal.MISSING_LIMIT, NO_ROW),
        ),
        (terms(), POLICY, {"GBPUSD": QUOTE}, (Refusal.NO_REFERENCE_PX, "symbol=EURUSD")),
    ],
)
def test_nothing_passes_where_something_is_missing(
    wanted: Terms, policy: Policy, quotes: dict[str, Quote], expected: Verdict
) -> None:
    read = Decision("v1") if wanted.symbol not in quotes else Decision("v1", QUOTE.bid_px, QUOTE.offer_px, QUOTE.at_ns)
    assert review(wanted, policy, quotes, 0) == (expected, read)


def test_the_decision_holds_the_numbers_of_a_pass_and_of_a_refusal() -> None:
    numbers = Decision("v1", QUOTE.bid_px, QUOTE.offer_px, QUOTE.at_ns, D("1.3850"))
    assert review(terms(), POLICY, {"EURUSD": QUOTE}, 7 * MS) == (None, numbers)
    verdict, refused = review(terms(), POLICY, {"EURUSD": QUOTE}, 9_000 * MS)
    assert (verdict is not None, refused) == (True, numbers)


@pytest.mark.parametrize("is_limit", [True, False])
def test_the_largest_numbers_that_the_edge_lets_through_are_judged(is_limit: bool) -> None:
    """A client must not be able to end the engine with an order that is too large to be multiplied."""
    largest = "9" * 18 + "." + "9" * 12
    with localcontext(CONTEXT):
        for side in Side:
            wanted = terms(largest, largest if is_limit else None, side=side)
            assert refusal(wanted, quote=Quote(D(largest), D(largest), 0), multiplier=D("123456.789")) is not None
            stop = replace(wanted, stop_px=D(largest), order_qty=D(0), cash_order_qty=D(largest))
            assert refusal(stop, LOOSE, quote=Quote(D(largest), D(largest), 0), multiplier=D("123456.789")) is not None


def test_what_is_worst_is_told_first() -> None:
    """A policy is a tuple: with every check failing, each reason appears once those before it are mended."""
    limits = Limits(D(50), D(1), D(1), D(1), 0)
    wrong = terms("50.5", "9.00001")
    crossed = Quote(D(2), D(1), 0)
    mended: list[tuple[Terms, Limits, Quote, int]] = [
        (wrong, limits, crossed, 10 * MS),
        (replace(wrong, price=D(9)), limits, crossed, 10 * MS),
        (terms(100, "9"), limits, crossed, 10 * MS),
        (terms(100, "9"), replace(limits, order_qty_max=D(100)), crossed, 10 * MS),
        (terms(100, "9"), replace(limits, order_qty_max=D(100)), QUOTE, 10 * MS),
        (terms(100, "9"), replace(limits, order_qty_max=D(100)), QUOTE, 0),
        (terms(100, "1.3850"), replace(limits, order_qty_max=D(100)), QUOTE, 0),
        (terms(100, "1.3850"), LIMITS, QUOTE, 0),
    ]
    told = [refusal(wanted, limit, quote, at_ns) for wanted, limit, quote, at_ns in mended]
    assert told == [
        Refusal.PRICE_NOT_ON_TICK,
        Refusal.ORDER_QTY_NOT_IN_LOTS,
        Refusal.ORDER_QTY_EXCEEDS_MAX,
        Refusal.NO_REFERENCE_PX,
        Refusal.STALE_REFERENCE_PX,
        Refusal.PRICE_EXCEEDS_COLLAR,
        Refusal.ORDER_NOTIONAL_EXCEEDS_MAX,
        None,
    ]


def oracle(wanted: Terms, limits: Limits, instrument: Instrument, quote: Quote, at_ns: int) -> set[Refusal]:
    """Everything against the order, in fractions and in no order."""
    found: set[Refusal] = set()
    bid, offer, qty = Fraction(quote.bid_px), Fraction(quote.offer_px), Fraction(wanted.order_qty)
    price = None if wanted.price is None else Fraction(wanted.price)
    far, near = (offer, bid) if wanted.side is Side.BUY else (bid, offer)
    slip, away = Fraction(limits.price_collar_bps) / 10_000, Fraction(limits.passive_collar_bps) / 10_000
    if price is not None and (price / Fraction(instrument.tick)).denominator != 1:
        found.add(Refusal.PRICE_NOT_ON_TICK)
    if (qty / Fraction(instrument.lot)).denominator != 1:
        found.add(Refusal.ORDER_QTY_NOT_IN_LOTS)
    if qty > limits.order_qty_max:
        found.add(Refusal.ORDER_QTY_EXCEEDS_MAX)
    if bid <= 0 or offer < bid:
        found.add(Refusal.NO_REFERENCE_PX)
    if (at_ns - quote.at_ns) // 1_000_000 > limits.reference_age_ms_max:
        found.add(Refusal.STALE_REFERENCE_PX)
    if price is not None:
        low, high = (near * (1 - away), far * (1 + slip)) if wanted.side is Side.BUY else (far * (1 - slip), near * (1 + away))
        if not low <= price <= high:
            found.add(Refusal.PRICE_EXCEEDS_COLLAR)
    most = far * (1 + slip) if price is None else price if wanted.side is Side.BUY else max(price, bid)
    if qty * most * Fraction(instrument.multiplier) > limits.order_notional_max:
        found.add(Refusal.ORDER_NOTIONAL_EXCEEDS_MAX)
    return found


prices = st.integers(-2, 400).map(lambda n: D(n) / 100)
quantities = st.integers(1, 40).map(lambda n: D(n) * 25)
limits_ = st.builds(
    Limits,
    order_qty_max=quantities,
    order_notional_max=st.integers(1, 2_000).map(D),
    price_collar_bps=st.integers(1, 3_000).map(D),
    passive_collar_bps=st.integers(1, 3_000).map(D),
    reference_age_ms_max=st.integers(0, 3),
)
instruments_ = st.builds(
    Instrument,
    symbol=st.just("EURUSD"),
    currency=st.just("USD"),
    tick=st.sampled_from([D("0.01"), D("0.05"), D("0.25")]),
    lot=st.sampled_from([D(25), D(100), D("0.5")]),
    multiplier=st.sampled_from([D(1), D("0.01"), D(10)]),
)
orders_ = st.builds(
    lambda side, qty, price: terms(str(qty), None if price is None else str(price), side=side),
    st.sampled_from(Side),
    quantities,
    st.none() | prices,
)


@given(
    wanted=orders_, limits=limits_, instrument=instruments_, bid=prices, spread=st.integers(-1, 20), at_ns=st.integers(0, 5 * MS)
)
def test_review_agrees_with_the_oracle(
    wanted: Terms, limits: Limits, instrument: Instrument, bid: Decimal, spread: int, at_ns: int
) -> None:
    quote = Quote(bid, bid + D(spread) / 100, 0)
    with localcontext(CONTEXT):
        found, decision = review(wanted, Policy("v1", {"DESK1": limits}, {"EURUSD": instrument}), {"EURUSD": quote}, at_ns)
    against = oracle(wanted, limits, instrument, quote, at_ns)
    precedence = [reason for reason in Refusal if reason in against]
    assert (None if found is None else found[0]) == (precedence[0] if precedence else None)
    assert (decision.bid_px, decision.offer_px, decision.quote_at_ns) == (quote.bid_px, quote.offer_px, quote.at_ns)
    assert (wanted.ord_type is OrdType.MARKET) == (wanted.price is None)
