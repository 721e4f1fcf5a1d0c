"""Every check is a function; the policy is a tuple, and its order is precedence. Those of a limit get its row."""

from collections.abc import Callable
from decimal import Decimal

from oms.domain.fields import Side
from oms.domain.latches import Mode
from oms.domain.numbers import BPS, ZERO, plain
from oms.domain.refusal import Refusal
from risk import checks_of_market as of_market
from risk.case import Case, Verdict, added, least_px
from risk.control import Control
from risk.ledger import Usage
from risk.limit import Limit
from risk.rates import used_value, worth

_BUY, _ENDLESS = Side.BUY, Decimal("Infinity")


def trading_state(case: Case) -> Verdict | None:
    """Under a latch only a way out is open: what makes the position smaller, if all else that is open on that side trades."""
    latch = case.latch
    if latch is None:
        return None
    held = case.ledger.position(case.terms.account, case.terms.symbol)
    is_buy = case.terms.side is _BUY
    closes = -held.pos_qty - held.open_buy_qty if is_buy else held.pos_qty - held.open_sell_qty
    more = added(case)[0] if case.terms.cash_order_qty is None else None
    if latch.mode is Mode.REDUCE_ONLY and more is not None and more <= max(closes, ZERO):
        return None
    if latch.mode is Mode.CLOSE_ONLY and more is not None and more in (ZERO, closes):
        return None
    numbers = f"latch={latch.seq} mode={latch.mode.value} closes={plain(max(closes, ZERO))}"
    return Refusal.LATCHED, f"{numbers} scope={latch.scope.text.replace(' ', ',')} reason={latch.reason}"


def currency(case: Case) -> Verdict | None:
    if case.terms.currency in ("", case.instrument.currency):
        return None
    return Refusal.CURRENCY_DIFFERS, f"currency={case.terms.currency} of the instrument={case.instrument.currency}"


def price_on_tick(case: Case) -> Verdict | None:
    tick = case.instrument.tick
    price, stop_px = case.terms.price, case.terms.stop_px
    if price is not None and price % tick:
        return Refusal.PRICE_NOT_ON_TICK, f"price={plain(price)} tick={plain(tick)}"
    if stop_px is not None and stop_px % tick:
        return Refusal.PRICE_NOT_ON_TICK, f"stop_px={plain(stop_px)} tick={plain(tick)}"
    return None


def order_qty_in_lots(case: Case) -> Verdict | None:
    if not case.terms.order_qty % case.instrument.lot:
        return None
    return Refusal.ORDER_QTY_NOT_IN_LOTS, f"order_qty={plain(case.terms.order_qty)} lot={plain(case.instrument.lot)}"


def quote_is_sane(case: Case, _limit: Limit) -> Verdict | None:
    if ZERO < case.quote.bid_px <= case.quote.offer_px < _ENDLESS:
        return None
    return Refusal.NO_REFERENCE_PX, f"bid_px={plain(case.quote.bid_px)} offer_px={plain(case.quote.offer_px)}"


def reference_age(case: Case, limit: Limit) -> Verdict | None:
    """Of a quote; what stands in for one has an age of its own, and is there only within it."""
    if 0 <= case.reference_age_ms <= limit.value or case.quote.stands_in:
        return None
    return Refusal.STALE_REFERENCE_PX, f"reference_age_ms={case.reference_age_ms} {_row(limit)}"


def order_qty(case: Case, limit: Limit) -> Verdict | None:
    if case.terms.order_qty <= limit.value:
        return None
    return Refusal.ORDER_QTY_EXCEEDS_MAX, f"order_qty={plain(case.terms.order_qty)} {_row(limit)}"


def cash_order_qty(case: Case, limit: Limit) -> Verdict | None:
    """Money buys the more, the lower the price: the most that it could buy is within the limit. Nothing is divided."""
    cash = case.terms.cash_order_qty
    if cash is None or cash <= limit.value * least_px(case) * case.instrument.multiplier:
        return None
    return Refusal.ORDER_QTY_EXCEEDS_MAX, f"cash_order_qty={plain(cash)} least_px={plain(least_px(case))} {_row(limit)}"


