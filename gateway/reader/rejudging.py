"""Judges again what risk has judged: the journal is folded up to just before each verdict, and risk asked the same once more.

Each order is judged on what really happened before it, with the quote that was recorded. Under other limits the orders that they
would have stopped have all the same been sent, and traded, in what the later ones are judged on: what is told is what the limits
would have said of each order of that day, and not how another day would have gone.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from collections.abc import Set as AbstractSet
from contextlib import aclosing
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from gateway.cell import Cell
from gateway.reader import history
from gateway.reader.chain import Fact
from gateway.sessions import MessageReceived
from gateway.starting import begin, event_of, nothing_collected
from gateway.state import State
from oms.domain import numbers
from oms.domain.chain import Chain
from oms.domain.event import Event
from oms.domain.events import OrderPlaced, OrderRefused, ReplaceRequested, RequestNotSent, RequestRefused, RequestReissued
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision, Terms
from oms.journal.reading import Connection, verified
from oms.journal.record import Batch, Record
from risk.case import Verdict
from risk.explaining import Explained, explain
from risk.limits import Quote
from risk.review import Basis, review
from risk.scope import Facets
from risk.sheet import Sheet
from risk.supposed import Supposed

JUDGED = (OrderPlaced, OrderRefused, ReplaceRequested, RequestRefused, RequestReissued, RequestNotSent)
"""The facts that may hold a verdict of risk."""
Progress = Callable[[int, int], None]
"""Told now and then: records folded so far, and how many there are to fold."""
_TELL_RECORDS = 1_000


class Asked(msgspec.Struct, frozen=True):
    """What risk was asked, and what it said."""

    what: str
    root_id: str
    """Empty where there never was an order."""
    client_order_id: str
    principal: str
    terms: Terms
    facets: Facets
    chain: Chain | None
    verdict: Verdict | None
    decision: Decision


class Judged(msgspec.Struct, frozen=True):
    """One verdict of the past, and the same question asked again."""

    seq: int
    at_ns: int
    asked: Asked
    again: Explained
    limits_version: str
    """Of the limits that it was judged by again."""
    not_known: str
    """Why nobody can say what the verdict would be; empty where it is known."""

    @property
    def is_same(self) -> bool:
        """Whether the verdict is the same to the last digit."""
        return self.again.verdict == self.asked.verdict

    @property
    def is_reproduced(self) -> bool:
        """The same of the verdict, and of the numbers that were recorded with it."""
        return self.is_same and self.again.decision == self.asked.decision


class Rejudging:
    """A fold that stops at each verdict."""

    def __init__(self, state: State, supposed: Supposed | None = None, *, explains: bool = True) -> None:
        """supposed: the limits to judge by; None for those that were in force. explains: whether with every check."""
        self.state = state
        self._explains = explains
        self._supposed = supposed
        self._sheets: tuple[Sheet, Sheet] | None = None
        self._unheard: tuple[MessageReceived, int, int] | None = None
        if supposed is not None:
            state.exposures.ledger.watch_beside(limit.scope for limit in supposed.limits)

    def take(self, event: Event, seq: int, at_ns: int, *, is_wanted: bool = True) -> Judged | None:
        """The next record: judged again where it holds a verdict that is wanted, and then applied.

        What a client asks by FIX is decided with the message that asks for it, and both come after the verdict: such a message
        waits until it is known what it has caused.
        """
        is_together = self._unheard is not None and self._is_caused(event, self._unheard[0])
        if not is_together:
            self._hear()
        asked = _asked(self.state, event) if is_wanted and isinstance(event, JUDGED) else None
        judged = None if asked is None else self._judge(asked, seq, at_ns)
        self._hear()
        if isinstance(event, MessageReceived):
            self._unheard = event, seq, at_ns
        else:
            self.state.apply(event, seq, at_ns)
        return judged

    def _is_caused(self, event: Event, message: MessageReceived) -> bool:
        """Whether the message has asked for it."""
        plan = self.state.plans.get(message.receipt.session)
        return plan is not None and getattr(event, "principal", "") == plan.principal

    def _hear(self) -> None:
        if self._unheard is not None:
            waiting, self._unheard = self._unheard, None
            self.state.apply(*waiting)

    def _judge(self, asked: Asked, seq: int, at_ns: int) -> Judged:
        basis = self.state.exposures.basis
        quotes = _Recorded(asked)
        by = replace(basis, quotes=quotes, sheet=self._sheet(basis.sheet))
        question = by, asked.terms, asked.facets, at_ns, asked.chain
        again = Explained(*review(*question), None, ())
        not_known = self._not_known(asked, again, basis) or quotes.not_known
        return Judged(seq, at_ns, asked, explain(*question) if self._explains else again, by.sheet.version, not_known)

    def _sheet(self, in_force: Sheet) -> Sheet:
        """Kept as long as the same is in force: a sheet remembers what holds for whom."""
        if self._supposed is None:
            return in_force
        if self._sheets is None or self._sheets[0] is not in_force:
            self._sheets = in_force, self._supposed.over(in_force)
        return self._sheets[1]

    def _not_known(self, asked: Asked, again: Explained, basis: Basis) -> str:
        decision = asked.decision
        if self._supposed is None and decision.limits_version != basis.sheet.version:
            return f"it was judged by limits {decision.limits_version}, and those at hand are {basis.sheet.version}"
        if decision.bid_px is None and decision.reference_px is not None:
            return "both sides of the quote are in no record of that time"
        is_without = again.verdict is not None and again.verdict[0] is Refusal.NO_REFERENCE_PX and decision.bid_px is None
        return "no quote was recorded with it" if is_without and again.verdict != asked.verdict else ""


async def rejudged(
    cell: Cell,
    dsn: str,
    first: int,
    last: int,
    progress: Progress,
    *,
    only: AbstractSet[int] | None = None,
    supposed: Supposed | None = None,
    explains: bool = True,
) -> AsyncIterator[Judged]:
    """Every verdict from record `first` to record `last`, judged again; only those in the records `only`, if given.

    Raises what `verified` raises, and Unfoldable.
    """
    numbers.install()
    with nothing_collected():
        begun = await begin(cell, dsn, max(first - 2, 0))
        state, start = begun.state, begun.state.seq
        again = Rejudging(state, supposed, explains=explains)
        reading = cast(AsyncGenerator[tuple[Batch, tuple[Record, ...]]], verified(dsn, start, begun.chain))
        async with aclosing(reading):
            async for _, records in reading:
                for record in records:
                    if record.seq > last:
                        return
                    is_wanted = record.seq >= first and (only is None or record.seq in only)
                    judged = again.take(event_of(record), record.seq, record.at_ns, is_wanted=is_wanted)
                    if not record.seq % _TELL_RECORDS:
                        progress(record.seq - start, last - start)
                    if judged is not None:
                        yield judged


async def about(connection: Connection, any_id: str, progress: Progress) -> list[Fact]:
    """The facts that may hold a verdict about what the id names, oldest first: also of an order that was never taken."""
    roots = frozenset(await history.root_ids_of(connection, any_id, progress))
    return [
        fact
        for fact in await history.naming(connection, roots | {any_id})
        if isinstance(fact.event, JUDGED) and _is_about(fact.event, roots, any_id)
    ]


def why_not_asked(event: Event) -> str:
    """Why risk was never asked, of a fact that could hold a verdict of it and holds none; empty for any other."""
    if isinstance(event, OrderRefused | RequestRefused) and event.decision is None:
        return f"refused before risk was asked: {event.refusal.value} {event.text}"
    is_parent = isinstance(event, OrderPlaced) and event.decision is None
    return "a parent, and not judged: each of its children is" if is_parent else ""


def _is_about(event: Event, roots: AbstractSet[str], any_id: str) -> bool:
    return getattr(event, "root_id", "") in roots or any_id == getattr(event, "client_order_id", "")


def _asked(state: State, event: Event) -> Asked | None:
    """None where risk was not asked."""
    decision = getattr(event, "decision", None)
    if decision is None:
        return None
    match event:
        case OrderPlaced():
            facets = state.exposures.facets(event.terms, event.principal, event.session)
            of = event.root_id, event.client_order_id, event.principal
            return Asked("new order", *of, event.terms, facets, None, None, decision)
        case OrderRefused():
            session = state.cell.account_sessions.get(event.terms.account, "")
            facets = state.exposures.facets(event.terms, event.principal, session)
            of = "", event.client_order_id, event.principal
            return Asked("new order", *of, event.terms, facets, None, (event.refusal, event.text), decision)
        case ReplaceRequested():
            return _of_chain(state, event, "replace", event.terms, None, decision)
        case RequestRefused() if event.terms is not None:
            return _of_chain(state, event, "replace", event.terms, (event.refusal, event.text), decision)
        case RequestReissued() | RequestNotSent():
            request = state.book.known(event.root_id).request(event.cl_ord_id)
            terms = request.terms if request is not None else None
            assert terms is not None, "risk is asked of orders and replaces, and of nothing else"
            said = None if isinstance(event, RequestReissued) else _said(event.reason)
            return _of_chain(state, event, "re-issue", terms, said, decision)
        case _:
            return None


def _of_chain(
    state: State,
    event: ReplaceRequested | RequestRefused | RequestReissued | RequestNotSent,
    what: str,
    terms: Terms,
    verdict: Verdict | None,
    decision: Decision,
) -> Asked:
    chain = state.book.known(event.root_id)
    by = event if isinstance(event, ReplaceRequested | RequestRefused) else chain.requests[0]
    facets = state.exposures.of(chain)
    return Asked(what, chain.root_id, by.client_order_id, by.principal, terms, facets, chain, verdict, decision)


def _said(reason: str) -> Verdict:
    """The refusal that a reason of RequestNotSent begins with."""
    code, _, text = reason.partition(" ")
    return Refusal(code), text


class _Recorded(dict[str, Quote]):
    """The quote that was recorded with a verdict. It notes who asks for another one: that is not known any more."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        decision = asked.decision
        self._missed = {asked.terms.symbol: False}
        if decision.bid_px is not None and decision.offer_px is not None and decision.quote_at_ns is not None:
            self[asked.terms.symbol] = Quote(decision.bid_px, decision.offer_px, decision.quote_at_ns)

    def get(self, symbol: str, default: Any = None) -> Any:
        self._missed.setdefault(symbol, True)
        return super().get(symbol, default)

    def __missing__(self, symbol: str) -> Quote:
        self._missed.setdefault(symbol, True)
        raise KeyError(symbol)

    @property
    def not_known(self) -> str:
        missed = [symbol for symbol, is_missed in self._missed.items() if is_missed]
        return f"it turns on quotes that were not recorded with it: {', '.join(missed)}" if missed else ""
