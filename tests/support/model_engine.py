"""The engine without its sockets and its database: the real rules, a journal in memory, and a commit that a test asks for."""

from collections import Counter, deque
from decimal import Decimal
from typing import Any, cast

from gateway import administering, link
from gateway.administering import SESSION_COMMANDS, SessionCommand
from gateway.cell import Cell
from gateway.effects import Outgoing, effects
from gateway.facts import CATALOGUE, Fact
from gateway.inbound import Hole
from gateway.rules import Command, decide, is_undecided, react
from gateway.sessions import HEARD, EngineStarted, Heard
from gateway.state import State
from oms import deciding
from oms.domain.acts import RequestResolved
from oms.domain.chain import Chain, RequestState
from oms.domain.commands import CLIENT_COMMANDS, ClientCommand, DecideAgain, LookAfter
from oms.domain.events import Answer, CancelRejected, Event, ExecutionReported, RequestRejected
from oms.domain.report import Receipt
from risk.ledger import Tally, Usage

Row = tuple[int, str, int, bytes]
"""at_ns, kind, version, payload"""
FINAL_WORD = (ExecutionReported, CancelRejected, RequestRejected, RequestResolved)
"""The venue's, or a person's."""


class Engine:
    """Starts as a fold of `journal`, and appends to it at each commit."""

    def __init__(self, cell: Cell, journal: list[Row], at_ns: int) -> None:
        self.journal = journal
        self.state = folded(cell, journal)
        self.at_ns = max(at_ns, self.state.at_ns)
        self.hole = False
        """Whether a message was jumped over: the worker has to start again."""
        self._undecided: dict[str, DecideAgain] = {}
        self._open: list[tuple[Row, Fact]] = []
        self._reactions: deque[Command] = deque()
        self.add(EngineStarted(cell.version, cell.config_hash))

    def take(self, command: Command) -> Answer | None:
        """One command and all that it sets off; returns the answer to a client's request."""
        if type(command) in CLIENT_COMMANDS:
            known = deciding.first_answer(self.state.book, cast(ClientCommand, command))
            if known is not None:
                return known.answer
        elif type(command) in SESSION_COMMANDS:
            known = administering.first_answer(self.state.book, cast(SessionCommand, command))
            if known is not None:
                return known.answer
        try:
            events = decide(self.state, command, self.at_ns)
        except Hole:
            self.hole = True
            return None
        for event in events:
            self.add(event)
        if isinstance(command, DecideAgain) and is_undecided(self.state, command):
            self._undecided[command.cl_ord_id] = command
        while self._reactions:
            self.take(self._reactions.popleft())
        return next((cast(Answer, event) for event in events if event.IS_ANSWER), None)

    def look_again(self) -> None:
        """Decide what waited for a market price, and look after what is in doubt."""
        for session in list(self.state.book.doubts):
            self.take(LookAfter(session))
        undecided, self._undecided = self._undecided, {}
        for command in undecided.values():
            self.take(command)

    def add(self, event: Event) -> None:
        before = self.state.book.order(getattr(event, "root_id", ""))
        chain = self.state.apply(event, self.state.seq + 1, self.at_ns)
        _assert_unknown_stays(before, chain, event)
        row = (self.at_ns, *CATALOGUE.encode(event))
        self._open.append((row, Fact(self.state.seq, self.at_ns, event, chain)))
        self._reactions.extend(react(self.state, event))

    def commit(self) -> list[Outgoing]:
        """Make everything durable; returns what may then go out."""
        batch, self._open = self._open, []
        self.journal.extend(row for row, _ in batch)
        return [out for _, fact in batch for out in effects(self.state, fact)]

    def is_durable(self) -> bool:
        return not self._open

    def traded(self) -> dict[str, Decimal]:
        """What the distinct executions in the journal add up to, by order."""
        seen: set[str] = set()
        sums: Counter[str] = Counter()
        for event in [*events(self.journal), *(fact.event for _, fact in self._open)]:
            if isinstance(event, ExecutionReported) and event.report.last_qty and event.report.exec_id not in seen:
                seen.add(event.report.exec_id)
                sums[event.root_id] += event.report.last_qty  # type: ignore[assignment]
        return dict(sums)  # type: ignore[arg-type]


def receipts(journal: list[Row]) -> list[Receipt]:
    """Of all messages that came in, oldest first."""
    return [cast(Heard, event).receipt for event in events(journal) if type(event) in HEARD]


def events(journal: list[Row]) -> list[Event]:
    return [cast(Event, CATALOGUE.decode(*row[1:])) for row in journal]


def folded(cell: Cell, journal: list[Row]) -> State:
    """The state that the journal makes, read back from its bytes."""
    state = State(cell)
    for seq, (row, event) in enumerate(zip(journal, events(journal), strict=True), 1):
        state.apply(event, seq, row[0])
    return state


def shape(state: State) -> dict[str, Any]:
    """Everything in the state that the journal decides, to be compared; the order of what is open counts."""
    known = {key: value for key, value in vars(state).items() if key not in {"book", "quotes", "cell", "plans", "exposures"}}
    book = {key: list(value.items()) if isinstance(value, dict) else value for key, value in vars(state.book).items()}
    waiting = {session: list(ids.items()) for session, ids in state.book._open.items()}
    answers = sorted(book["_answers"], key=lambda item: item[1].seq)  # Of an order that was woken they came last.
    del book["_named"]
    return {**known, **book, "_answers": answers, "_open": waiting, "exposures": _exposures(state)}


def _exposures(state: State) -> tuple[object, ...]:
    """What is reserved, traded and used, where trading is stopped, and reference data. Nothing used is as if never looked at."""
    ledger, nothing = state.exposures.ledger, Usage()
    positions = {key: usage for key, usage in ledger._positions.items() if usage != nothing}
    used = {scope: {c: u for c, u in usages.items() if u != nothing} for scope, usages in ledger.usages.items()}
    tallies = {facets: tally for facets, tally in ledger.tallies.items() if tally != Tally()}
    reference = state.exposures.reference
    known = reference.rows, reference.locates._used, reference.is_watching
    return ledger.reservations, tallies, positions, used, state.exposures.latches.by_seq, known


def _assert_unknown_stays(before: Chain | None, after: Chain | None, event: Event) -> None:
    """UNKNOWN is resolved by the venue's word, or a person's, and by nothing else."""
    if before is None or after is None or isinstance(event, FINAL_WORD):
        return
    for was, now in zip(before.requests, after.requests, strict=False):
        is_resolved = was.state is RequestState.UNKNOWN and now.state is not RequestState.UNKNOWN
        assert not is_resolved, f"{type(event).__name__} turned {was.cl_ord_id} from UNKNOWN into {now.state.name}"


def is_for(frame: link.FromEngine, cl_ord_id: str) -> bool:
    return isinstance(frame, link.Send) and frame.cl_ord_id == cl_ord_id
