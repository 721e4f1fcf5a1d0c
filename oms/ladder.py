"""How we find out what nobody knows: ask for the request, ask for everything, tell a person. Pure; nothing is resolved in here.

A request that is UNKNOWN is asked for by OrderStatusRequest(35=H), and once more where no answer comes; then one
OrderMassStatusRequest(35=AF) asks for all that is open; then a person is told. An unconfirmed order starts with the mass status,
for there may be many; where the counterparty takes neither question, a person is told of all in one word. What a mass status
does not name has ended, or never was, or was forgotten: it proves nothing.
"""

from collections.abc import Iterator
from enum import Enum, auto

from oms.book import Book
from oms.domain.chain import RequestState
from oms.domain.commands import AskStatus
from oms.domain.events import (
    BookEvent,
    MassStatusEnded,
    MassStatusRequested,
    OrdersEscalated,
    RequestEscalated,
    StatusRequested,
)
from oms.doubts import Doubt, Doubts, asked_as

_NS_PER_S = 1_000_000_000
STATUS_ANSWER_WITHIN_NS = 5 * _NS_PER_S
MASS_STATUS_ANSWER_WITHIN_NS = 10 * _NS_PER_S
MASS_STATUS_EVERY_NS = 30 * _NS_PER_S
UNKNOWN_NS_MAX = 60 * _NS_PER_S
"""A request that is UNKNOWN for so long is a person's concern, however far we are: the session may be down, or come and go."""
QUESTIONS_MAX = 2
"""OrderStatusRequests about one thing while its session is up: a question can be lost once."""
QUESTIONS_PER_S_MAX = 20
"""For one session: venues charge for storms."""
LOOK_EVENTS_MAX = 100
"""One look says no more than this; the next one goes on."""
_NO_ANSWER = "no answer to what we asked the venue"
_NO_QUESTION = "the venue takes no question that could tell"


class _Step(Enum):
    """What is to be done about a doubt next."""

    WAIT = auto()
    STATUS = auto()
    MASS_STATUS = auto()
    PERSON = auto()


def ask(book: Book, command: AskStatus, grant: int, at_ns: int) -> StatusRequested | None:
    """A question about a request that is still unknown, unless the same has just been asked; what the rate forbids waits."""
    chain = book.known(command.root_id)
    request, doubts = chain.request(command.cl_ord_id), book.doubts.get(chain.session)
    if request is None or doubts is None or request.state is not RequestState.UNKNOWN or not _questions_left(doubts, at_ns):
        return None
    doubt = doubts.unknown[command.cl_ord_id]
    if _is_waiting(doubt, at_ns):
        return None
    return StatusRequested(chain.root_id, asked_as(chain, command.cl_ord_id), chain.session, grant)


def look(
    book: Book, session: str, grant: int, at_ns: int, *, takes_status: bool, takes_mass_status: bool
) -> tuple[BookEvent, ...]:
    """What is due of all that is in doubt on a session; `grant` 0 says that nobody can be asked now.

    `takes_status` and `takes_mass_status` say which questions the counterparty takes. Where it takes none, a person is asked.
    """
    doubts = book.doubts.get(session)
    if doubts is None or doubts.is_empty():
        return ()
    mass_status = doubts.mass_status
    if mass_status is not None and at_ns >= mass_status.asked_at_ns + MASS_STATUS_ANSWER_WITHIN_NS:
        return (MassStatusEnded(session, mass_status.mass_status_req_id, is_complete=False),)
    questions_max = QUESTIONS_MAX if takes_status else 0
    return _Look(book, doubts, session, grant, at_ns, questions_max, takes_mass_status).events()


