"""What is asked of whom when nobody knows, and when; and that none of it decides anything."""

from typing import Any

import pytest

from oms import hearing, ladder
from oms.book import Book
from oms.domain.chain import RequestState
from oms.domain.commands import AskStatus
from oms.domain.events import (
    BookEvent,
    CancelRequested,
    Event,
    ExecutionReported,
    MassStatusEnded,
    MassStatusRequested,
    MessageSent,
    OrderPlaced,
    OrdersEscalated,
    RequestDoubted,
    RequestEscalated,
    RequestReissued,
    StatusRequested,
)
from oms.domain.fields import ExecType, OrdStatus
from tests.support.orders import GRANT, PRINCIPAL, SECOND, SESSION, asked, placed, receipt, report, said, status, unknown

ROOT, NEXT = "FG00000001", "FG00000002"
NEW = said(report(ExecType.NEW, OrdStatus.NEW, exec_id="N1"))
SENT = MessageSent(ROOT, ROOT, SESSION, 1, 5, "D", "")
DOUBTED = RequestDoubted(ROOT, ROOT, "why")
CANCEL = CancelRequested(ROOT, NEXT, ROOT, "x1", PRINCIPAL, SESSION, GRANT)
CANCEL_SENT = MessageSent(ROOT, NEXT, SESSION, 1, 6, "F", "")
ASKED = asked()
MASS = MassStatusRequested(SESSION, GRANT, "M1")
ENDED = MassStatusEnded(SESSION, "M1", is_complete=True)


class Life:
    """A book, its time in seconds, and the facts that a look adds to it."""

    def __init__(self, *events: Event, takes_status: bool = True, takes_mass_status: bool = True, grant: int = GRANT) -> None:
        self.book, self.at_s, self.seq = Book("FG"), 100, 0
        self.takes_status, self.takes_mass_status, self.grant = takes_status, takes_mass_status, grant
        self.apply(*events)

    def apply(self, *events: Event) -> None:
        for event in events:
            self.seq += 1
            self.book.apply(event, self.seq, self.at_s * SECOND)

    def look(self, after_s: int = 0) -> tuple[BookEvent, ...]:
        """What a look so much later says; applied."""
        self.at_s += after_s
        grant, at_ns = self.grant, self.at_s * SECOND
        events = ladder.look(
            self.book, SESSION, grant, at_ns, takes_status=self.takes_status, takes_mass_status=self.takes_mass_status
        )
        self.apply(*events)
        return events

    def lose(self) -> None:
        self.at_s += 1
        self.book.lose(SESSION, self.at_s * SECOND)

    def hear(self, told: object) -> tuple[BookEvent, ...]:
        events = hearing.report(self.book, receipt(), told)  # type: ignore[arg-type]
        self.apply(*events)
        return events

    def state(self, cl_ord_id: str = ROOT) -> RequestState:
        request = self.book.chains[ROOT].request(cl_ord_id)
        assert request is not None
        return request.state


def orders(count: int) -> list[Event]:
    """Acknowledged orders."""
    names = [f"FG{number:08d}" for number in range(1, count + 1)]
    told = [said(report(ExecType.NEW, OrdStatus.NEW, name, exec_id=f"N{name}"), name) for name in names]
    return [*(placed(name, client_order_id=name) for name in names), *told]


def kinds(events: tuple[BookEvent, ...]) -> list[type[object]]:
    return [type(event) for event in events]


