"""For every check an order that it lets pass and one that it refuses. Whoever adds a check, or a control, adds an entry here.

What is there already: 1,000 EURUSD were bought at 1.3850 by one order, 400 of them have traded, 600 are open.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from oms.domain.fields import OrdType, Side, TimeInForce
from oms.domain.latches import Latched, Mode
from oms.domain.numbers import ZERO
from oms.domain.order import evolve
from oms.domain.reference import (
    Adv,
    Allowed,
    AllowList,
    AnyRow,
    EasyToBorrow,
    FxRate,
    Market,
    MarketState,
    ReferenceSet,
    Restricted,
    RestrictedList,
    Restriction,
    ShortRestriction,
)
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision, Instructions, Terms
from risk import checks
from risk import checks_of_market as of_market
from risk.control import ALWAYS_LIMITED, Control
from risk.latches import Latches
from risk.ledger import Ledger
from risk.limit import Limit
from risk.limits import Quote
from risk.reference import Reference
from risk.review import Basis
from risk.scope import Facets, parse
from risk.sheet import Sheet
from tests.support.orders import EURUSD, MS, QUOTE, D, placed, terms

SCOPE = parse("account=DESK1 symbol=EURUSD")
FACETS = Facets("DESK1", "EURUSD", currency="USD")
NOW_NS = 7 * MS
"""When the quote is 7 ms old."""
BUY, SELL = terms(100), terms(500, side=Side.SELL)
LOOSE = {control: Limit(parse("firm"), control, D(10) ** 12) for control in ALWAYS_LIMITED}


class Given(msgspec.Struct, frozen=True):
    """What is judged: an order, and what surrounds it."""

    wanted: Terms = BUY
    limits: tuple[Limit, ...] = ()
    """Beside loose ones for what always needs one."""
    quote: Quote = QUOTE
    latch: Mode | None = None
    worst_px: Decimal | None = D("1.3850")
    """Of the order that is there; None for one of which nobody knows a price."""

    rows: tuple[AnyRow, ...] = ()
    """Reference data, as of the beginning: 7 ms old."""
    base_currency: str = ""

    @property
    def basis(self) -> Basis:
        sheet = Sheet("v1", (*LOOSE.values(), *self.limits))
        ledger, latches = Ledger(), Latches()
        ledger.watch(sheet.scopes)
        there = terms(1_000, None if self.worst_px is None else "1.3850")
        before = evolve(None, placed("FG1", there, decision=Decision("v1", worst_px=self.worst_px)), 0)
        after = replace(before, cum_qty=D(400), cum_value=D("554"))
        ledger.changed(FACETS, EURUSD.multiplier, None, before)
        ledger.changed(FACETS, EURUSD.multiplier, before, after)
        if self.latch is not None:
            latches.apply(Latched("k", "risk/alice", "firm", self.latch, "why", cancels=False), 1, 0)
        reference = Reference(self.base_currency)
        if self.rows:
            reference.apply(ReferenceSet("test", 0, self.rows), 0)
        return Basis(sheet, {"EURUSD": EURUSD}, {"EURUSD": self.quote}, ledger, latches, reference)


class Case(msgspec.Struct, frozen=True):
    """One check, and both of its answers."""

    check: Callable[..., Any]
    refusal: Refusal
    passes: Given
    refuses: Given
    control: Control | None = None
    """None for what needs no limit."""

    @property
    def name(self) -> str:
        return f"{self.check.__name__}-{self.refusal.value}"


def limited(
    check: Callable[..., Any], control: Control, refusal: Refusal, passes: str, refuses: str, wanted: Terms = BUY, **given: Any
) -> Case:
    """A check that passes by one value of its control's limit, and refuses by another, all else being the same."""
    lets, stops = (Given(wanted, (Limit(SCOPE, control, D(value)),), **given) for value in (passes, refuses))
    return Case(check, refusal, lets, stops, control)


