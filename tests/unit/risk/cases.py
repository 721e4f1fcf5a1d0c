"""For every check an order that it lets pass and one that it refuses. Whoever adds a check, or a control, adds an entry here.

What is there already: 1,000 EURUSD were bought at 1.3850 by one order, 400 of them have traded, 600 are open.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from oms.domain.fields import Side
from oms.domain.latches import Latched, Mode
from oms.domain.numbers import ZERO
from oms.domain.order import evolve
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision, Terms
from risk import checks
from risk.control import ALWAYS_LIMITED, Control
from risk.latches import Latches
from risk.ledger import Ledger
from risk.limit import Limit
from risk.limits import Quote
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
        return Basis(sheet, {"EURUSD": EURUSD}, {"EURUSD": self.quote}, ledger, latches)


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


CASES = (
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