class TestUnknown:
    def test_it_is_asked_for_twice_then_everything_then_a_person(self) -> None:
        life = Life(placed(), SENT, DOUBTED, ASKED)
        assert life.look(4) == ()
        assert life.look(1) == (ASKED,)
        assert life.look(4) == ()
        mass = MassStatusRequested(SESSION, GRANT, f"FG-BROKER-{110 * SECOND}")
        assert life.look(1) == (mass,)
        assert life.look(9) == ()
        assert life.look(1) == (MassStatusEnded(SESSION, mass.mass_status_req_id, is_complete=False),)
        assert life.look(1) == (RequestEscalated(ROOT, ROOT, SESSION, "no answer to what we asked the venue"),)
        assert [life.look(1_000), life.look(1_000_000), life.state()] == [(), (), RequestState.UNKNOWN]

    def test_without_mass_status_a_person_comes_after_the_second_question(self) -> None:
        life = Life(placed(), SENT, DOUBTED, ASKED, takes_mass_status=False)
        assert [kinds(life.look(5)), kinds(life.look(5)), life.look(5)] == [[StatusRequested], [RequestEscalated], ()]

    def test_a_counterparty_that_takes_no_single_questions_is_asked_for_everything(self) -> None:
        life = Life(placed(), SENT, DOUBTED, takes_status=False)
        assert kinds(life.look()) == [MassStatusRequested]

    def test_a_counterparty_that_takes_no_questions_is_a_persons_concern_at_once(self) -> None:
        life = Life(placed(), SENT, DOUBTED, takes_status=False, takes_mass_status=False)
        assert life.look() == (RequestEscalated(ROOT, ROOT, SESSION, "the venue takes no question that could tell"),)
        assert [life.look(1_000), life.state()] == [(), RequestState.UNKNOWN]

    def test_a_person_hears_of_it_when_nobody_can_be_asked(self) -> None:
        life = Life(placed(), SENT, DOUBTED, grant=0)
        assert [life.look(59), kinds(life.look(1)), life.look(60)] == [(), [RequestEscalated], ()]

    def test_a_lost_session_begins_anew_and_a_person_hears_once(self) -> None:
        life = Life(placed(), SENT, DOUBTED, ASKED, takes_mass_status=False)
        for _ in range(2):
            life.look(5)
        life.lose()
        assert [kinds(life.look()), kinds(life.look(5)), life.look(5)] == [[StatusRequested], [StatusRequested], ()]

    def test_one_question_serves_an_order_and_its_cancel(self) -> None:
        life = Life(placed(), SENT, CANCEL, CANCEL_SENT, DOUBTED, RequestDoubted(ROOT, NEXT, "why"))
        assert life.look() == (ASKED,)
        assert {doubt.asks for doubt in life.book.doubts[SESSION].unknown.values()} == {1}

    def test_what_has_just_been_asked_is_not_asked_again(self) -> None:
        life = Life(placed(), SENT, DOUBTED)
        command = AskStatus(ROOT, ROOT)
        assert ladder.ask(life.book, command, GRANT, life.at_s * SECOND) == ASKED
        life.apply(ASKED)
        assert ladder.ask(life.book, command, GRANT, (life.at_s + 4) * SECOND) is None
        assert ladder.ask(life.book, command, GRANT, (life.at_s + 5) * SECOND) == ASKED

    @pytest.mark.parametrize("facts", [(), (SENT,), (NEW,)])
    def test_what_is_not_unknown_is_not_asked_for(self, facts: tuple[Event, ...]) -> None:
        assert ladder.ask(Life(placed(), *facts).book, AskStatus(ROOT, ROOT), 9, 0) is None

    def test_an_unknown_cancel_is_asked_for_by_the_name_of_its_order(self) -> None:
        life = Life(placed(), NEW, CANCEL, CANCEL_SENT, RequestDoubted(ROOT, NEXT, "why"))
        assert ladder.ask(life.book, AskStatus(ROOT, NEXT), GRANT, 0) == ASKED

    def test_no_more_is_asked_in_a_second_than_the_rate_allows(self) -> None:
        names = [f"FG{number:08d}" for number in range(1, 31)]
        made = [placed(name, client_order_id=name) for name in names]
        doubts = [RequestDoubted(name, name, "why") for name in names]
        life = Life(*made, *[MessageSent(n, n, SESSION, 1, i, "D", "") for i, n in enumerate(names)], *doubts)
        assert [len(life.look()), len(life.look()), len(life.look(1))] == [20, 0, 10]

    def test_time_in_doubt_adds_up_when_it_ends(self) -> None:
        life = Life(placed(), SENT, DOUBTED)
        doubts = life.book.doubts[SESSION]
        assert (doubts.oldest_ns(), doubts.unknown_ns) == (100 * SECOND, 0)
        life.at_s += 7
        life.hear(NEW.report)
        assert (doubts.oldest_ns(), doubts.unknown_ns, doubts.is_empty()) == (None, 7 * SECOND, True)

    def test_an_answer_to_a_question_from_before_the_doubt_proves_nothing(self) -> None:
        """It may have left the venue before the request got there."""
        again = (RequestReissued(ROOT, ROOT, SESSION, 9), SENT, DOUBTED)
        life = Life(placed(), SENT, DOUBTED, ASKED, ASKED)
        life.hear(unknown())
        assert life.state() is RequestState.INTENT
        life.apply(*again, ASKED)
        life.hear(unknown())
        assert life.state() is RequestState.UNKNOWN
        life.hear(unknown())
        assert life.state() is RequestState.INTENT

    def test_neither_does_what_was_never_asked_nor_a_mass_status(self) -> None:
        for told in (unknown(), status(OrdStatus.NEW, mass_status_req_id="M1"), status(OrdStatus.NEW)):
            life = Life(placed(), NEW, CANCEL, CANCEL_SENT, RequestDoubted(ROOT, NEXT, "why"))
            life.apply(*([ASKED] if told.mass_status_req_id else []))
            life.hear(told)
            assert life.state(NEXT) is RequestState.UNKNOWN


