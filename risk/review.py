"""The verdict on one order: every check is a function, the policy is a tuple, and its order is precedence.

A cancel is never reviewed. Whatever is missing or stale refuses (fail closed).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

import msgspec

from oms.domain.fields import Side
from oms.domain.numbers import BPS, plain
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision, Terms
from risk.limits import Instrument, Limits, Policy, Quote

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


def price_on_tick(case: Case) -> Verdict | None:
    price = case.terms.price
    if price is None or not price % case.instrument.tick:
        return None
    return Refusal.PRICE_NOT_ON_TICK, f"price={plain(price)} tick={plain(case.instrument.tick)}"


def order_qty_in_lots(case: Case) -> Verdict | None:
    if not case.terms.order_qty % case.instrument.lot:
        return None
    return Refusal.ORDER_QTY_NOT_IN_LOTS, f"order_qty={plain(case.terms.order_qty)} lot={plain(case.instrument.lot)}"


def order_qty(case: Case) -> Verdict | None:
    if case.terms.order_qty <= case.limits.order_qty_max:
        return None
    numbers = f"order_qty={plain(case.terms.order_qty)} order_qty_max={plain(case.limits.order_qty_max)}"
    return Refusal.ORDER_QTY_EXCEEDS_MAX, numbers


def quote_is_sane(case: Case) -> Verdict | None:
    if Decimal(0) < case.quote.bid_px <= case.quote.offer_px:
        return None
    return Refusal.NO_REFERENCE_PX, f"bid_px={plain(case.quote.bid_px)} offer_px={plain(case.quote.offer_px)}"


def quote_is_fresh(case: Case) -> Verdict | None:
    if 0 <= case.reference_age_ms <= case.limits.reference_age_ms_max:
        return None
    numbers = f"reference_age_ms={case.reference_age_ms} reference_age_ms_max={case.limits.reference_age_ms_max}"
    return Refusal.STALE_REFERENCE_PX, numbers


def price_collar(case: Case) -> Verdict | None:
    """Not through the far touch by more than the collar, not away from the near touch by more than the passive collar."""
    price = case.terms.price
    if price is None:
        return None
    sign = 1 if case.terms.side is Side.BUY else -1
    is_through = sign * (price - case.reference_px) * BPS > case.reference_px * case.limits.price_collar_bps
    is_away = sign * (case.near_px - price) * BPS > case.near_px * case.limits.passive_collar_bps
    if not is_through and not is_away:
        return None
    bps = case.limits.price_collar_bps if is_through else case.limits.passive_collar_bps
    numbers = f"price={plain(price)} reference_px={plain(case.reference_px)} collar_bps={plain(bps)}"
    return Refusal.PRICE_EXCEEDS_COLLAR, numbers


def order_notional(case: Case) -> Verdict | None:
    if case.order_notional <= case.limits.order_notional_max:
        return None
    limit = plain(case.limits.order_notional_max)
    return Refusal.ORDER_NOTIONAL_EXCEEDS_MAX, f"order_notional={plain(case.order_notional)} order_notional_max={limit}"


CHECKS: tuple[Check, ...] = (
    price_on_tick,
    order_qty_in_lots,
    order_qty,
    quote_is_sane,
    quote_is_fresh,
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
    is_buy = terms.side is Side.BUY
    reference_px, near_px = (quote.offer_px, quote.bid_px) if is_buy else (quote.bid_px, quote.offer_px)
    if terms.price is None:
        worst_px = reference_px * (BPS + limits.price_collar_bps) * _PER_BPS
    else:
        worst_px = terms.price if is_buy else max(terms.price, reference_px)  # A sell trades at the bid where that is better.
    return Case(
        terms=terms,
        instrument=instrument,
        limits=limits,
        quote=quote,
        reference_px=reference_px,
        near_px=near_px,
        worst_px=worst_px,
        order_notional=terms.order_qty * worst_px * instrument.multiplier,
        reference_age_ms=(at_ns - quote.at_ns) // _NS_PER_MS,
    )