def referring(
    check: Callable[..., Any],
    control: Control,
    refusal: Refusal,
    good: AnyRow,
    bad: AnyRow,
    wanted: Terms = BUY,
    value: str = "1",
    base_currency: str = "",
) -> tuple[Case, ...]:
    """A check that passes by one row of reference data, and refuses by another one, without any, and by one that is too old."""
    fresh, stale = (Limit(SCOPE, control, D(value), age_ms_max=age_ms) for age_ms in (7, 6))
    passes = Given(wanted, (fresh,), rows=(good,), base_currency=base_currency)
    return (
        Case(check, refusal, passes, replace(passes, rows=(bad,)), control),
        Case(check, Refusal.MISSING_REFERENCE_DATA, passes, replace(passes, rows=()), control),
        Case(check, Refusal.STALE_REFERENCE_DATA, passes, replace(passes, limits=(stale,)), control),
    )


SHORT = terms(100, side=Side.SELL_SHORT, instructions=Instructions(locate_reqd=False))
RATE = FxRate("USD", "EUR", D("0.9"))
_IN_EUR = Given(limits=(Limit(SCOPE, Control.FX_RATE_AGE_MS_MAX, D(7)),), rows=(RATE,), base_currency="EUR")

CASES = (
    *(
        Case(of_market.fx_rate, refusal, _IN_EUR, refuses, Control.FX_RATE_AGE_MS_MAX)
        for refusal, refuses in (
            (Refusal.MISSING_REFERENCE_DATA, replace(_IN_EUR, rows=())),
            (Refusal.STALE_REFERENCE_DATA, replace(_IN_EUR, limits=(Limit(SCOPE, Control.FX_RATE_AGE_MS_MAX, D(6)),))),
        )
    ),
    *referring(
        of_market.restricted_list,
        Control.RESTRICTED_LIST,
        Refusal.RESTRICTED,
        RestrictedList("firm"),
        RestrictedList("firm", (Restricted("symbol=EURUSD", Restriction.NO_TRADE, "insider"),)),
    ),
    *referring(
        of_market.permission,
        Control.PERMISSION,
        Refusal.NOT_ALLOWED,
        AllowList("desk", (Allowed("account=DESK1", (OrdType.LIMIT,), (TimeInForce.DAY,)),)),
        AllowList("desk"),
    ),
    *referring(
        of_market.market_state,
        Control.MARKET_STATE,
        Refusal.MARKET_NOT_OPEN,
        Market("EURUSD", MarketState.CONTINUOUS),
        Market("EURUSD", MarketState.HALTED),
    ),
    *referring(
        of_market.auction_qty,
        Control.AUCTION_QTY_MAX,
        Refusal.ORDER_QTY_EXCEEDS_MAX,
        Market("EURUSD", MarketState.CONTINUOUS),
        Market("EURUSD", MarketState.AUCTION),
        value="99",
    ),
    *referring(
        of_market.order_share_of_adv,
        Control.ORDER_ADV_BPS_MAX,
        Refusal.ADV_SHARE_EXCEEDS_MAX,
        Adv("EURUSD", D(10_000)),
        Adv("EURUSD", D(9_999)),
        value="100",
    ),
    *referring(
        of_market.day_share_of_adv,
        Control.DAY_ADV_BPS_MAX,
        Refusal.ADV_SHARE_EXCEEDS_MAX,
        Adv("EURUSD", D(110_000)),
        Adv("EURUSD", D(109_999)),
        value="100",
    ),
    *referring(
        of_market.locate,
        Control.LOCATE,
        Refusal.NO_LOCATE,
        EasyToBorrow("EURUSD", is_easy=True),
        EasyToBorrow("EURUSD", is_easy=False),
        SHORT,
    ),
    *referring(
        of_market.short_circuit_breaker,
        Control.SHORT_CIRCUIT_BREAKER,
        Refusal.SHORT_SALE_RESTRICTED,
        ShortRestriction("EURUSD", is_on=False),
        ShortRestriction("EURUSD", is_on=True),
        SHORT,
    ),
    *(
        Case(
            of_market.short_marking,
            Refusal.SHORT_SALE_MISMARKED,
            Given(terms(400, side=Side.SELL), (row,)),
            Given(terms(500, side=Side.SELL), (row,)),
            Control.SHORT_MARKING,
        )
        for row in (Limit(SCOPE, Control.SHORT_MARKING, D(1)),)
    ),
    Case(
        checks.trading_state,
        Refusal.LATCHED,
        Given(terms(400, side=Side.SELL), latch=Mode.REDUCE_ONLY),
        Given(terms(500, side=Side.SELL), latch=Mode.REDUCE_ONLY),
    ),
    Case(checks.currency, Refusal.CURRENCY_DIFFERS, Given(replace(BUY, currency="USD")), Given(replace(BUY, currency="EUR"))),
    Case(checks.price_on_tick, Refusal.PRICE_NOT_ON_TICK, Given(), Given(terms(100, "1.38505"))),
    Case(checks.order_qty_in_lots, Refusal.ORDER_QTY_NOT_IN_LOTS, Given(), Given(terms(150))),
    Case(
        checks.quote_is_sane,
        Refusal.NO_REFERENCE_PX,
        Given(),
        Given(quote=Quote(QUOTE.offer_px, QUOTE.bid_px, 0)),
        Control.REFERENCE_AGE_MS_MAX,
    ),
    limited(checks.reference_age, Control.REFERENCE_AGE_MS_MAX, Refusal.STALE_REFERENCE_PX, "7", "6"),
    limited(checks.order_qty, Control.ORDER_QTY_MAX, Refusal.ORDER_QTY_EXCEEDS_MAX, "100", "99"),
    limited(
        checks.cash_order_qty,
        Control.ORDER_QTY_MAX,
        Refusal.ORDER_QTY_EXCEEDS_MAX,
        "100",
        "99",
        replace(BUY, order_qty=ZERO, cash_order_qty=D("138.5")),
    ),
    limited(checks.price_collar, Control.PRICE_COLLAR_BPS, Refusal.PRICE_EXCEEDS_COLLAR, "13", "12", terms(100, "1.3870")),
    limited(checks.passive_collar, Control.PASSIVE_COLLAR_BPS, Refusal.PRICE_EXCEEDS_COLLAR, "37", "36", terms(100, "1.3800")),
    limited(checks.order_value, Control.ORDER_VALUE_MAX, Refusal.ORDER_NOTIONAL_EXCEEDS_MAX, "138.5", "138.4"),
    limited(checks.open_orders, Control.OPEN_ORDERS_MAX, Refusal.OPEN_ORDERS_EXCEED_MAX, "2", "1"),
    limited(checks.long_qty, Control.LONG_QTY_MAX, Refusal.POSITION_EXCEEDS_MAX, "1100", "1099"),
    limited(checks.short_qty, Control.SHORT_QTY_MAX, Refusal.POSITION_EXCEEDS_MAX, "100", "99", SELL),
    limited(checks.open_value, Control.OPEN_VALUE_MAX, Refusal.OPEN_VALUE_EXCEEDS_MAX, "969.5", "969.4"),
    limited(checks.day_gross_value, Control.DAY_GROSS_VALUE_MAX, Refusal.DAY_VALUE_EXCEEDS_MAX, "1523.5", "1523.4"),
    limited(checks.day_net_value, Control.DAY_NET_VALUE_MAX, Refusal.DAY_VALUE_EXCEEDS_MAX, "1523.5", "1523.4"),
    *(
        Case(check, Refusal.UNPRICED_EXPOSURE, Given(limits=(wide,)), Given(limits=(wide,), worst_px=None), control)
        for check, control in (
            (checks.open_value, Control.OPEN_VALUE_MAX),
            (checks.day_gross_value, Control.DAY_GROSS_VALUE_MAX),
            (checks.day_net_value, Control.DAY_NET_VALUE_MAX),
        )
        for wide in (Limit(SCOPE, control, D(10) ** 12),)
    ),
)
"""By the order of `risk.checks`."""