class TestUnconfirmed:
    def lost(self, *events: Event, takes_status: bool = True, takes_mass_status: bool = True) -> Life:
        """The session was lost with these, and is back."""
        life = Life(*(events or (placed(), NEW)), takes_status=takes_status, takes_mass_status=takes_mass_status)
        life.lose()
        life.at_s += 1
        life.book.regain(SESSION)
        return life

    def test_the_live_orders_of_a_lost_session_that_were_acknowledged(self) -> None:
        ended = said(report(ExecType.CANCELED, OrdStatus.CANCELED, "FG00000002", exec_id="C1"), "FG00000002")
        life = self.lost(*orders(3), ended, placed("FG00000004", client_order_id="c4"))
        assert list(life.book.doubts[SESSION].unconfirmed) == ["FG00000001", "FG00000003"]
        assert life.book.is_unconfirmed(life.book.chains[ROOT])

    def test_a_parent_has_no_session_to_lose(self) -> None:
        life = self.lost(placed(), NEW, placed(NEXT, client_order_id="p1", session=""))
        assert (list(life.book.live), list(life.book.doubts)) == ([ROOT, NEXT], [SESSION])
        assert list(life.book.doubts[SESSION].unconfirmed) == [ROOT]
        assert not life.book.is_unconfirmed(life.book.chains[NEXT])

    def test_one_mass_status_asks_for_all_and_each_report_confirms_one(self) -> None:
        life = self.lost(*orders(2))
        (mass,) = life.look()
        assert isinstance(mass, MassStatusRequested)
        told: dict[str, Any] = {"mass_status_req_id": mass.mass_status_req_id, "tot_num_reports": 2}
        assert kinds(life.hear(status(OrdStatus.NEW, **told))) == [ExecutionReported]
        ended = MassStatusEnded(SESSION, mass.mass_status_req_id, is_complete=True)
        assert life.hear(status(OrdStatus.NEW, "FG00000002", order_id="V2", **told))[-1] == ended
        assert life.book.doubts[SESSION].is_empty()

    @pytest.mark.parametrize(
        ("told", "ord_status"),
        [
            (OrdStatus.CANCELED, OrdStatus.CANCELED),
            (OrdStatus.EXPIRED, OrdStatus.EXPIRED),
            (OrdStatus.DONE_FOR_DAY, OrdStatus.DONE_FOR_DAY),
        ],
    )
    def test_an_order_that_has_ended_meanwhile_has_ended(self, told: OrdStatus, ord_status: OrdStatus) -> None:
        life = self.lost()
        life.look()
        life.hear(status(told, "", mass_status_req_id="M1"))  # Named by OrderID(37) alone.
        chain = life.book.chains[ROOT]
        assert (chain.ord_status, chain.is_live, life.book.is_unconfirmed(chain)) == (ord_status, False, False)

    def test_what_a_mass_status_does_not_name_is_asked_for_and_told_and_stays(self) -> None:
        life = self.lost()
        (mass,) = life.look()
        assert isinstance(mass, MassStatusRequested)
        nothing = status(OrdStatus.REJECTED, "", order_id="NONE", mass_status_req_id=mass.mass_status_req_id, is_last_status=True)
        assert kinds(life.hear(nothing)) == [MassStatusEnded]
        assert [kinds(life.look(1)), kinds(life.look(5)), kinds(life.look(5))] == [
            [StatusRequested],
            [StatusRequested],
            [RequestEscalated],
        ]
        chain = life.book.chains[ROOT]
        assert (chain.ord_status, chain.is_live, life.book.is_unconfirmed(chain)) == (OrdStatus.NEW, True, True)

    def test_without_mass_status_each_is_asked_for_within_the_rate(self) -> None:
        life = self.lost(*orders(25), takes_mass_status=False)
        assert [len(life.look()), len(life.look()), len(life.look(1))] == [20, 0, 5]

    def test_where_nothing_can_be_asked_a_person_is_told_once_how_many_there_are(self) -> None:
        life = self.lost(*orders(25), takes_status=False, takes_mass_status=False)
        assert [life.look(), life.look(1), life.look(99)] == [(OrdersEscalated(SESSION, 25),), (), ()]
        life.lose()
        assert life.look() == ()
        life.apply(*(placed(name, client_order_id=name) for name in ("FG00000026",)))
        life.apply(said(report(ExecType.NEW, OrdStatus.NEW, "FG00000026", exec_id="N26"), "FG00000026"))
        life.lose()
        assert life.look() == (OrdersEscalated(SESSION, 1),)

    def test_nobody_is_told_of_them_while_the_session_is_down(self) -> None:
        life = self.lost(*orders(2), takes_status=False, takes_mass_status=False)
        life.grant = 0
        assert life.look() == ()

    def test_a_request_that_is_unknown_as_well_is_told_by_itself(self) -> None:
        life = self.lost(*orders(2), takes_status=False, takes_mass_status=False)
        life.apply(CANCEL, CANCEL_SENT, RequestDoubted(ROOT, CANCEL.cl_ord_id, "why"))
        assert kinds(life.look()) == [RequestEscalated, OrdersEscalated]

    def test_an_order_that_the_venue_does_not_know_any_more_is_told_at_once(self) -> None:
        life = self.lost(takes_mass_status=False)
        life.look()
        assert kinds(life.hear(unknown())) == [ExecutionReported, RequestEscalated]
        assert life.book.is_unconfirmed(life.book.chains[ROOT])

    def test_what_is_resent_before_the_gap_is_closed_confirms_nothing(self) -> None:
        life = Life(placed(), NEW)
        life.lose()
        life.hear(report(ExecType.SUSPENDED, OrdStatus.SUSPENDED, exec_id="S1"))
        assert life.book.is_unconfirmed(life.book.chains[ROOT])

    def test_mass_statuses_come_one_at_a_time_and_not_in_a_storm(self) -> None:
        life = self.lost()
        assert kinds(life.look()) == [MassStatusRequested]
        assert life.look(9) == ()
        life.lose()
        life.book.regain(SESSION)
        assert life.look(10) == ()
        assert kinds(life.look(10)) == [MassStatusRequested]

    def test_all_is_well_and_nothing_is_said(self) -> None:
        life = Life(placed(), NEW)
        assert (life.look(1_000), life.book.doubts) == ((), {})


def test_a_placed_order_is_in_no_doubt() -> None:
    assert isinstance(placed(), OrderPlaced)
    assert Life(placed()).look(10**6) == ()
