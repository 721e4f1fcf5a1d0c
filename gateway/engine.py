"""The single-writer loop: a command comes in, becomes facts, the facts are made durable, and only then does anybody hear of them.

A turn empties the inbox into the open batch and changes the state at once; `_commit` makes one batch durable at a time while the
next one fills, and then lets its effects go. A failed turn or commit ends the engine: what nobody heard never happened.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar, cast

from gateway import administering, link, prices
from gateway.administering import SESSION_COMMANDS, SessionCommand
from gateway.alarm import AlarmCleared, AlarmRaised
from gateway.alarms import KeepWatch
from gateway.batch import Batch
from gateway.beats import Beats
from gateway.cell import SessionKind
from gateway.checkpoints import Marked, SnapshotTaken, TakeNote, outline
from gateway.clock import Clock
from gateway.crash import crash, crash_soon
from gateway.days import Calendar, RollDay, UtcDayBegan
from gateway.dead_man import FireDeadMan
from gateway.effects import effects
from gateway.facts import Fact, recorded
from gateway.holding import ResumeLogons
from gateway.hours import KeepHours, Timetable
from gateway.inbound import Hole, Read, set_aside
from gateway.inbox import Inbox, Item, Reply
from gateway.links import Links
from gateway.releasing import Releasing
from gateway.resting import Resting
from gateway.rules import Command, FromLink, decide, is_undecided, react
from gateway.session_acts import NumbersSet
from gateway.sessions import (
    HEARD,
    EngineStarted,
    Heard,
    LogonsPaused,
    MessageDropped,
    SequencesReset,
    SessionHalted,
    SessionHeld,
)
from gateway.state import DAY_NS, State
from oms import deciding
from oms.domain.acts import ReportDisputed
from oms.domain.commands import CLIENT_COMMANDS, ClientCommand, DecideAgain, LookAfter
from oms.domain.dead_man import DeadManFired
from oms.domain.events import Answer, Event, OrdersEscalated, ReportDiffered, ReportQuarantined, RequestEscalated
from oms.domain.reference import OrderWatched
from oms.journal.writing import Writer
from oms.told import Answered

_log = logging.getLogger(__name__)
T = TypeVar("T")
Sink = Callable[[Sequence[Fact]], None]

BATCH_RECORDS_MAX = 4_096
MEMORY_FACTS = 50_000
"""How many of the latest facts can be read again by a resume token."""
LEASE_INTERVAL_S = 0.5
LOOK_INTERVAL_S = 1.0
"""How often we look after what is in doubt, while anything is."""
_ASKED = CLIENT_COMMANDS | SESSION_COMMANDS
"""What is answered once, and repeated under its id."""
_ALARMS = frozenset(
    {
        ReportQuarantined,
        ReportDiffered,
        ReportDisputed,
        RequestEscalated,
        OrdersEscalated,
        OrderWatched,
        SessionHalted,
        SessionHeld,
        LogonsPaused,
        SequencesReset,
        MessageDropped,
        DeadManFired,
    }
)


class TokenTooOld(Exception):
    """The facts after this resume token are not in memory any more."""

    def __init__(self, oldest: int) -> None:
        super().__init__(f"the oldest resume token that can still be served is {oldest}")
        self.oldest = oldest


class Engine:
    """Owns the state. Everybody else puts commands into its inbox and hears facts that are durable."""

    def __init__(
        self, state: State, journal: Writer, wall_ns: Callable[[], int], monotonic_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self.state = state
        self.durable_seq = journal.seq
        self._journal = journal
        self._clock = Clock(wall_ns, monotonic_ns)
        self._filled = asyncio.Event()
        self._inbox = Inbox(self._wake)
        self.links = Links(self._inbox, state.plans)
        self._market_data = frozenset(p.name for p in state.plans.values() if p.kind is SessionKind.MARKET_DATA)
        self._timetable, self._calendar = Timetable(state.plans.values()), Calendar(state.plans.values())
        self._resting = Resting()
        self._releasing = Releasing(state, self._inbox, self._wake)
        self._beats = Beats(state)
        self._batch = Batch()
        self._is_due = True  # The first turn comes with `run`.
        self._is_full = False
        self._proved_s = self._leased_s = self._looked_s = 0.0
        self._undecided: dict[str, DecideAgain] = {}
        self._sinks: list[Sink] = []
        self._memory: deque[Fact] = deque(maxlen=MEMORY_FACTS)

    async def run(self) -> None:
        """Until cancelled, or until the journal refuses: then the exception goes up and the process must end."""
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._add(EngineStarted(self.state.cell.version, self.state.cell.config_hash), self._now())
        self._schedule()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._commit(), name="commit")
            await self._failed

    async def stop(self) -> None:
        """Let the workers log out and end, while the loop still takes down what they say."""
        await self.links.close()

    async def close(self) -> None:
        """Let go of the journal, when `run` has ended. What is not in it was never heard of."""
        await self._journal.close()

    def submit(self, command: ClientCommand | SessionCommand, reply: Reply) -> None:
        """Take a command in; `reply` hears the answer once it is durable. Raises Overloaded."""
        self._inbox.put(command, reply)

    async def ask(self, command: ClientCommand | SessionCommand) -> tuple[int, Answer, bool]:
        """`submit`, waited for: the answer's seq, the answer, and whether it repeats an earlier one."""
        heard: asyncio.Future[tuple[int, Answer, bool]] = asyncio.get_running_loop().create_future()

        def reply(seq: int, answer: Answer, is_repeat: bool) -> None:
            if not heard.done():
                heard.set_result((seq, answer, is_repeat))

        self.submit(command, reply)
        return await heard

    def beat(self, principal: str) -> int | None:
        """It lives, and may be silent for so many milliseconds again; None where nobody watches it."""
        return self._beats.beat(principal, self._now())

    async def look(self, view: Callable[[State], T]) -> T:
        """What `view` makes of the state now, told when the commit that covers it has returned."""
        shown: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        value = view(self.state)
        self._batch.after.append(lambda: None if shown.done() else shown.set_result(value))
        self._filled.set()
        return await shown

    async def mark(self) -> Marked:
        """The outline of the state at the end of a batch, told with the journal's chain there when that batch is durable."""
        marked: asyncio.Future[Marked] = asyncio.get_running_loop().create_future()
        batch = self._batch

        def look() -> None:
            known = outline(self.state)
            batch.after.append(lambda: None if marked.done() else marked.set_result(Marked(self._journal.chain, known)))

        batch.closing.append(look)
        self._filled.set()
        return await marked

    async def take_note(self, taken: SnapshotTaken) -> None:
        """Make it a fact that a snapshot was taken; returns when that is durable."""
        noted = asyncio.Event()
        stop = self.subscribe(lambda facts: noted.set() if any(fact.event is taken for fact in facts) else None)
        try:
            self._inbox.put(TakeNote(taken))
            await noted.wait()
        finally:
            stop()

    def subscribe(self, sink: Sink) -> Callable[[], None]:
        """`sink` hears every durable fact from now on, batch by batch; returns how to stop."""
        self._sinks.append(sink)
        return lambda: self._sinks.remove(sink)

    def facts_after(self, seq: int) -> list[Fact]:
        """The durable facts after `seq`. Raises TokenTooOld."""
        oldest = self._memory[0].seq - 1 if self._memory else self.durable_seq
        if seq < oldest:
            raise TokenTooOld(oldest)
        return list(islice(self._memory, max(seq - oldest, 0), None))  # Numbers have no gaps.

    def remember(self, fact: Fact) -> None:
        """Keep a durable fact for those who come back with a resume token."""
        self._memory.append(fact)

    def _wake(self) -> None:
        if not self._is_due:
            self._schedule()

    def _schedule(self) -> None:
        """One turn, after the sockets have had theirs."""
        self._is_due = True
        asyncio.get_running_loop().call_soon(self._guarded_turn)

    def _guarded_turn(self) -> None:
        try:
            self._turn()
        except Exception as error:  # noqa: BLE001  `run` raises it: nothing is swallowed
            self._is_due = True  # For ever: there is no next turn.
            if not self._failed.done():
                self._failed.set_exception(error)

    def _turn(self) -> None:
        """Empty the inbox, as far as the open batch has room. All of one turn happens at one time."""
        self._is_due = False
        at_ns = self._now()
        if at_ns // DAY_NS != self.state.at_ns // DAY_NS:
            self._add(UtcDayBegan(), at_ns)
        facts = self._batch.facts
        while len(facts) < BATCH_RECORDS_MAX:
            item = self._inbox.take()
            if item is None:
                break
            self._handle(item, at_ns)
        else:
            self._is_due = self._is_full = True  # Goes on with the next batch.
        self.links.relieve()
        if self.state.meters:
            self._releasing.look(at_ns)
        if not self._batch.is_empty():
            self._filled.set()

    def _handle(self, item: Item, at_ns: int) -> None:
        command = item.command
        crash("engine.taken", command)
        if type(command) is FromLink:
            if command.session in self._market_data and prices.take(self.state, command, at_ns):
                return
        elif type(command) in _ASKED:
            known = _first_answer(self.state, command)
            if known is not None:
                self._batch.answer(item.reply, known.seq, known.answer, is_repeat=True)
                return
        try:
            events = decide(self.state, command, at_ns)
        except Hole as hole:
            _log.error("%s; its worker starts again", hole)
            assert isinstance(command, FromLink)
            self.links.cut(command.session)
            return
        except Exception as error:  # Nothing has changed yet; asked for again it would only come back.
            if not isinstance(command, FromLink) or not isinstance(command.frame, (link.Received, Read)):
                raise
            _log.exception("a message of %s cannot be decided and is set aside", command.session)
            events = set_aside(self.state.sessions[command.session], command.frame, str(error))
        for event in events:
            seq = self._add(event, at_ns)
            if event.IS_ANSWER:
                self._batch.answer(item.reply, seq, cast(Answer, event), is_repeat=False)
        crash("engine.applied", events)
        if type(command) is DecideAgain and is_undecided(self.state, command):
            self._undecided[command.cl_ord_id] = command

    def _add(self, event: Event, at_ns: int) -> int:
        """One fact into the state and the open batch; what it sets off goes through the inbox."""
        if type(event) in HEARD:
            receipt = cast(Heard, event).receipt
            self._batch.move(receipt, self.state.sessions[receipt.session].next_target)
        elif type(event) is NumbersSet:
            self._batch.begin(event.session, event.after.session_epoch, event.after.next_target)
        seq = self.state.seq + 1
        chain = self.state.apply(event, seq, at_ns)
        self._batch.facts.append(Fact(seq, at_ns, event, chain))
        if type(event) in _ALARMS:
            _log.error("a person has to look at record %d: %s", seq, event)
        elif type(event) is AlarmRaised or type(event) is AlarmCleared:
            _log_alarm(event, seq)
        for command in react(self.state, event):
            self._inbox.react(command)
        return seq

    def _now(self) -> int:
        return self._clock.now(self.state.at_ns)

    async def _commit(self) -> None:
        while True:
            batch = await self._next_batch()
            asked_ns = time.monotonic_ns()
            if batch.facts:
                epoch = self._journal.epoch
                crash_soon("engine.commit_sent", batch.facts)
                await self._journal.append([recorded(fact, epoch) for fact in batch.facts], batch.marks())
                crash("engine.commit_returned", batch.facts)
                self.durable_seq = batch.facts[-1].seq
                self._proved(asked_ns)
            elif asyncio.get_running_loop().time() - self._proved_s >= LEASE_INTERVAL_S:
                await self._journal.confirm()
                self._proved(asked_ns)
            self._release(batch)

    def _proved(self, asked_ns: int) -> None:
        """The journal has just shown that it is alive and ours: the workers hear of it, but not at every commit."""
        self._proved_s = asyncio.get_running_loop().time()
        if self._proved_s - self._leased_s >= LEASE_INTERVAL_S / 5:
            self._leased_s = self._proved_s
            self.links.lease(asked_ns)
            undecided, self._undecided = self._undecided, {}
            for command in undecided.values():
                self._inbox.put(command)
        if self._proved_s - self._looked_s >= LOOK_INTERVAL_S:
            self._looked_s = self._proved_s
            now_ns = self._now()
            due: list[KeepHours | RollDay | FireDeadMan] = [*self._timetable.due(now_ns), *self._calendar.due(now_ns)]
            due += self._beats.due(now_ns)
            for change in due:
                self._inbox.put(change)
            for ended in self._resting.due(self.state, now_ns):
                self._inbox.put(ended)
            for session in self.state.plans:
                self._inbox.put(KeepWatch(session))
                if self.state.sessions[session].paused_until_ns:
                    self._inbox.put(ResumeLogons(session))
            for session, doubts in self.state.book.doubts.items():
                if not doubts.is_empty():
                    self._inbox.put(LookAfter(session))

    async def _next_batch(self) -> Batch:
        """The open batch, closed; an empty one when nothing happened for the lease's interval."""
        if not self._filled.is_set():
            try:
                async with asyncio.timeout(LEASE_INTERVAL_S):
                    await self._filled.wait()
            except TimeoutError:
                return Batch()
        self._filled.clear()
        batch, self._batch = self._batch, Batch()
        for look in batch.closing:
            look()
        if self._is_full:
            self._is_full = False
            self._schedule()
        return batch

    def _release(self, batch: Batch) -> None:
        """The batch is durable: workers first, then those who wait for answers, then those who listen."""
        if batch.facts:
            self.links.hear(batch.facts)
            self.links.send([out for fact in batch.facts for out in effects(self.state, fact)])
            crash("engine.half_published", batch.facts)
        for tell in batch.after:
            tell()
        self._memory.extend(batch.facts)
        for sink in tuple(self._sinks):
            sink(batch.facts)


def _first_answer(state: State, command: Command) -> Answered | None:
    """What was answered to this very request before."""
    if type(command) in SESSION_COMMANDS:
        return administering.first_answer(state.book, cast(SessionCommand, command))
    return deciding.first_answer(state.book, cast(ClientCommand, command))


def _log_alarm(event: AlarmRaised | AlarmCleared, seq: int) -> None:
    """One line at its beginning and one at its end, with its fields apart."""
    level, what = (logging.ERROR, "raised") if isinstance(event, AlarmRaised) else (logging.INFO, "cleared")
    fields = {"alarm": event.kind.name, "session": event.session, "seq": seq}
    _log.log(level, "alarm %s of session %s %s: %s", event.kind.name, event.session, what, event.text, extra=fields)