def order_value(case: Case, limit: Limit) -> Verdict | None:
    value = case.order_notional
    base = case.reference.base_currency
    if base and base != case.instrument.currency:
        found = worth(case, limit, case.instrument.currency, value)
        if isinstance(found, tuple):
            return found
        value = found
    if value <= limit.value:
        return None
    return Refusal.ORDER_NOTIONAL_EXCEEDS_MAX, f"order_notional={plain(value)} {_row(limit)}"


def price_collar(case: Case, limit: Limit) -> Verdict | None:
    """Not through the far touch by more than the collar. A stop meets the market where it is triggered: through is measured
    from there if that is worse."""
    price, stop_px, reference_px = case.terms.price, case.terms.stop_px, case.reference_px
    if price is None:
        return None
    sign = 1 if case.terms.side is _BUY else -1
    if stop_px is not None and sign * (stop_px - reference_px) > 0:
        reference_px = stop_px
    if sign * (price - reference_px) * BPS <= reference_px * limit.value:
        return None
    return Refusal.PRICE_EXCEEDS_COLLAR, f"price={plain(price)} reference_px={plain(reference_px)} {_row(limit)}"


def passive_collar(case: Case, limit: Limit) -> Verdict | None:
    """Not away from the near touch: a typing error looks like this."""
    price = case.terms.price
    if price is None:
        return None
    sign = 1 if case.terms.side is _BUY else -1
    if sign * (case.near_px - price) * BPS <= case.near_px * limit.value:
        return None
    return Refusal.PRICE_EXCEEDS_COLLAR, f"price={plain(price)} near_px={plain(case.near_px)} {_row(limit)}"


def open_orders(case: Case, limit: Limit) -> Verdict | None:
    if case.held is not None:
        return None  # It is counted already.
    used = sum(usage.open_orders for _, usage in case.used(limit.scope))
    return _within(Decimal(used), Decimal(1), limit, "open_orders", Refusal.OPEN_ORDERS_EXCEED_MAX)


def long_qty(case: Case, limit: Limit) -> Verdict | None:
    """What there is and every open buy: the worst that the position can become on that side. What does not add to it passes."""
    if case.terms.side is not _BUY:
        return None
    used = sum((usage.pos_qty + usage.open_buy_qty for _, usage in case.used(limit.scope)), ZERO)
    return _within(used, added(case)[0], limit, "long_qty", Refusal.POSITION_EXCEEDS_MAX)


def short_qty(case: Case, limit: Limit) -> Verdict | None:
    """The same, of what there is and every open sell."""
    if case.terms.side is _BUY:
        return None
    used = sum((usage.open_sell_qty - usage.pos_qty for _, usage in case.used(limit.scope)), ZERO)
    return _within(used, added(case)[0], limit, "short_qty", Refusal.POSITION_EXCEEDS_MAX)


def open_value(case: Case, limit: Limit) -> Verdict | None:
    """The value of everything that may still trade, buys and sells."""
    return _valued(case, limit, _open, "open_value", Refusal.OPEN_VALUE_EXCEEDS_MAX)


def day_gross_value(case: Case, limit: Limit) -> Verdict | None:
    """What traded today and what may still trade; within the day it never becomes less than what traded."""
    return _valued(case, limit, _day_gross, "day_gross_value", Refusal.DAY_VALUE_EXCEEDS_MAX)


def day_net_value(case: Case, limit: Limit) -> Verdict | None:
    """What was bought less what was sold today, with every open order of the order's own side."""
    net = _day_net_bought if case.terms.side is _BUY else _day_net_sold
    return _valued(case, limit, net, "day_net_value", Refusal.DAY_VALUE_EXCEEDS_MAX)


