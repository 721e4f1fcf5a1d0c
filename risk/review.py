"""The verdict on one order: every check is a function, the policy is a tuple, and its order is precedence.

A cancel is never reviewed. Whatever is missing or stale refuses (fail closed).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

import msgspec

from oms.domain.fields import Side
from oms.domain.numbers import BPS, ZERO, plain
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision, Terms
from risk.limits import Instrument, Limits, Policy, Quote

_BUY = Side.BUY
_PER_BPS = Decimal("0.0001")
_NS_PER_MS = 1_000_000


class Case(msgspec.Struct, frozen=True, gc=False):
    """One order with every number that a check may read."""

    terms: Terms
    instrument: Instrument
    limits: Limits
    quote: Quote
    reference_px: Decimal
    """Far touch: the offer for a buy, the bid for a sell."""
    near_px: Decimal
    worst_px: Decimal
    order_notional: Decimal
    reference_age_ms: int


Verdict = tuple[Refusal, str]
"""Why not, and the numbers, as `CODE key=value` text."""
Check = Callable[[Case], Verdict | None]


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


def order_qty(case: Case) -> Verdict | None:
    if case.terms.order_qty <= case.limits.order_qty_max:
        return None
    numbers = f"order_qty={plain(case.terms.order_qty)} order_qty_max={plain(case.limits.order_qty_max)}"
    return Refusal.ORDER_QTY_EXCEEDS_MAX, numbers


def cash_order_qty(case: Case) -> Verdict | None:
    """Money buys the more, the lower the price: the most that it could buy is within the limit. Nothing is divided."""
    cash = case.terms.cash_order_qty
    if cash is None:
        return None
    least_px = _least_px(case)
    if cash <= case.limits.order_qty_max * least_px * case.instrument.multiplier:
        return None
    numbers = f"cash_order_qty={plain(cash)} least_px={plain(least_px)} order_qty_max={plain(case.limits.order_qty_max)}"
    return Refusal.ORDER_QTY_EXCEEDS_MAX, numbers


def quote_is_sane(case: Case) -> Verdict | None:
    if ZERO < case.quote.bid_px <= case.quote.offer_px:
        return None
    return Refusal.NO_REFERENCE_PX, f"bid_px={plain(case.quote.bid_px)} offer_px={plain(case.quote.offer_px)}"


def quote_is_fresh(case: Case) -> Verdict | None:
    if 0 <= case.reference_age_ms <= case.limits.reference_age_ms_max:
        return None
    numbers = f"reference_age_ms={case.reference_age_ms} reference_age_ms_max={case.limits.reference_age_ms_max}"
    return Refusal.STALE_REFERENCE_PX, numbers


def price_collar(case: Case) -> Verdict | None:
    """Not through the far touch by more than the collar, not away from the near touch by more than the passive collar.

    A stop order meets the market where it is triggered: through is measured from there if that is worse.
    """
    price, stop_px, reference_px = case.terms.price, case.terms.stop_px, case.reference_px
    if price is None:
        return None
    sign = 1 if case.terms.side is _BUY else -1
    if stop_px is not None and sign * (stop_px - reference_px) > 0:
        reference_px = stop_px
    is_through = sign * (price - reference_px) * BPS > reference_px * case.limits.price_collar_bps
    is_away = sign * (case.near_px - price) * BPS > case.near_px * case.limits.passive_collar_bps
    if not is_through and not is_away:
        return None
    bps = case.limits.price_collar_bps if is_through else case.limits.passive_collar_bps
    numbers = f"price={plain(price)} reference_px={plain(reference_px)} collar_bps={plain(bps)}"
    return Refusal.PRICE_EXCEEDS_COLLAR, numbers


def order_notional(case: Case) -> Verdict | None:
    if case.order_notional <= case.limits.order_notional_max:
        return None
    limit = plain(case.limits.order_notional_max)
    return Refusal.ORDER_NOTIONAL_EXCEEDS_MAX, f"order_notional={plain(case.order_notional)} order_notional_max={limit}"


CHECKS: tuple[Check, ...] = (
    currency,
    price_on_tick,
    order_qty_in_lots,
    order_qty,
    quote_is_sane,
    quote_is_fresh,
    cash_order_qty,
    price_collar,
    order_notional,
)


def review(terms: Terms, policy: Policy, quotes: Mapping[str, Quote], at_ns: int) -> tuple[Verdict | None, Decision]:
    """The first reason against the order, if there is one, and the numbers that were read to find out."""
    limits = policy.limits.get(terms.account)
    instrument = policy.instruments.get(terms.symbol)
    quote = quotes.get(terms.symbol)
    if instrument is None:
        return (Refusal.UNKNOWN_SYMBOL, f"symbol={terms.symbol}"), Decision(policy.version)
    if limits is None:
        return (Refusal.MISSING_LIMIT, f"account={terms.account}"), Decision(policy.version)
    if quote is None:
        return (Refusal.NO_REFERENCE_PX, f"symbol={terms.symbol}"), Decision(policy.version)
    case = _case(terms, instrument, limits, quote, at_ns)
    decision = Decision(
        limits_version=policy.version,
        reference_px=case.reference_px,
        reference_age_ms=case.reference_age_ms,
        worst_px=case.worst_px,
        order_notional=case.order_notional,
    )
    for check in CHECKS:
        verdict = check(case)
        if verdict is not None:
            return verdict, decision
    return None, decision


def _case(terms: Terms, instrument: Instrument, limits: Limits, quote: Quote, at_ns: int) -> Case:
    is_buy = terms.side is _BUY
    reference_px, near_px = (quote.offer_px, quote.bid_px) if is_buy else (quote.bid_px, quote.offer_px)
    if terms.price is None:
        worst_px = _triggered(terms, reference_px) * (BPS + limits.price_collar_bps) * _PER_BPS
    else:  # A sell trades at the bid where that is better.
        worst_px = terms.price if is_buy else max(terms.price, _triggered(terms, reference_px))
    return Case(
        terms=terms,
        instrument=instrument,
        limits=limits,
        quote=quote,
        reference_px=reference_px,
        near_px=near_px,
        worst_px=worst_px,
        order_notional=max(terms.cash_order_qty or ZERO, terms.order_qty * worst_px * instrument.multiplier),
        reference_age_ms=(at_ns - quote.at_ns) // _NS_PER_MS,
    )


def _triggered(terms: Terms, reference_px: Decimal) -> Decimal:
    """The higher of the market now and where a stop would be triggered: what makes the order larger, in money."""
    return reference_px if terms.stop_px is None else max(terms.stop_px, reference_px)


def _least_px(case: Case) -> Decimal:
    """The lowest price that a cash order is assumed to trade at, slippage included where it has no price of its own."""
    terms, bid_px = case.terms, case.quote.bid_px
    lowest = min(px for px in (bid_px, terms.price, terms.stop_px) if px is not None)
    return lowest if terms.price is not None else lowest * (BPS - case.limits.price_collar_bps) * _PER_BPS