class _Look:
    """One look at a session: what it says, each question once, and no more than the bounds allow."""

    def __init__(
        self,
        book: Book,
        doubts: Doubts,
        session: str,
        grant: int,
        at_ns: int,
        questions_max: int,
        takes_mass_status: bool,
    ) -> None:
        self._book, self._doubts, self._session, self._grant, self._at_ns = book, doubts, session, grant, at_ns
        self._questions_max, self._takes_mass_status = questions_max, takes_mass_status
        self._can_ask = bool(questions_max) or takes_mass_status
        self._left = _questions_left(doubts, at_ns) if grant else 0
        self._wants_mass_status = False
        self._said: dict[str, BookEvent] = {}

    def events(self) -> tuple[BookEvent, ...]:
        for cl_ord_id, doubt, step in self._steps():
            if len(self._said) == LOOK_EVENTS_MAX:
                break
            self._take(cl_ord_id, doubt, step)
        if not self._can_ask:
            return *self._said.values(), *self._all_at_once()
        is_free = self._doubts.mass_status is None and self._left > 0
        is_due = not self._doubts.mass_asked_at_ns or self._at_ns >= self._doubts.mass_asked_at_ns + MASS_STATUS_EVERY_NS
        if not (self._wants_mass_status and is_free and is_due):
            return tuple(self._said.values())
        mass_status_req_id = f"{self._book.prefix}-{self._session}-{self._at_ns}"
        return *self._said.values(), MassStatusRequested(self._session, self._grant, mass_status_req_id)

    def _steps(self) -> Iterator[tuple[str, Doubt, _Step]]:
        for cl_ord_id, doubt in self._doubts.unknown.items():
            yield cl_ord_id, doubt, self._unknown(doubt)
        if self._grant and self._can_ask:
            for doubt in self._doubts.unconfirmed.values():
                yield self._book.chains[doubt.root_id].cl_ord_id, doubt, self._unconfirmed(doubt)

    def _all_at_once(self) -> tuple[OrdersEscalated, ...]:
        """The orders that nobody can be asked about, when the session is back: in one word, however many they are."""
        untold = sum(not doubt.is_escalated for doubt in self._doubts.unconfirmed.values()) if self._grant else 0
        return (OrdersEscalated(self._session, untold),) if untold else ()

    def _take(self, cl_ord_id: str, doubt: Doubt, step: _Step) -> None:
        asked = asked_as(self._book.chains[doubt.root_id], cl_ord_id)
        if step is _Step.STATUS and self._left and asked not in self._said:
            self._left -= 1
            self._said[asked] = StatusRequested(doubt.root_id, asked, self._session, self._grant)
        elif step is _Step.MASS_STATUS:
            self._wants_mass_status = True
        elif step is _Step.PERSON and not doubt.is_escalated:
            why = _NO_ANSWER if self._can_ask else _NO_QUESTION
            self._said[f"{cl_ord_id} escalated"] = RequestEscalated(doubt.root_id, cl_ord_id, self._session, why)

    def _unknown(self, doubt: Doubt) -> _Step:
        if self._at_ns >= doubt.since_ns + UNKNOWN_NS_MAX and not doubt.is_escalated:
            return _Step.PERSON
        if not self._grant or _is_waiting(doubt, self._at_ns):
            return _Step.WAIT
        if doubt.asks < self._questions_max:
            return _Step.STATUS
        return _Step.MASS_STATUS if self._lacks_mass_status(doubt) else _Step.PERSON

    def _unconfirmed(self, doubt: Doubt) -> _Step:
        if self._lacks_mass_status(doubt):
            return _Step.MASS_STATUS
        if _is_waiting(doubt, self._at_ns):
            return _Step.WAIT
        return _Step.STATUS if doubt.asks < self._questions_max else _Step.PERSON

    def _lacks_mass_status(self, doubt: Doubt) -> bool:
        """Whether a mass status might tell of it and none has ended that was asked since it is in doubt."""
        return self._takes_mass_status and doubt.since_ns > self._doubts.mass_answered_ns


def _is_waiting(doubt: Doubt, at_ns: int) -> bool:
    """Whether the answer to the last question may still come."""
    return doubt.asks > 0 and at_ns < doubt.asked_at_ns + STATUS_ANSWER_WITHIN_NS


def _questions_left(doubts: Doubts, at_ns: int) -> int:
    return QUESTIONS_PER_S_MAX - doubts.asked_in(at_ns // _NS_PER_S)