def _open(usage: Usage) -> Decimal:
    return usage.open_buy_value + usage.open_sell_value


def _day_gross(usage: Usage) -> Decimal:
    return usage.day_bought_value + usage.day_sold_value + usage.open_buy_value + usage.open_sell_value


def _day_net_bought(usage: Usage) -> Decimal:
    return usage.day_net_value + usage.open_buy_value


def _day_net_sold(usage: Usage) -> Decimal:
    return usage.open_sell_value - usage.day_net_value


def _valued(case: Case, limit: Limit, amount: Callable[[Usage], Decimal], name: str, refusal: Refusal) -> Verdict | None:
    """Money of all currencies of the scope. What adds nothing needs no rate."""
    why, more = _priced(case, limit), added(case)[1]
    if why is not None or not more:
        return why
    value, used = worth(case, limit, case.instrument.currency, more), used_value(case, limit, amount)
    if isinstance(value, tuple):
        return value
    return used if isinstance(used, tuple) else _within(used, value, limit, name, refusal)


def _within(used: Decimal, more: Decimal, limit: Limit, name: str, refusal: Refusal) -> Verdict | None:
    """What adds nothing passes, even where the limit is exceeded: a way out is never barred."""
    if not more or used + more <= limit.value:
        return None
    return refusal, f"{name}={plain(used)} added={plain(more)} {_row(limit)}"


def _priced(case: Case, limit: Limit) -> Verdict | None:
    """Where an order of unknown price is open, nobody can say what is used."""
    unpriced = sum(usage.unpriced_orders for _, usage in case.used(limit.scope))
    return (Refusal.UNPRICED_EXPOSURE, f"unpriced_orders={unpriced} {_row(limit)}") if unpriced else None


def _row(limit: Limit) -> str:
    return f"{limit.control.value}={plain(limit.value)} scope={limit.scope.text.replace(' ', ',')}"


Check = Callable[[Case, Limit], Verdict | None]
ALWAYS: tuple[Callable[[Case], Verdict | None], ...] = (trading_state, currency, price_on_tick, order_qty_in_lots)
"""What needs no limit, first."""
CHECKS: tuple[tuple[Control, Check], ...] = (
    (Control.RESTRICTED_LIST, of_market.restricted_list),
    (Control.PERMISSION, of_market.permission),
    (Control.MARKET_STATE, of_market.market_state),
    (Control.ORDER_QTY_MAX, order_qty),
    (Control.AUCTION_QTY_MAX, of_market.auction_qty),
    (Control.ORDER_ADV_BPS_MAX, of_market.order_share_of_adv),
    (Control.REFERENCE_AGE_MS_MAX, quote_is_sane),
    (Control.REFERENCE_AGE_MS_MAX, reference_age),
    (Control.ORDER_QTY_MAX, cash_order_qty),
    (Control.PRICE_COLLAR_BPS, price_collar),
    (Control.PASSIVE_COLLAR_BPS, passive_collar),
    (Control.SHORT_MARKING, of_market.short_marking),
    (Control.LOCATE, of_market.locate),
    (Control.SHORT_CIRCUIT_BREAKER, of_market.short_circuit_breaker),
    (Control.FX_RATE_AGE_MS_MAX, of_market.fx_rate),
    (Control.ORDER_VALUE_MAX, order_value),
    (Control.OPEN_ORDERS_MAX, open_orders),
    (Control.LONG_QTY_MAX, long_qty),
    (Control.SHORT_QTY_MAX, short_qty),
    (Control.DAY_ADV_BPS_MAX, of_market.day_share_of_adv),
    (Control.OPEN_VALUE_MAX, open_value),
    (Control.DAY_GROSS_VALUE_MAX, day_gross_value),
    (Control.DAY_NET_VALUE_MAX, day_net_value),
)
"""The policy: its order is precedence. Cheap before dear, and the price before what is counted by it."""
