"""What trades, corrections, busts and splits make of an order's executions: quantities add up over all versions (R7)."""

from collections.abc import Callable

from msgspec.structs import replace

from oms.domain.chain import Chain, Execution
from oms.domain.fields import ExecType
from oms.domain.numbers import ZERO, scaled
from oms.domain.report import ExecutionReport

REFERS = frozenset({ExecType.TRADE_CANCEL, ExecType.TRADE_CORRECT})
"""Reports that change an execution which the venue told before, by its ExecRefID(19)."""


def traded(chain: Chain, report: ExecutionReport) -> Chain:
    """One execution more."""
    execution = _execution(report, chain.day - 1 if report.trade_date < chain.trade_date and report.trade_date else chain.day)
    return replace(
        chain,
        executions=(*chain.executions, execution),
        cum_qty=chain.cum_qty + execution.last_qty,
        cum_value=chain.cum_value + execution.value,
    )


def corrected(chain: Chain, report: ExecutionReport) -> Chain:
    """The execution that the report refers to was another one, on the day on which it was (R11)."""
    return _changed(chain, report, lambda old: _execution(report, old.day))


def busted(chain: Chain, report: ExecutionReport) -> Chain:
    """The execution that the report refers to never was (R11). If it was of an earlier day, DayCumQty stays (R13)."""
    return _changed(chain, report, lambda _old: None)


def split(chain: Chain, report: ExecutionReport) -> Chain:
    """A corporate action has changed what traded: quantities in proportion, values as they were (R16).

    Unchanged where the proportion leaves no exact quantities: the report then differs from what we hold.
    """
    cum_qty = report.cum_qty
    if not cum_qty or not chain.cum_qty or cum_qty == chain.cum_qty:
        return chain
    quantities = [scaled(e.last_qty, cum_qty, chain.cum_qty) for e in chain.executions]
    executions = [replace(e, last_qty=qty) for e, qty in zip(chain.executions, quantities, strict=True) if qty is not None]
    if len(executions) < len(quantities):
        return chain
    return replace(chain, executions=tuple(executions), cum_qty=cum_qty, told_cum_qty=cum_qty)


def _execution(report: ExecutionReport, day: int) -> Execution:
    assert report.last_qty is not None, "the codec lets no trade without LastQty(32) through"
    assert report.last_px is not None, "the codec lets no trade without LastPx(31) through"
    return Execution(report.exec_id, report.last_qty, report.last_qty * report.last_px, day, report.cum_qty)


def _changed(chain: Chain, report: ExecutionReport, change: Callable[[Execution], Execution | None]) -> Chain:
    """`chain` with the sums over what then stands. What the venue had told of it before is changed by as much."""
    referred = chain.execution(report.exec_ref_id)
    changed = (change(e) if e is referred else e for e in chain.executions)
    executions = tuple(e for e in changed if e is not None)
    cum_qty = sum((e.last_qty for e in executions), ZERO)
    return replace(
        chain,
        executions=executions,
        cum_qty=cum_qty,
        cum_value=sum((e.value for e in executions), ZERO),
        told_cum_qty=max(chain.told_cum_qty - chain.cum_qty + cum_qty, report.cum_qty or ZERO),
    )
