"""What each control means, in words: its id in the catalogue of controls, its unit, and what it refuses with."""

from collections.abc import Mapping

import msgspec

from oms.domain.refusal import Refusal
from risk.control import Control


class Entry(msgspec.Struct, frozen=True):
    """One control."""

    id: str
    """In the catalogue of controls: Z for sizes, C for collars and prices, E for exposure, K and O for states of trading."""
    meaning: str
    unit: str
    refusals: tuple[Refusal, ...]
    needs_symbol: bool = False
    """Whether its scope has to name a symbol."""


_OF_DATA = (Refusal.MISSING_REFERENCE_DATA, Refusal.STALE_REFERENCE_DATA)
CATALOGUE: Mapping[Control, Entry] = {
    Control.REFERENCE_AGE_MS_MAX: Entry(
        "C3", "how old the quote may be", "ms", (Refusal.NO_REFERENCE_PX, Refusal.STALE_REFERENCE_PX)
    ),
    Control.ORDER_QTY_MAX: Entry(
        "Z1",
        "OrderQty(38) of one order, the new total of a replace; of CashOrderQty(152) the most that it could buy or sell",
        "quantity",
        (Refusal.ORDER_QTY_EXCEEDS_MAX,),
    ),
    Control.ORDER_VALUE_MAX: Entry(
        "Z2", "quantity × worst price × multiplier of one order", "money", (Refusal.ORDER_NOTIONAL_EXCEEDS_MAX,)
    ),
    Control.PRICE_COLLAR_BPS: Entry(
        "C1", "how far through the far touch a price may be", "bps of the far touch", (Refusal.PRICE_EXCEEDS_COLLAR,)
    ),
    Control.PASSIVE_COLLAR_BPS: Entry(
        "C1", "how far away from the near touch a price may be", "bps of the near touch", (Refusal.PRICE_EXCEEDS_COLLAR,)
    ),
    Control.OPEN_ORDERS_MAX: Entry("E5", "how many orders may be open", "orders", (Refusal.OPEN_ORDERS_EXCEED_MAX,)),
    Control.LONG_QTY_MAX: Entry(
        "E1", "the position, if every open buy trades", "quantity", (Refusal.POSITION_EXCEEDS_MAX,), needs_symbol=True
    ),
    Control.SHORT_QTY_MAX: Entry(
        "E1", "the position below zero, if every open sell trades", "quantity", (Refusal.POSITION_EXCEEDS_MAX,), needs_symbol=True
    ),
    Control.OPEN_VALUE_MAX: Entry(
        "E5", "the value of everything open", "money", (Refusal.UNPRICED_EXPOSURE, Refusal.OPEN_VALUE_EXCEEDS_MAX)
    ),
    Control.DAY_GROSS_VALUE_MAX: Entry(
        "E2",
        "what traded today and everything open, buys and sells added up",
        "money",
        (Refusal.UNPRICED_EXPOSURE, Refusal.DAY_VALUE_EXCEEDS_MAX),
    ),
    Control.DAY_NET_VALUE_MAX: Entry(
        "E3",
        "what was bought less what was sold today, with everything open on the order's own side",
        "money",
        (Refusal.UNPRICED_EXPOSURE, Refusal.DAY_VALUE_EXCEEDS_MAX),
    ),
    Control.FX_RATE_AGE_MS_MAX: Entry("E2", "how old a rate of exchange to the base currency may be", "ms", _OF_DATA),
    Control.LAST_TRADE_AGE_MS_MAX: Entry(
        "C1",
        "how old the last trade may be that stands in for a quote; no check of its own: what stands in is judged as one",
        "ms",
        (),
    ),
    Control.PRIOR_CLOSE_AGE_MS_MAX: Entry("C1", "the same of the prior close, after the last trade", "ms", ()),
    Control.PERMISSION: Entry(
        "P1",
        "an entry of an allow-list allows it: scope, OrdType, TimeInForce, time of the day",
        "1",
        (*_OF_DATA, Refusal.NOT_ALLOWED),
    ),
    Control.RESTRICTED_LIST: Entry(
        "P2",
        "no entry of a restricted list is against it; a watch list lets it pass and is told",
        "1",
        (*_OF_DATA, Refusal.RESTRICTED),
    ),
    Control.MARKET_STATE: Entry(
        "P3",
        "the market is open for it; with 1, before and after hours as well",
        "0 or 1",
        (*_OF_DATA, Refusal.MARKET_NOT_OPEN),
    ),
    Control.AUCTION_QTY_MAX: Entry(
        "Z1",
        "OrderQty(38) of an order for an auction, or while there is one",
        "quantity",
        (*_OF_DATA, Refusal.ORDER_QTY_EXCEEDS_MAX),
    ),
    Control.ORDER_ADV_BPS_MAX: Entry(
        "Z3",
        "OrderQty(38) as a share of the average daily volume; `fallback` where that is not known",
        "bps",
        (*_OF_DATA, Refusal.ADV_SHARE_EXCEEDS_MAX),
    ),
    Control.DAY_ADV_BPS_MAX: Entry(
        "Z3",
        "what traded today and may still trade, both sides, as a share of the average daily volume",
        "bps",
        (*_OF_DATA, Refusal.ADV_SHARE_EXCEEDS_MAX),
        needs_symbol=True,
    ),
    Control.SHORT_MARKING: Entry(
        "H1", "what is sold beyond what is held is marked short, and nothing else is", "1", (Refusal.SHORT_SALE_MISMARKED,)
    ),
    Control.LOCATE: Entry(
        "H2",
        "a short sale has a locate with enough left, or is of what is easy to borrow",
        "1",
        (*_OF_DATA, Refusal.NO_LOCATE),
    ),
    Control.SHORT_CIRCUIT_BREAKER: Entry(
        "H3", "while Rule 201 is on, a short sale is priced above the bid", "1", (*_OF_DATA, Refusal.SHORT_SALE_RESTRICTED)
    ),
}
"""Every control there is: a test and the table of docs/risk-controls.md miss any that is not in here."""

UNLIMITED: tuple[tuple[str, str, Refusal], ...] = (
    ("P1", "the instrument is known", Refusal.UNKNOWN_SYMBOL),
    (
        "-",
        "each of the five controls that always need a limit has one at some scope of the order",
        Refusal.MISSING_LIMIT,
    ),
    ("C3", "there is a quote, neither crossed nor at or below zero", Refusal.NO_REFERENCE_PX),
    ("K1, O1", "trading is not stopped in a scope that the order is in, or the order is a way out that is left", Refusal.LATCHED),
    ("S1", "Currency(15) is the instrument's, where the order names one", Refusal.CURRENCY_DIFFERS),
    ("S1", "Price(44) and StopPx(99) are on the tick", Refusal.PRICE_NOT_ON_TICK),
    ("S1", "OrderQty(38) is in lots", Refusal.ORDER_QTY_NOT_IN_LOTS),
    ("-", "every check can be worked out: whatever goes wrong in one, nothing passes", Refusal.NOT_JUDGED),
)
"""What is checked of every order and needs no limit: id, what must be, and the refusal where it is not."""
