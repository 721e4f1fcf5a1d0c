"""Checks that need more of the world than a quote: lists, the state of the market, volumes, and what may be sold short.

Each reads reference data; where that is missing, or older than the limit's `age_ms_max`, it refuses.
"""

from decimal import Decimal
from typing import TypeVar, cast

from oms.domain.fields import OrdType, Side, TimeInForce
from oms.domain.numbers import BPS, ZERO, plain
from oms.domain.reference import (
    Adv,
    AllowList,
    EasyToBorrow,
    Locate,
    Market,
    MarketState,
    RestrictedList,
    Restriction,
    Row,
    ShortRestriction,
    word,
)
from oms.domain.refusal import Refusal
from risk.case import NS_PER_MS, Case, Verdict, added
from risk.limit import Limit
from risk.locates import SHORT
from risk.rates import rate_of
from risk.reference import Restrictive

R = TypeVar("R", bound=Row)
_BUY, _SELL, _SHORT = Side.BUY, Side.SELL, Side.SELL_SHORT
_IN_AN_AUCTION = frozenset({TimeInForce.AT_THE_OPENING, TimeInForce.AT_THE_CLOSE})
_ON_CLOSE = frozenset({OrdType.MARKET_ON_CLOSE, OrdType.LIMIT_ON_CLOSE})
_OPEN = frozenset({MarketState.CONTINUOUS, MarketState.AUCTION})
_EXTENDED = frozenset({MarketState.PRE_MARKET, MarketState.POST_MARKET})
_AUCTIONS = frozenset({MarketState.AUCTION, MarketState.NO_CANCEL})


def permission(case: Case, limit: Limit) -> Verdict | None:
    """Where there are allow-lists, what no entry allows is refused."""
    why = _list_is_stale(case, AllowList, limit)
    if why is not None:
        return why
    terms, at_ns = case.terms, case.at_ns
    for entry in case.reference.allowing(case.facets):
        is_type = not entry.ord_types or terms.ord_type in entry.ord_types
        is_time = not entry.times_in_force or terms.time_in_force in entry.times_in_force
        if is_type and is_time and entry.is_within(at_ns):
            return None
    asked = f"ord_type={terms.ord_type.name} time_in_force={terms.time_in_force.name} trader={case.facets.trader}"
    return Refusal.NOT_ALLOWED, f"{asked} {_row(limit)}"


def restricted_list(case: Case, limit: Limit) -> Verdict | None:
    """Every entry that the order is on has to leave it open. A watch list leaves everything open."""
    why = _list_is_stale(case, RestrictedList, limit)
    if why is not None:
        return why
    against = next((entry for entry in case.reference.restricted(case.facets) if not _leaves_open(case, entry)), None)
    if against is None:
        return None
    said = f"list={against.name} restriction={against.restriction.value} entry={against.scope.text.replace(' ', ',')}"
    return Refusal.RESTRICTED, f"{said} {_row(limit)}"


def market_state(case: Case, limit: Limit) -> Verdict | None:
    """Open, or before and after hours where the limit is 1. While nothing may be changed, a new order may still come in."""
    found = _known(case, Market, case.terms.symbol, limit)
    if isinstance(found, tuple):
        return found
    is_new = case.held is None
    if found.state in _OPEN or (found.state is MarketState.NO_CANCEL and is_new) or (found.state in _EXTENDED and limit.value):
        return None
    return Refusal.MARKET_NOT_OPEN, f"state={found.state.value} symbol={case.terms.symbol} {_row(limit)}"


def auction_qty(case: Case, limit: Limit) -> Verdict | None:
    """Of an order for an auction, or while there is one. The limit for every order holds beside it."""
    terms = case.terms
    if terms.order_qty <= limit.value:
        return None
    if terms.time_in_force not in _IN_AN_AUCTION and terms.ord_type not in _ON_CLOSE:
        found = _known(case, Market, terms.symbol, limit)
        if isinstance(found, tuple):
            return found
        if found.state not in _AUCTIONS:
            return None
    return Refusal.ORDER_QTY_EXCEEDS_MAX, f"order_qty={plain(terms.order_qty)} {_row(limit)}"


