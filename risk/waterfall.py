"""What an order is judged by where there is no fresh quote: the last trade, then the prior close, where a limit lets them be.

Only an order with a price of its own: what one without would trade at, nobody can say.
"""

from decimal import Decimal

from oms.domain.reference import LastTrade, PriorClose, Row, word
from oms.domain.terms import Terms
from risk.limits import Quote
from risk.reference import Reference

Waterfall = tuple[tuple[type[Row], Decimal], ...]
"""What may stand in for a quote, best first, and its greatest age in milliseconds."""
_NS_PER_MS = 1_000_000


def is_fresh(quote: Quote | None, at_ns: int, age_ms_max: Decimal) -> bool:
    """Whether it needs no stand-in."""
    if quote is None or not 0 < quote.bid_px <= quote.offer_px:
        return False
    return 0 <= (at_ns - quote.at_ns) // _NS_PER_MS <= age_ms_max


def stand_in(reference: Reference, waterfall: Waterfall, terms: Terms, at_ns: int) -> Quote | None:
    """A price as both sides of a quote; None where there is none that may be used."""
    if terms.price is None:
        return None
    for kind, age_ms_max in waterfall:
        held = reference.of(kind, terms.symbol)
        if held is not None and 0 <= (at_ns - held.as_of_ns) // _NS_PER_MS <= age_ms_max:
            assert isinstance(held.row, (LastTrade, PriorClose))
            return Quote(held.row.px, held.row.px, held.as_of_ns, word(kind))
    return None
