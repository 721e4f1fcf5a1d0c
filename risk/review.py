"""The verdict on one order: every check is a function, the sheet says which of them hold for it, and their order is precedence.

A cancel is never reviewed. Whatever is missing or stale refuses (fail closed).
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from oms.domain.chain import Chain, Request
from oms.domain.fields import MsgType, Side
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision, Terms
from risk.case import NS_PER_MS, Case, Verdict, order_notional, worst_px
from risk.checks import ALWAYS
from risk.exposure import Exposure, exposure
from risk.latches import Latches
from risk.ledger import Ledger
from risk.limits import Instrument, Quote
from risk.reference import Reference
from risk.scope import Facets
from risk.sheet import Rows, Sheet
from risk.waterfall import is_fresh, stand_in

_PROBLEM_MAX = 200
_BUY, _REPLACE = Side.BUY, MsgType.ORDER_CANCEL_REPLACE_REQUEST


class Basis(msgspec.Struct, frozen=True):
    """What risk knows when it is asked. The market prices alone are in no journal: each decision records those that it read."""

    sheet: Sheet
    instruments: Mapping[str, Instrument]
    quotes: Mapping[str, Quote]
    ledger: Ledger
    latches: Latches
    reference: Reference = msgspec.field(default_factory=Reference)


def review(basis: Basis, terms: Terms, facets: Facets, at_ns: int, chain: Chain | None = None) -> tuple[Verdict | None, Decision]:
    """The first reason against the order, if there is one, and the numbers that were read to find out.

    `chain` is the order that exists already, for a replace, and for a request that is to be sent again.
    """
    try:
        return _review(basis, terms, facets, at_ns, chain)
    except Exception as problem:  # noqa: BLE001  Whatever goes wrong in here, nothing passes; the journal has the reason.
        return (Refusal.NOT_JUDGED, repr(problem)[:_PROBLEM_MAX]), _read(basis.sheet.version, basis.quotes.get(terms.symbol))


def _review(
    basis: Basis, terms: Terms, facets: Facets, at_ns: int, chain: Chain | None = None
) -> tuple[Verdict | None, Decision]:
    instrument, quote = basis.instruments.get(terms.symbol), basis.quotes.get(terms.symbol)
    version = basis.sheet.version
    if instrument is None:
        return (Refusal.UNKNOWN_SYMBOL, f"symbol={terms.symbol}"), _read(version, quote)
    rows = basis.sheet.of(facets, at_ns)
    if rows.missing is not None:
        return (Refusal.MISSING_LIMIT, f"account={terms.account} {rows.missing.value}=none"), _read(version, quote)
    seen = quote
    if rows.waterfall and not is_fresh(quote, at_ns, rows.reference_age_ms_max):
        quote = stand_in(basis.reference, rows.waterfall, terms, at_ns) or quote
    if quote is None:
        return (Refusal.NO_REFERENCE_PX, f"symbol={terms.symbol}"), _read(version, quote)
    case = _case(basis, rows, terms, facets, instrument, quote, at_ns, chain)
    verdict = next(verdicts(case, rows), None)
    if quote is not seen:
        return verdict, replace(_read(version, seen), worst_px=case.worst_px, reference_kind=quote.stands_in)
    return verdict, Decision(version, quote.bid_px, quote.offer_px, quote.at_ns, case.worst_px)


def case_of(basis: Basis, terms: Terms, facets: Facets, at_ns: int, chain: Chain | None = None) -> tuple[Case, Rows] | None:
    """What the same is judged as, and by which rows; None where `review` refuses before there is anything to judge."""
    instrument, quote = basis.instruments.get(terms.symbol), basis.quotes.get(terms.symbol)
    rows = basis.sheet.of(facets, at_ns)
    if rows.waterfall and not is_fresh(quote, at_ns, rows.reference_age_ms_max):
        quote = stand_in(basis.reference, rows.waterfall, terms, at_ns) or quote
    if instrument is None or quote is None or rows.missing is not None:
        return None
    return _case(basis, rows, terms, facets, instrument, quote, at_ns, chain), rows


def verdicts(case: Case, rows: Rows) -> Iterator[Verdict]:
    """Every reason against the order, by precedence."""
    for always in ALWAYS:
        verdict = always(case)
        if verdict is not None:
            yield verdict
    for check, limit in rows.checks:
        verdict = check(case, limit)
        if verdict is not None:
            yield verdict


def _read(version: str, quote: Quote | None) -> Decision:
    """What was read of an order that was refused before its worst was known."""
    return Decision(version) if quote is None else Decision(version, quote.bid_px, quote.offer_px, quote.at_ns)


def _case(
    basis: Basis,
    rows: Rows,
    terms: Terms,
    facets: Facets,
    instrument: Instrument,
    quote: Quote,
    at_ns: int,
    chain: Chain | None,
) -> Case:
    is_buy = terms.side is _BUY
    reference_px, near_px = (quote.offer_px, quote.bid_px) if is_buy else (quote.bid_px, quote.offer_px)
    worst = worst_px(terms, reference_px, rows.collar_bps)
    notional = order_notional(terms, worst, instrument.multiplier)
    held, asked = None, Exposure(is_buy, terms.order_qty, notional)
    if chain is not None:
        held = exposure(chain, instrument.multiplier)
        asked = exposure(_with_version(chain, terms, worst), instrument.multiplier) or asked
    return Case(  # By place: from sixteen names on Python takes half a microsecond longer.
        terms,
        facets,
        instrument,
        quote,
        reference_px,
        near_px,
        worst,
        notional,
        (at_ns - quote.at_ns) // NS_PER_MS,
        rows.collar_bps,
        basis.ledger,
        basis.latches.of(facets),
        held,
        asked,
        at_ns,
        basis.reference,
        rows.fx_rate_age_ms_max,
    )


def _with_version(chain: Chain, terms: Terms, worst: Decimal) -> Chain:
    """The order as it would be with one more version on its way. A filled one may be opened again by it."""
    request = Request("?", _REPLACE, "", "", 0, 0, terms, worst_px=worst)
    return replace(chain, requests=(*chain.requests, request))
