"""What an order asks for: the part that a client chooses and a replace may change."""

from decimal import Decimal

import msgspec

from oms.domain.fields import HandlInst, OrderCapacity, OrdType, PositionEffect, Side, TimeInForce

CustomTags = tuple[tuple[int, str], ...]
"""Fields of no standard, tag and value, in the order in which they stood in the message: they pass through."""


class Instructions(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """How an order is to be worked, beyond price and quantity. Absent text is empty, absent numbers and codes None."""

    handl_inst: HandlInst = HandlInst.AUTOMATED_PRIVATE
    exec_inst: str = ""
    """ExecInst(18): one-letter codes separated by spaces."""
    min_qty: Decimal | None = None
    max_floor: Decimal | None = None
    """MaxFloor(111): how much of the order may be shown at once."""
    peg_offset_value: Decimal | None = None
    """PegOffsetValue(211), in the instrument's price unit; may be negative."""
    expire_time_ns: int | None = None
    """ExpireTime(126) of a GOOD_TILL_DATE order: until when the venue keeps it, ns since the Unix epoch."""
    expire_date: str = ""
    """ExpireDate(432) of a GOOD_TILL_DATE order, YYYYMMDD in the venue's own calendar."""
    position_effect: PositionEffect | None = None
    order_capacity: OrderCapacity | None = None
    locate_reqd: bool | None = None
    """LocateReqd(114) of a short sale: whether the broker has to find the shares."""
    locate_id: str = ""
    """LocateID(5700): where the client found them."""
    custom: CustomTags = ()


PLAIN = Instructions()
"""Nothing but price and quantity."""


PRICED = frozenset({OrdType.LIMIT, OrdType.STOP_LIMIT, OrdType.LIMIT_ON_CLOSE, OrdType.PEGGED})
"""The types of order that have a Price(44); a pegged one may."""
STOPPED = frozenset({OrdType.STOP, OrdType.STOP_LIMIT, OrdType.MARKET_IF_TOUCHED})
"""The types of order that have a StopPx(99)."""


class Terms(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """One version of an order as its client wants it. Validated at the edge: quantities positive, prices where it has them."""

    account: str
    symbol: str
    side: Side
    ord_type: OrdType
    order_qty: Decimal
    price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.DAY
    expire_at_ns: int | None = None
    """Not to be sent at or after this instant, ns since the Unix epoch. Says nothing of how long the venue keeps the order."""
    stop_px: Decimal | None = None
    """StopPx(99): the trigger of a stop, stop limit or market-if-touched order."""
    cash_order_qty: Decimal | None = None
    """CashOrderQty(152): the order as an amount of money; `order_qty` is zero until the venue has made a quantity of it."""
    instructions: Instructions = PLAIN
    currency: str = ""
    """Currency(15) of the prices and of `cash_order_qty`, where the client names one: three letters."""


class Decision(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """What risk read for a verdict, of a pass and of a refusal, and no other record holds: with it the verdict can be repeated.

    All else that a verdict turns on follows from the records before it. So does `worst_px`, but what is reserved turns on it.
    """

    limits_version: str
    bid_px: Decimal | None = None
    offer_px: Decimal | None = None
    """The quote, both sides, in the instrument's price unit; None where there was none."""
    quote_at_ns: int | None = None
    """When the quote was heard, ns since the Unix epoch."""
    worst_px: Decimal | None = None
    """The worst price that the order could trade at; None where it was not judged so far."""
    reference_px: Decimal | None = None
    """Of a record from before the whole quote was kept, as the two below: the far touch alone. Never written."""
    reference_age_ms: int | None = None
    order_notional: Decimal | None = None
    reference_kind: str = ""
    """Which row of reference data stood in for a quote; empty where there was one."""
