"""How an order stands for a client over FIX: what it asked, and what it was told of that, and nothing else."""

from collections.abc import Mapping
from decimal import Decimal

from oms.domain.fields import ExecType
from oms.domain.numbers import plain
from tests.conformance.client import Standing

CANCEL_REJECT = "9"
_STANDING = (6, 14, 38, 39, 151, 424, 425)
_OF_A_VERSION = frozenset(
    one.code
    for one in (
        ExecType.NEW,
        ExecType.REPLACED,
        ExecType.TRADE,
        ExecType.TRADE_CORRECT,
        ExecType.TRADE_CANCEL,
        ExecType.ORDER_STATUS,
    )
)
"""ExecType(150) of the reports whose ClOrdID(11) names the version that is worked."""
_DONE = frozenset({ExecType.REPLACED.code, ExecType.CANCELED.code})
"""ExecType(150) of the reports that grant what ClOrdID(11) asked for."""


class Told:
    """One order. Names are the scenario's."""

    def __init__(self, name: str, order_qty: str) -> None:
        """Sent, and nothing heard yet."""
        self._accepted = name
        self._pending: dict[str, None] = {}
        self._refused: dict[str, None] = {}
        self._exec_type = ""
        self._last = {38: order_qty, 39: "A", 14: "0", 151: order_qty, 6: "0"}

    def ask(self, name: str) -> None:
        """A cancel or replace: pending for its client until it is granted or refused."""
        self._pending[name] = None

    def hear(self, name: str, found: Mapping[int, str]) -> None:
        """An ExecutionReport(8) or OrderCancelReject(9) whose ClOrdID(11) is `name`."""
        if found[35] == CANCEL_REJECT:
            if name in self._pending:
                self._refused[name] = self._pending.pop(name)
            self._last[39] = found[39]
            self._exec_type = ""
            return
        self._last = {tag: found[tag] for tag in _STANDING if tag in found}
        self._exec_type = found[150]
        if found[150] in _OF_A_VERSION:
            self._accepted = name
        if found[150] in _DONE:
            self._pending.pop(name, None)

    def standing(self) -> Standing:
        beyond = Decimal(self._last[14]) - Decimal(self._last[38])
        return Standing(
            accepted_clordid=self._accepted,
            pending_clordids=tuple(self._pending),
            refused_clordids=tuple(self._refused),
            cum_qty=self._last[14],
            leaves_qty=self._last[151],
            order_qty=self._last[38],
            avg_px=self._last[6],
            ord_status=self._last[39],
            overfill_qty=plain(max(beyond, Decimal(0))),
            day_order_qty=self._last.get(424),
            day_cum_qty=self._last.get(425),
            exec_type=self._exec_type,
        )
