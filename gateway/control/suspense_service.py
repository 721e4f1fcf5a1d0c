"""SuspenseService: reports that wait for a person, as the engine has them, and what the person says of them."""

from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from typing import Protocol, TypeVar

from gateway.api.v1 import suspense_pb2
from gateway.api.v1.suspense_service_pb2 import (
    AttributeRequest,
    AttributeResponse,
    DismissRequest,
    DismissResponse,
    SuspenseServiceListRequest,
    SuspenseServiceListResponse,
)
from gateway.control import acts
from gateway.control.access import caller
from gateway.control.asking import Asks, ask
from gateway.control.codes import EXEC_TYPES, ORD_STATUSES, SIDES
from gateway.control.status import EdgeRefusal, Refused
from gateway.state import State
from oms.domain.numbers import plain
from oms.domain.report import ExecutionReport
from oms.suspense import Suspended, Worst, is_visible, worst

T = TypeVar("T")
PAGE_SIZE = 100
PAGE_SIZE_MAX = 500
_NS_PER_S = 1_000_000_000


class Engine(Asks, Protocol):
    """What the service needs of the engine."""

    async def look(self, view: Callable[[State], T]) -> T: ...


class SuspenseService:
    """One method for each RPC of the contract."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def List(self, request: SuspenseServiceListRequest) -> SuspenseServiceListResponse:
        if request.page_size > PAGE_SIZE_MAX:
            problem = f"is {request.page_size}; at most {PAGE_SIZE_MAX} are allowed"
            raise Refused(EdgeRefusal.INVALID_FIELD, problem, field="page_size")
        accounts, size = caller().accounts, request.page_size or PAGE_SIZE

        def view(state: State) -> tuple[list[Suspended], list[Worst]]:
            known = [entry for entry in state.book.suspense.values() if is_visible(entry, state.book.chains, accounts)]
            return list(islice((entry for entry in known if entry.seq > request.after_seq), size + 1)), worst(known)

        found, sums = await self._engine.look(view)
        return SuspenseServiceListResponse(
            reports=map(_shown, found[:size]),
            worst=map(_sum, sums),
            next_after_seq=found[size - 1].seq if len(found) > size else 0,
        )

    async def Attribute(self, request: AttributeRequest) -> AttributeResponse:
        _, seq, is_repetition = await ask(self._engine, acts.attribute(request, caller()))
        return AttributeResponse(seq=seq, is_repetition=is_repetition)

    async def Dismiss(self, request: DismissRequest) -> DismissResponse:
        _, seq, is_repetition = await ask(self._engine, acts.dismiss(request, caller()))
        return DismissResponse(seq=seq, is_repetition=is_repetition)


def _shown(entry: Suspended) -> suspense_pb2.SuspendedReport:
    shown = suspense_pb2.SuspendedReport(
        seq=entry.seq,
        session=entry.session,
        reason=entry.reason,
        root_id=entry.root_id,
        report=None if entry.report is None else _content(entry.report),
    )
    shown.at.seconds, shown.at.nanos = divmod(entry.at_ns, _NS_PER_S)
    return shown


def _content(report: ExecutionReport) -> suspense_pb2.ReportContent:
    return suspense_pb2.ReportContent(
        cl_ord_id=report.cl_ord_id,
        order_id=report.order_id,
        exec_id=report.exec_id,
        exec_ref_id=report.exec_ref_id,
        exec_type=EXEC_TYPES[report.exec_type],
        ord_status=ORD_STATUSES[report.ord_status],
        account=report.account,
        symbol=report.symbol,
        side=None if report.side is None else SIDES[report.side],
        last_qty=_text(report.last_qty),
        last_px=_text(report.last_px),
        cum_qty=_text(report.cum_qty),
        trade_date=report.trade_date,
        text=report.text,
    )


def _sum(known: Worst) -> suspense_pb2.WorstCase:
    return suspense_pb2.WorstCase(
        session=known.session,
        symbol=known.symbol,
        buy_qty=plain(known.buy_qty),
        sell_qty=plain(known.sell_qty),
        is_bounded=known.is_bounded,
    )


def _text(number: Decimal | None) -> str:
    return "" if number is None else plain(number)