def order_share_of_adv(case: Case, limit: Limit) -> Verdict | None:
    """The order's whole quantity. Where the volume is not known, the limit's own fallback holds."""
    return _share_of_adv(case, limit, case.terms.order_qty, "order_qty")


def day_share_of_adv(case: Case, limit: Limit) -> Verdict | None:
    """What traded today within the scope and what may still trade, on both sides, with the order."""
    more = added(case)[0]
    if not more and case.terms.cash_order_qty is None:
        return None
    used = sum((usage.day_qty + usage.open_buy_qty + usage.open_sell_qty for _, usage in case.used(limit.scope)), ZERO)
    return _share_of_adv(case, limit, used + more, "day_qty")


def fx_rate(case: Case, _limit: Limit) -> Verdict | None:
    """Of the order's own currency. What a limit of value needs beside it, it asks for itself."""
    currency = case.instrument.currency
    if case.reference.base_currency in ("", currency):
        return None
    found = rate_of(case, currency)
    return found if isinstance(found, tuple) else None


def short_marking(case: Case, limit: Limit) -> Verdict | None:
    """What is sold beyond what is held, less what is being sold already, is a short sale; all else is none (Reg SHO 200(g))."""
    side = case.terms.side
    if side is _BUY:
        return None
    if case.terms.cash_order_qty is not None:
        return Refusal.SHORT_SALE_MISMARKED, f"cash_order_qty={plain(case.terms.cash_order_qty)} {_row(limit)}"
    there = case.ledger.position(case.terms.account, case.terms.symbol)
    own = case.held.leaves_qty if case.held is not None else ZERO
    free, leaves_qty = max(there.pos_qty - there.open_sell_qty + own, ZERO), case.asked.leaves_qty
    if (leaves_qty <= free) is (side is _SELL) or not leaves_qty:
        return None
    return Refusal.SHORT_SALE_MISMARKED, f"side={side.name} leaves_qty={plain(leaves_qty)} long_qty={plain(free)} {_row(limit)}"


def locate(case: Case, limit: Limit) -> Verdict | None:
    """A short sale names a locate of which enough is left, or is of what is easy to borrow (Reg SHO 203(b)(1))."""
    terms = case.terms
    if terms.side not in SHORT or (not added(case)[0] and terms.cash_order_qty is None):
        return None
    if terms.instructions.locate_id:
        return _locate_is_good(case, limit)
    if terms.instructions.locate_reqd is not False:
        return Refusal.NO_LOCATE, f"locate_id=none locate_reqd={_yes_or_no(terms.instructions.locate_reqd)} {_row(limit)}"
    found = _known(case, EasyToBorrow, terms.symbol, limit)
    if isinstance(found, tuple):
        return found
    return None if found.is_easy else (Refusal.NO_LOCATE, f"locate_id=none easy_to_borrow=N symbol={terms.symbol} {_row(limit)}")


def short_circuit_breaker(case: Case, limit: Limit) -> Verdict | None:
    """While it is on, a short sale that is not exempt has a price above the bid (Reg SHO 201(b))."""
    terms = case.terms
    if terms.side is not _SHORT:
        return None
    found = _known(case, ShortRestriction, terms.symbol, limit)
    if isinstance(found, tuple):
        return found
    bid_px = case.quote.bid_px if not case.quote.stands_in else None
    is_above = bid_px is not None and terms.price is not None and terms.ord_type is OrdType.LIMIT and terms.price > bid_px
    if not found.is_on or is_above:
        return None
    price, bid = ("none" if px is None else plain(px) for px in (terms.price, bid_px))
    return Refusal.SHORT_SALE_RESTRICTED, f"price={price} bid_px={bid} {_row(limit)}"


def _leaves_open(case: Case, entry: Restrictive) -> bool:
    """Whether one entry has nothing against the order."""
    is_buy = case.terms.side is _BUY
    if entry.restriction is Restriction.CLOSE_ONLY:
        return _closes(case)
    return entry.restriction is Restriction.WATCH or entry.restriction is (
        Restriction.BUY_ONLY if is_buy else Restriction.SELL_ONLY
    )


