"""All orders, and the indexes by which they are found: a fold over the journal, changed only by `apply`."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, cast

from oms.domain.acts import MassCancelReported, MassCancelRequested
from oms.domain.chain import OPEN, Chain, Request, RequestState
from oms.domain.events import (
    Answer,
    CancelRequested,
    Event,
    ExecutionReported,
    MassStatusEnded,
    MassStatusRequested,
    MessageSent,
    OrderAdopted,
    OrderEvent,
    OrderPlaced,
    OrdersEscalated,
    ReplaceRequested,
    ReportAttributed,
    ReportDismissed,
    ReportQuarantined,
    RequestDoubted,
)
from oms.domain.fields import ExecType, MsgType
from oms.domain.order import evolve
from oms.domain.resting import OrdersForgotten, OrdersLaidToRest
from oms.doubts import Doubt, Doubts
from oms.register import Register
from oms.suspense import Suspended
from oms.told import Answered, Told, told_as

_MAY_LEAVE = frozenset({RequestState.INTENT, RequestState.UNKNOWN})
_STATUS_REQUEST = MsgType.ORDER_STATUS_REQUEST.code
_ORDER_STATUS, _NOT_SENT = ExecType.ORDER_STATUS, RequestState.NOT_SENT


class Book(Register):
    """The orders of one cell. Only the engine's loop, or a replay, changes it.

    There are many of everything in here, for as long as the cell lives: keys are texts and values structs that the garbage
    collector does not know, so that it need not walk over them again and again.
    """

    def __init__(self, prefix: str = "") -> None:
        super().__init__(prefix)
        self.suspense: dict[int, Suspended] = {}
        """What may have been a trade, by the journal seq of the record that set it aside."""
        self.resolved: set[int] = set()
        """What was in suspense and is not any more."""
        self.doubts: dict[str, Doubts] = {}
        """What nobody knows, by session; sessions of which that was never so are not in here."""
        self.mass_cancels: dict[str, MassCancelRequested] = {}
        """Those of which a venue has to answer one message for many orders, by ClOrdID(11)."""
        self.to_cancel: dict[str, dict[str, MassCancelRequested]] = {}
        """By session and root_id: live orders that a mass cancel means, and whose venue was not asked for each of them."""
        self._canceling: dict[str, MassCancelRequested] = {}
        """By root_id: those of which it was asked, or is being asked, and has not answered: the cancel may never leave."""
        self._sent_as: dict[str, str] = {}

    def mint(self) -> str:
        """The next ClOrdID(11): deterministic, unique over restarts and days. Taken once an event that carries it is applied."""
        return f"{self.prefix}{self.cl_ord_ids_minted + 1:08d}"

    def leave_out(self, cl_ord_ids: int) -> None:
        """Never give out our ClOrdIDs(11) up to this number: a venue may know them."""
        self.cl_ord_ids_minted = max(self.cl_ord_ids_minted, cl_ord_ids)

    def open_requests(self, session: str) -> Iterator[tuple[Chain, Request]]:
        """The session's requests without an answer, oldest first."""
        for cl_ord_id, root_id in self._open.get(session, {}).items():
            chain = self.chains[root_id]
            request = chain.request(cl_ord_id)
            assert request is not None
            yield chain, request

    def lose(self, session: str, at_ns: int) -> None:
        """The session is lost: nobody knows what the venue has done with its orders since."""
        its = [chain for chain in map(self.chains.__getitem__, self.live) if chain.session == session]
        acknowledged = [chain.root_id for chain in its if chain.accepted]
        if acknowledged or session in self.doubts:
            self.doubts.setdefault(session, Doubts()).lost(acknowledged, at_ns)

    def doubt(self, session: str, root_ids: Iterable[str], at_ns: int, *, is_ready: bool) -> None:
        """The day that these orders were for has ended, and the venue has not said that they have: it is to be asked."""
        for root_id in root_ids:
            self.doubts.setdefault(session, Doubts(is_ready=is_ready)).unconfirmed.setdefault(root_id, Doubt(root_id, at_ns))

    def regain(self, session: str) -> None:
        """The session is back, and the gap closed: what the venue says from here on is how things are."""
        if session in self.doubts:
            self.doubts[session].is_ready = True

    def is_unconfirmed(self, chain: Chain) -> bool:
        """Whether the session was lost since the venue last told of the order."""
        doubts = self.doubts.get(chain.session)
        return doubts is not None and chain.root_id in doubts.unconfirmed

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
            self._note_answer(cast(Answer, event), seq)
        if not isinstance(event, OrderEvent):
            self._take_other(event, seq, at_ns)
            return None
        root_id, kind = event.root_id, type(event)
        before = self.chains.get(root_id)
        if before is None and kind is not OrderPlaced:
            before = self._woken(root_id)
        after = self.chains[root_id] = evolve(before, event, at_ns)
        doubts = self.doubts.get(after.session)
        if doubts is not None or kind is RequestDoubted:
            self._index_doubt(event, doubts, after, at_ns)
        if kind is not MessageSent:  # An unanswered request stays one.
            if before is None or before.requests is not after.requests:
                self._index_open(after)
            is_live = after.is_live
            if is_live is not (root_id in self.live):
                self._index_live(after, is_live=is_live)
            if self._canceling and root_id in self._canceling:
                self._index_canceling(after)
        index = self._INDEXES.get(kind)
        if index is not None:
            index(self, event, after)
        return after

    def _note_answer(self, answer: Answer, seq: int) -> None:
        named = f"{answer.principal} {answer.client_order_id}"
        if named not in self.rest.answers:
            self._answers.setdefault(named, Answered(seq, answer))  # The first stands for ever.
        if self._named:
            self._named.pop(getattr(answer, "root_id", ""), None)

    def _index_number(self, event: MessageSent, _after: Chain) -> None:
        if event.msg_type != _STATUS_REQUEST:
            self._sent_as[f"{event.session} {event.session_epoch} {event.msg_seq_num}"] = event.cl_ord_id

    def _index_placed(self, event: OrderPlaced, after: Chain) -> None:
        self._index_version(event, after)
        if event.parent_id:
            self.children.setdefault(event.parent_id, []).append(event.root_id)

    def _index_adopted(self, event: OrderAdopted, after: Chain) -> None:
        self._index_version(event, after)
        if event.order_id:
            self._root_of_order_id[f"{event.session} {event.order_id}"] = event.root_id
        self._named.pop(event.root_id, None)

    def _index_version(self, event: OrderPlaced | ReplaceRequested | OrderAdopted, _after: Chain) -> None:
        self._name(event.cl_ord_id, event.root_id)
        custom = event.terms.instructions.custom
        if custom:
            self.tagged.note(event.root_id, custom)

    def _index_cancel(self, event: CancelRequested, after: Chain) -> None:
        self._name(event.cl_ord_id, event.root_id)
        asked = self._need_not_cancel(after)
        if asked is not None:
            self._canceling[after.root_id] = asked

    def _name(self, cl_ord_id: str, root_id: str) -> None:
        """A request has its ClOrdID(11), and with it one of ours was given out."""
        self._root_of[cl_ord_id] = root_id
        self.cl_ord_ids_minted += 1

    def _index_doubt(self, event: OrderEvent, doubts: Doubts | None, after: Chain, at_ns: int) -> None:
        if doubts is None:
            doubts = self.doubts[after.session] = Doubts(is_ready=True)
        doubts.changed(event, after, at_ns)

    def _index_report(self, event: ExecutionReported, after: Chain) -> None:
        session, told = after.session, event.report
        if self._named:
            self._named.pop(event.root_id, None)
        if told.custom:
            self.tagged.note(event.root_id, told.custom)
        if told.exec_type is not _ORDER_STATUS:  # A status has no ExecID of its own (FIX 4.4 Volume 4).
            self._told[told_as(session, told)] = Told.of(event.root_id, told)
        if after.order_id:
            self._root_of_order_id[f"{session} {after.order_id}"] = event.root_id  # The old ones stay: R20.
        if after.secondary_order_id:
            self._root_of_order_id[f"{session} {after.secondary_order_id}"] = event.root_id

    def _index_attributed(self, event: ReportAttributed, after: Chain) -> None:
        entry = self._resolve(event.seq)
        self._attributed[told_as(entry.session, event.report)] = Told.of(event.root_id, event.report)
        if event.report.order_id:  # An id that is another order's stays with it.
            self._root_of_order_id.setdefault(f"{after.session} {event.report.order_id}", event.root_id)

    def _resolve(self, seq: int) -> Suspended:
        self.resolved.add(seq)
        return self.suspense.pop(seq)

    def _index_live(self, chain: Chain, *, is_live: bool) -> None:
        if is_live:
            self.live[chain.root_id] = None
        else:
            del self.live[chain.root_id]
            self._need_not_cancel(chain)

    def _need_not_cancel(self, chain: Chain) -> MassCancelRequested | None:
        """The mass cancel that meant it, if the order was waiting for its cancel."""
        waiting = self.to_cancel.get(chain.session)
        return waiting.pop(chain.root_id, None) if waiting else None

    def _index_canceling(self, chain: Chain) -> None:
        """What never left is to be asked for again; what was answered is not."""
        *_, cancel = [request for request in chain.requests if request.msg_type is MsgType.ORDER_CANCEL_REQUEST]
        if cancel.state in OPEN and chain.is_live:
            return
        asked = self._canceling.pop(chain.root_id)
        if cancel.state is RequestState.NOT_SENT and chain.is_live:
            self.to_cancel.setdefault(chain.session, {})[chain.root_id] = asked

    def _take_mass_cancel(self, event: MassCancelRequested) -> None:
        self.cl_ord_ids_minted += 1
        if event.native:
            self.mass_cancels[event.cl_ord_id] = event
        for root_id in event.root_ids:
            chain = self.chains[root_id]
            if chain.pending(MsgType.ORDER_CANCEL_REQUEST) is None:
                self.to_cancel.setdefault(chain.session, {})[root_id] = event
            else:
                self._canceling[root_id] = event

    def _take_mass_cancel_report(self, event: MassCancelReported) -> None:
        """What the venue says it did need not be asked for again; but for an order that it may not even have yet."""
        asked, session = self.mass_cancels[event.cl_ord_id], event.receipt.session
        if asked.is_done(event.report):
            waiting = self.to_cancel.get(session, {})
            self.to_cancel[session] = {
                root_id: by for root_id, by in waiting.items() if by is not asked or _may_leave(self.chains[root_id])
            }

    def _take_other(self, event: Event, seq: int, at_ns: int) -> None:
        """Facts that change no single order."""
        if isinstance(event, MassCancelRequested):
            self._take_mass_cancel(event)
        elif isinstance(event, MassCancelReported):
            self._take_mass_cancel_report(event)
        elif isinstance(event, ReportDismissed):
            self._resolve(event.seq)
        elif isinstance(event, MassStatusRequested):
            self.doubts.setdefault(event.session, Doubts(is_ready=True)).mass_asked(event, at_ns)
        elif isinstance(event, MassStatusEnded):
            self.doubts[event.session].mass_ended(event)
        elif isinstance(event, OrdersEscalated):
            self.doubts[event.session].all_escalated()
        elif isinstance(event, (OrdersLaidToRest, OrdersForgotten)):
            self._rest(event, at_ns)
        elif isinstance(event, ReportQuarantined):
            self._take_quarantined(event, seq, at_ns)

    def _take_quarantined(self, event: ReportQuarantined, seq: int, at_ns: int) -> None:
        report = event.report
        self._woken(event.root_id)
        if report is not None and event.session in self.doubts:
            self.doubts[event.session].answered(report)
        if report is not None and report.exec_type is not _ORDER_STATUS:
            named = told_as(event.session, report)
            self._woken(self.rest.told.get(named, ""))
            self._told.setdefault(named, Told.of(event.root_id, report))
            self._named.pop(event.root_id, None)
        if event.is_suspended:
            self.suspense[seq] = Suspended(seq, at_ns, event.session, event.reason, event.root_id, report)

    def _index_open(self, chain: Chain) -> None:
        waiting = self._open.setdefault(chain.session, {})
        for request in chain.requests:
            if request.state in OPEN:
                waiting[request.cl_ord_id] = chain.root_id
            elif waiting.pop(request.cl_ord_id, None) and request.state is not _NOT_SENT:
                self._sent_as.pop(f"{chain.session} {request.session_epoch} {request.msg_seq_num}", None)

    _INDEXES: ClassVar[dict[type[OrderEvent], Callable[["Book", Any, Chain], None]]] = {
        OrderPlaced: _index_placed,
        OrderAdopted: _index_adopted,
        ReplaceRequested: _index_version,
        CancelRequested: _index_cancel,
        MessageSent: _index_number,
        ExecutionReported: _index_report,
        ReportAttributed: _index_attributed,
    }
    """Under what each kind of fact lets its order be found."""


def _may_leave(chain: Chain) -> bool:
    """Whether something of the order may still be sent, or sent again."""
    return any(request.state in _MAY_LEAVE for request in chain.requests)
