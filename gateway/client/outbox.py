"""What one client over FIX is still to be told, and what it was told under which number: a fold over the journal.

A report waits until the journal knows that it was handed to the FIX session, which keeps it and resends it word for word. When
our FIX layer fills over the number of a report (its store was lost), the client does not have it and will not ask again: it
waits anew, to be sent with PossResend(97) under the same ExecID.
"""

from collections import deque
from collections.abc import Callable, Iterable

import msgspec
from msgspec.structs import replace

from gateway.cell import SessionPlan
from gateway.client.telling import Occasion, told
from gateway.session_acts import NumbersSet
from gateway.sessions import (
    ClientTold,
    GapFilled,
    ReportSent,
    SequencesReset,
    SessionGranted,
    SessionLoggedOn,
    SessionLoggedOut,
)
from oms.book import Book
from oms.domain.acts import MassCancelRequested
from oms.domain.chain import Chain
from oms.domain.events import Event, ExecutionReported, OrderEvent, OrderRefused, ReportAttributed, RequestRefused
from oms.domain.fields import ExecType

REMEMBERED_MAX = 50_000
"""How many reports that were handed over are kept, in case that the FIX layer loses its store."""


class Letter(msgspec.Struct, frozen=True, gc=False):
    """One message to the client, not yet handed over."""

    seq: int
    """Of the fact that it tells."""
    due: int
    """Journal seq of the fact that lets it go: itself, or the gap-fill after which it is sent again."""
    msg_type: str
    body: str
    is_again: bool = False
    """The client may have it."""
    root_id: str = ""
    """The order that it tells of; empty where it answers something else."""


