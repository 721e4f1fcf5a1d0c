"""What venues said and nobody could attribute or read: it may have been a trade, and is in suspense until a person decides."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from oms.domain.chain import Chain
from oms.domain.fields import ExecType, Side
from oms.domain.numbers import ZERO
from oms.domain.report import ExecutionReport

TRADES = frozenset({ExecType.TRADE, ExecType.TRADE_CORRECT, ExecType.TRADE_CANCEL})
"""Reports that change what has traded."""


class Suspended(msgspec.Struct, frozen=True, gc=False):
    """One report in suspense."""

    seq: int
    """Journal seq of the record that put it there: its name."""
    at_ns: int
    session: str
    reason: str
    root_id: str
    report: ExecutionReport | None
    """None where it cannot be read: it may mean anything."""


def is_visible(entry: Suspended, chains: Mapping[str, Chain], accounts: frozenset[str]) -> bool:
    """Whether those who trade these accounts may see it: what names nobody's order is everybody's business."""
    return not entry.root_id or chains[entry.root_id].terms.account in accounts


class Worst(msgspec.Struct, frozen=True):
    """What one session's suspense may mean at its worst, for one symbol (empty where none was named)."""

    session: str
    symbol: str
    buy_qty: Decimal
    """The most that may have been bought, in units of the instrument."""
    sell_qty: Decimal
    is_bounded: bool
    """False where a report cannot be read, or names no quantity: nobody knows how much it was."""


def worst(suspense: Iterable[Suspended]) -> list[Worst]:
    """By session and symbol, in the order in which they came. A report without a side counts on both."""
    sums: dict[tuple[str, str], Worst] = {}
    for entry in suspense:
        report = entry.report
        key = (entry.session, report.symbol if report is not None else "")
        known = sums.get(key, Worst(*key, ZERO, ZERO, is_bounded=True))
        qty = ZERO if report is None or report.last_qty is None else report.last_qty
        side = None if report is None else report.side
        sums[key] = Worst(
            *key,
            buy_qty=known.buy_qty + (ZERO if _is_sale(side) else qty),
            sell_qty=known.sell_qty + (ZERO if side is Side.BUY else qty),
            is_bounded=known.is_bounded and bool(qty),
        )
    return list(sums.values())


def _is_sale(side: Side | None) -> bool:
    return side is not None and side is not Side.BUY