def _closes(case: Case) -> bool:
    """Whether it makes a position smaller, if all else that is open on its side trades."""
    if case.terms.cash_order_qty is not None:
        return False
    there = case.ledger.position(case.terms.account, case.terms.symbol)
    is_buy = case.terms.side is _BUY
    closes = -there.pos_qty - there.open_buy_qty if is_buy else there.pos_qty - there.open_sell_qty
    return added(case)[0] <= max(closes, ZERO)


def _locate_is_good(case: Case, limit: Limit) -> Verdict | None:
    terms, locate_id = case.terms, case.terms.instructions.locate_id
    found = _known(case, Locate, locate_id, limit)
    if isinstance(found, tuple):
        return found
    named = f"locate_id={locate_id}"
    if terms.cash_order_qty is not None:
        return Refusal.NO_LOCATE, f"{named} cash_order_qty={plain(terms.cash_order_qty)} {_row(limit)}"
    if found.symbol != terms.symbol or found.account not in ("", terms.account):
        return Refusal.NO_LOCATE, f"{named} is_for={found.account or 'any'}/{found.symbol} {_row(limit)}"
    left, more = found.qty - case.reference.locates.used(locate_id), added(case)[0]
    if more <= left:
        return None
    return Refusal.NO_LOCATE, f"{named} left={plain(max(left, ZERO))} added={plain(more)} {_row(limit)}"


def _share_of_adv(case: Case, limit: Limit, qty: Decimal, name: str) -> Verdict | None:
    terms = case.terms
    if terms.cash_order_qty is not None:
        return Refusal.ADV_SHARE_EXCEEDS_MAX, f"cash_order_qty={plain(terms.cash_order_qty)} {_row(limit)}"
    found = _known(case, Adv, terms.symbol, limit)
    if isinstance(found, Adv):
        if qty * BPS <= limit.value * found.adv20:
            return None
        return Refusal.ADV_SHARE_EXCEEDS_MAX, f"{name}={plain(qty)} adv20={plain(found.adv20)} {_row(limit)}"
    if limit.fallback is None:
        return found
    if qty <= limit.fallback:
        return None
    return Refusal.ADV_SHARE_EXCEEDS_MAX, f"{name}={plain(qty)} adv20=unknown fallback={plain(limit.fallback)} {_row(limit)}"


def _known(case: Case, kind: type[R], key: str, limit: Limit) -> R | Verdict:
    """The row, if it is there and fresh."""
    held = case.reference.of(kind, key)
    if held is None:
        return Refusal.MISSING_REFERENCE_DATA, f"{word(kind)}={key} {_row(limit)}"
    stale = _stale(case, held.as_of_ns, limit)
    return (Refusal.STALE_REFERENCE_DATA, f"{word(kind)}={key} {stale}") if stale else cast(R, held.row)


def _list_is_stale(case: Case, kind: type[Row], limit: Limit) -> Verdict | None:
    """A list that is missing is not an empty one, and one that is old hides what came onto it since."""
    oldest_ns = case.reference.oldest_ns(kind)
    if oldest_ns is None:
        return Refusal.MISSING_REFERENCE_DATA, f"{word(kind)}=none {_row(limit)}"
    stale = _stale(case, oldest_ns, limit)
    return (Refusal.STALE_REFERENCE_DATA, f"{word(kind)}=oldest {stale}") if stale else None


def _stale(case: Case, as_of_ns: int, limit: Limit) -> str:
    """The numbers of what is too old, or of a time to come; empty where it is neither."""
    age_ms = (case.at_ns - as_of_ns) // NS_PER_MS
    return "" if 0 <= age_ms <= limit.age_ms_max else f"age_ms={age_ms} age_ms_max={limit.age_ms_max} {_row(limit)}"


def _yes_or_no(flag: bool | None) -> str:
    return "none" if flag is None else "Y" if flag else "N"


def _row(limit: Limit) -> str:
    return f"{limit.control.value}={plain(limit.value)} scope={limit.scope.text.replace(' ', ',')}"
