"""One order at a venue, the slow and obvious way: each truth is looked up by itself, and each sum is taken over everything."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from oms.domain.fields import ExecRestatementReason, ExecType, OrdStatus
from oms.domain.report import ExecutionReport
from tests.support.orders import D, report

ORDER = "FG00000001"
_DAYS_END = {OrdStatus.DONE_FOR_DAY, OrdStatus.CALCULATED}


@dataclass
class Trade:
    """One trade, with every correction that it has had; the last one counts."""

    versions: list[tuple[str, Decimal, Decimal]]
    """ExecID, LastQty, LastPx."""
    day: int
    is_busted: bool = False


@dataclass
class VenueOrder:
    """The venue's own book of one order that lives until it is canceled, and what it tells of each thing that happens."""

    order_qty: Decimal
    day: int = 1
    flags: set[OrdStatus] = field(default_factory=set)
    is_accepted: bool = False
    is_canceled: bool = False
    cancel_id: str = ""
    """ClOrdID of a cancel that it has in hand."""
    trades: list[Trade] = field(default_factory=list)
    numbered: int = 0

    def accept(self) -> ExecutionReport:
        self.is_accepted = True
        return self._tell(ExecType.NEW)

    def trade(self, qty: Decimal, px: Decimal) -> ExecutionReport:
        exec_id = self._exec_id()
        self.trades.append(Trade([(exec_id, qty, px)], self.day))
        self.is_accepted = True
        self.flags -= {OrdStatus.STOPPED, OrdStatus.SUSPENDED}  # What trades is neither.
        return self._tell(ExecType.TRADE, exec_id=exec_id, last_qty=qty, last_px=px)

    def correct(self, index: int, qty: Decimal, px: Decimal) -> ExecutionReport:
        trade, exec_id = self.standing()[index], self._exec_id()
        exec_ref_id = trade.versions[-1][0]
        trade.versions.append((exec_id, qty, px))
        return self._tell(ExecType.TRADE_CORRECT, exec_id=exec_id, exec_ref_id=exec_ref_id, last_qty=qty, last_px=px)

    def bust(self, index: int) -> ExecutionReport:
        trade = self.standing()[index]
        trade.is_busted = True
        return self._tell(ExecType.TRADE_CANCEL, exec_ref_id=trade.versions[-1][0])

    def put(self, flag: OrdStatus) -> ExecutionReport:
        self.flags.add(flag)
        return self._tell(ExecType(flag.value))

    def renew(self) -> ExecutionReport:
        """A new day."""
        self.day += 1
        self.flags -= _DAYS_END
        return self._tell(ExecType.RESTATED, exec_restatement_reason=ExecRestatementReason.GT_RENEWAL, order_qty=self.order_qty)

    def resize(self, order_qty: Decimal) -> ExecutionReport:
        """The venue changes the order of its own accord."""
        self.order_qty = order_qty
        reason = ExecRestatementReason.PARTIAL_DECLINE
        return self._tell(ExecType.RESTATED, exec_restatement_reason=reason, order_qty=order_qty)

    def take_cancel(self, cl_ord_id: str) -> ExecutionReport:
        self.cancel_id = cl_ord_id
        return self._tell(ExecType.PENDING_CANCEL, cl_ord_id=cl_ord_id)

    def cancel(self) -> ExecutionReport:
        cl_ord_id, self.cancel_id, self.is_canceled = self.cancel_id or ORDER, "", True
        self.flags.clear()
        return self._tell(ExecType.CANCELED, cl_ord_id=cl_ord_id)

    def standing(self) -> list[Trade]:
        return [trade for trade in self.trades if not trade.is_busted]

    def cum_qty(self) -> Decimal:
        return sum((trade.versions[-1][1] for trade in self.standing()), D(0))

    def cum_value(self) -> Decimal:
        return sum((trade.versions[-1][1] * trade.versions[-1][2] for trade in self.standing()), D(0))

    def day_cum_qty(self) -> Decimal:
        return sum((trade.versions[-1][1] for trade in self.standing() if trade.day == self.day), D(0))

    def leaves_qty(self) -> Decimal:
        left = self.order_qty - self.cum_qty()
        return D(0) if self.is_canceled or left < 0 else left

    def ord_status(self) -> OrdStatus:
        """The first that is true, of the list in FIX 4.4 Volume 4."""
        truths = {
            OrdStatus.PENDING_CANCEL: bool(self.cancel_id),
            OrdStatus.DONE_FOR_DAY: OrdStatus.DONE_FOR_DAY in self.flags,
            OrdStatus.CALCULATED: OrdStatus.CALCULATED in self.flags,
            OrdStatus.FILLED: self.cum_qty() >= self.order_qty,
            OrdStatus.STOPPED: OrdStatus.STOPPED in self.flags,
            OrdStatus.SUSPENDED: OrdStatus.SUSPENDED in self.flags,
            OrdStatus.CANCELED: self.is_canceled,
            OrdStatus.PARTIALLY_FILLED: self.cum_qty() > 0,
            OrdStatus.NEW: self.is_accepted,
        }
        return next((status for status, is_true in truths.items() if is_true), OrdStatus.PENDING_NEW)

    def _exec_id(self) -> str:
        self.numbered += 1
        return f"E{self.numbered}"

    def _tell(self, exec_type: ExecType, cl_ord_id: str = ORDER, **changes: Any) -> ExecutionReport:
        numbers = {"cum_qty": self.cum_qty(), "leaves_qty": self.leaves_qty()}
        exec_id = changes.pop("exec_id", "") or self._exec_id()
        return report(exec_type, self.ord_status(), cl_ord_id, exec_id=exec_id, **numbers, **changes)