class Outbox:
    """Changed only by `apply`, in the order of the journal."""

    def __init__(self, plan: SessionPlan, cell: str) -> None:
        self.plan = plan
        self.waiting: dict[int, Letter] = {}
        """By the seq of the fact."""
        self.forgotten_to = 0
        """The highest MsgSeqNum(34) of a report that cannot be sent again any more."""
        self._cell = cell
        self._sent: dict[int, Letter] = {}
        self.is_on = False
        """Whether the client is logged on."""
        self.unheard: deque[int] = deque(maxlen=REMEMBERED_MAX + 1)
        """The numbers of what was handed over since the client was last heard of: the newest of them. It may look logged on to
        our FIX layer long after its line is dead."""
        self._exec_seqs: dict[str, dict[str, int]] = {}
        """By root_id and the venue's ExecID(17), which fact told of it."""
        self._mass_canceled: dict[str, str] = {}
        """By root_id of a live order, the client's ClOrdID(11) of the mass cancel that means it."""

    def apply(self, book: Book, event: Event, before: Chain | None, seq: int, at_ns: int) -> None:
        """One fact about this client's session or orders; `before` is the order as it was, and `book` as it is."""
        match event:
            case ClientTold():
                self.waiting[seq] = Letter(seq, seq, event.msg_type, event.body)
            case ReportSent():
                self._hand_over(event)
            case GapFilled():
                self._take_back(range(event.begin_seq_no, event.new_seq_no), seq)
            case NumbersSet():
                self._forget(event)
            case SequencesReset():
                self._begin_anew(seq)
            case SessionLoggedOn():
                self.is_on = True
                self.unheard.clear()
            case SessionLoggedOut():
                self.is_on = False
            case SessionGranted():
                self.is_on = False
                if not event.trusted:
                    self.waiting = {key: replace(letter, is_again=True) for key, letter in self.waiting.items()}
            case MassCancelRequested():
                self._mass_canceled |= dict.fromkeys(event.root_ids, event.client_order_id)
            case OrderEvent() | OrderRefused() | RequestRefused():
                self._tell(book, event, before, seq, at_ns)

    def hear(self) -> None:
        """The client said something, on a line that works."""
        if self.is_on:
            self.unheard.clear()

    def forget(self, root_ids: Iterable[str]) -> None:
        """These orders are in the journal alone: nothing is told of them any more."""
        for root_id in root_ids:
            self._exec_seqs.pop(root_id, None)

    def due(self, seq: int) -> list[Letter]:
        """What fact `seq` itself lets go: one letter or none."""
        letter = self.waiting.get(seq)
        return [letter] if letter is not None and letter.due == seq else []

    def due_again(self, seq: int) -> list[Letter]:
        """What gap-fill `seq` lets go, oldest first."""
        return self._due(lambda letter: letter.due == seq)

    def due_before(self, seq: int) -> list[Letter]:
        """What a worker that is granted its start by fact `seq` has to send first, oldest first."""
        return self._due(lambda letter: letter.due < seq)

    @property
    def has_forgotten_unheard(self) -> bool:
        """Whether the client may not have heard of a report that is not remembered."""
        return bool(self.unheard) and self.unheard[0] <= self.forgotten_to

    def told_under(self, msg_seq_num: int) -> Letter | None:
        """What was told under this number; None where that is not remembered."""
        return self._sent.get(msg_seq_num)

    def execution_told_as(self, chain: Chain, exec_id: str) -> int:
        """Which fact told of an execution that stands under this ExecID(17) of ours; 0 where none did."""
        known = self._exec_seqs.get(chain.root_id, {})
        seqs = (known.get(execution.exec_id, 0) for execution in chain.executions)
        return next((seq for seq in seqs if seq and self.exec_id(seq) == exec_id), 0)

    def exec_id(self, seq: int) -> str:
        """ExecID(17) of the report that tells fact `seq`: unique, and the same whenever it is sent."""
        return f"{self._cell}-{seq}"

    def _due(self, is_due: Callable[[Letter], bool]) -> list[Letter]:
        return sorted(filter(is_due, self.waiting.values()), key=lambda letter: letter.seq)

    def _tell(self, book: Book, event: Event, before: Chain | None, seq: int, at_ns: int) -> None:
        after = _order(book, event)
        mass_cancel = "" if after is None else self._mass_canceled.get(after.root_id, "")
        if after is not None and isinstance(event, OrderEvent):
            self._note(event, after, seq)
        version, exec_id = self.plan.version, self.exec_id(seq)
        occasion = Occasion(version, exec_id, at_ns, before, after, lambda ref: self._ref(event, ref), mass_cancel)
        message = told(occasion, event)
        if message is not None:
            self.waiting[seq] = Letter(seq, seq, *message, root_id="" if after is None else after.root_id)

    def _note(self, event: OrderEvent, chain: Chain, seq: int) -> None:
        if not chain.is_live:
            self._mass_canceled.pop(chain.root_id, None)
        if isinstance(event, (ExecutionReported, ReportAttributed)) and event.report.exec_type is not ExecType.ORDER_STATUS:
            its = self._exec_seqs.setdefault(event.root_id, {})
            its[event.report.exec_id] = seq  # On another day it may come again.

    def _ref(self, event: Event, exec_ref_id: str) -> str:
        seq = self._exec_seqs.get(event.key, {}).get(exec_ref_id)
        return "" if seq is None else self.exec_id(seq)

    def _hand_over(self, event: ReportSent) -> None:
        letter = self.waiting.pop(event.reported, None)
        if letter is None:
            return  # Handed over twice, by a worker whose log was lost in between.
        self._sent[event.msg_seq_num] = letter
        self.unheard.append(event.msg_seq_num)
        if len(self._sent) > REMEMBERED_MAX:
            self.forgotten_to = next(iter(self._sent))
            del self._sent[self.forgotten_to]

    def _begin_anew(self, seq: int) -> None:
        """The client can ask for no number of before any more. What it may not have heard is told again."""
        for number in self.unheard:
            self._take_back(range(number, number + 1), seq)
        self._sent, self.forgotten_to = {}, 0
        self.unheard.clear()

    def _take_back(self, filled: range, seq: int) -> None:
        numbers = filled if len(filled) < len(self._sent) else [number for number in self._sent if number in filled]
        for number in numbers:
            letter = self._sent.pop(number, None)
            if letter is not None:
                self.waiting[letter.seq] = replace(letter, due=seq, is_again=True)

    def _forget(self, event: NumbersSet) -> None:
        """What was told under the old numbers is told: the new ones mean other messages."""
        self._sent.clear()
        self.forgotten_to = event.after.next_sender - 1


def _order(book: Book, event: Event) -> Chain | None:
    """The order that the fact is about; of a reused ClOrdID, the order that owns it."""
    if not isinstance(event, OrderRefused):
        return book.order(getattr(event, "root_id", ""))
    first = book.answer(event.principal, event.client_order_id)
    return None if first is None else book.order(getattr(first.answer, "root_id", ""))
