"""All orders, and the indexes by which they are found: a fold over the journal, changed only by `apply`."""

from collections.abc import Iterator
from decimal import Decimal
from typing import cast

import msgspec

from oms.domain.chain import OPEN, Chain, Request, RequestState
from oms.domain.events import (
    Answer,
    CancelRequested,
    ChainEvent,
    Event,
    ExecutionReported,
    MessageSent,
    OrderEvent,
    OrderPlaced,
    ReplaceRequested,
)
from oms.domain.fields import ExecType, MsgType
from oms.domain.order import evolve
from oms.domain.report import ExecutionReport


class Execution(msgspec.Struct, frozen=True, gc=False):
    """ExecType(150), LastQty(32) and LastPx(31): what makes two reports under one ExecID the same."""

    exec_type: ExecType
    last_qty: Decimal | None
    last_px: Decimal | None


class Answered(msgspec.Struct, frozen=True, gc=False):
    """What a request was answered the first time, and under which journal seq."""

    seq: int
    answer: Answer


_STATUS_REQUEST = MsgType.ORDER_STATUS_REQUEST.code


class Book:
    """The orders of one cell. Only the engine's loop, or a replay, changes it.

    There are many of everything in here, for as long as the cell lives: keys are texts and values structs that the garbage
    collector does not know, so that it need not walk over them again and again.
    """

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        """What every ClOrdID of this cell starts with."""
        self.chains: dict[str, Chain] = {}
        self.cl_ord_ids_minted = 0
        self._root_of: dict[str, str] = {}
        self._answers: dict[str, Answered] = {}
        self._executions: dict[str, Execution] = {}
        self._open: dict[str, dict[str, str]] = {}
        self._sent_as: dict[str, str] = {}

    def mint(self, ahead: int = 0) -> str:
        """The next ClOrdID(11), or the one so many later: deterministic, unique over restarts and days. Taken once an event that
        carries it is applied."""
        return f"{self.prefix}{self.cl_ord_ids_minted + 1 + ahead:08d}"

    def answer(self, principal: str, client_order_id: str) -> Answered | None:
        """What was answered to this request the first time."""
        return self._answers.get(f"{principal} {client_order_id}")

    def find(self, principal: str, root_id: str, client_order_id: str) -> Chain | None:
        """The order named by our id, or by its client's own id of it."""
        if not root_id:
            known = self.answer(principal, client_order_id)
            root_id = known.answer.root_id if known is not None and isinstance(known.answer, OrderPlaced) else ""
        return self.chains.get(root_id)

    def by_cl_ord_id(self, cl_ord_id: str) -> Chain | None:
        root_id = self._root_of.get(cl_ord_id)
        return None if root_id is None else self.chains[root_id]

    def reported(self, report: ExecutionReport) -> Chain | None:
        """The order that a report is about: by ClOrdID(11), else by OrigClOrdID(41)."""
        return self.by_cl_ord_id(report.cl_ord_id) or self.by_cl_ord_id(report.orig_cl_ord_id)

    def execution(self, root_id: str, exec_id: str) -> Execution | None:
        """What the order holds under this ExecID(17)."""
        return self._executions.get(f"{root_id} {exec_id}")

    def open_requests(self, session: str) -> Iterator[tuple[Chain, Request]]:
        """The session's requests without an answer, oldest first."""
        for cl_ord_id, root_id in self._open.get(session, {}).items():
            chain = self.chains[root_id]
            request = chain.request(cl_ord_id)
            assert request is not None
            yield chain, request

    def sent_as(self, session: str, session_epoch: int, msg_seq_num: int) -> tuple[Chain, Request] | None:
        """The unanswered request that left under this number. A question is none: its reject says nothing of the order."""
        cl_ord_id = self._sent_as.get(f"{session} {session_epoch} {msg_seq_num}")
        chain = self.by_cl_ord_id(cl_ord_id) if cl_ord_id else None
        request = chain.request(cl_ord_id) if chain is not None and cl_ord_id else None
        if chain is None or request is None or request.msg_seq_num != msg_seq_num or request.state is RequestState.INTENT:
            return None  # Sent again since, under another number.
        return chain, request

    def apply(self, event: Event, seq: int, at_ns: int) -> Chain | None:
        """Change the state by one fact; returns the order that it changed."""
        if event.IS_ANSWER:
            answer = cast(Answer, event)
            named = f"{answer.principal} {answer.client_order_id}"
            self._answers.setdefault(named, Answered(seq, answer))  # The first stands for ever.
        if not isinstance(event, OrderEvent):
            return None
        before = self.chains.get(event.root_id)
        after = evolve(before, cast(ChainEvent, event), at_ns)
        self.chains[event.root_id] = after
        self._index(event, before, after)
        return after

    def _index(self, event: OrderEvent, before: Chain | None, after: Chain) -> None:
        if isinstance(event, MessageSent):  # An unanswered request stays one.
            if event.msg_type != _STATUS_REQUEST:
                self._sent_as[f"{event.session} {event.session_epoch} {event.msg_seq_num}"] = event.cl_ord_id
            return
        if before is None or before.requests is not after.requests:
            self._index_open(after)
        if isinstance(event, ExecutionReported):
            told = event.report
            if told.exec_type is not ExecType.ORDER_STATUS:  # A status has no ExecID of its own (FIX 4.4 Volume 4).
                self._executions[f"{event.root_id} {told.exec_id}"] = Execution(told.exec_type, told.last_qty, told.last_px)
        elif isinstance(event, (OrderPlaced, CancelRequested, ReplaceRequested)):
            self._root_of[event.cl_ord_id] = event.root_id
            self.cl_ord_ids_minted += 1

    def _index_open(self, chain: Chain) -> None:
        waiting = self._open.setdefault(chain.session, {})
        for request in chain.requests:
            if request.state in OPEN:
                waiting[request.cl_ord_id] = chain.root_id
            elif waiting.pop(request.cl_ord_id, None) and request.state is not RequestState.NOT_SENT:
                self._sent_as.pop(f"{chain.session} {request.session_epoch} {request.msg_seq_num}", None)
