"""A report reaches the client's FIX session once, and again only where nobody can know that the client has it."""

import pytest

from gateway import link
from gateway.administering import DisableSession, SetNumbers
from gateway.client import outbox
from gateway.rules import FromLink
from gateway.sessions import ReportSent, SessionGranted, SessionHalted
from oms.domain.events import OrderPlaced, ReportQuarantined
from tests.support.client_side import BOOT, CELL, CLIENT, ClientSide, handed_over
from tests.support.model_engine import Engine, events, folded

OPERATOR = "spiffe://fixgate/test/operator/night"
ORDER = "35=D|11=A|55=EURUSD|54=1|38=1000|40=2|44=1.3850"
ACK = "35=8|11=FG00000001|37=V1|17=E1|150=0|39=0|38=1000|14=0|151=1000"
FILL = "35=8|11=FG00000001|37=V1|17=E2|150=F|39=2|32=1000|31=1.3850|14=1000|151=0"


def acked_unheard() -> ClientSide:
    """An order whose ack and fill went to a worker that says nothing of them."""
    side = ClientSide()
    side.asks(ORDER)
    side.is_deaf = True
    side.venue_says(ACK)
    side.venue_says(FILL)
    assert shown(side.released) == [("0", False), ("F", False)]
    return side


def shown(released: list[link.Send]) -> list[tuple[str, bool]]:
    """ExecType(150) of each, and whether it says that it may have been sent before."""
    return [(send.text.split("\x01150=")[1][0], "\x0197=Y\x01" in send.text) for send in released]


def exec_ids(released: list[link.Send]) -> list[str]:
    return [send.text.split("\x0117=")[1].split("\x01")[0] for send in released]


def hello(side: ClientSide, next_sender: int, log: link.SentLog | None) -> list[link.Send]:
    """A new worker comes; returns what it is given with its grant."""
    side.released.clear()
    side.engine.take(FromLink(CLIENT, 0, link.Hello(CLIENT, BOOT, 1, next_sender, log)))
    side.commit()
    return list(side.released)


def log_of(side: ClientSide, *entries: link.Logged) -> link.SentLog:
    return link.SentLog(BOOT, 1, side.engine.state.sessions[CLIENT].grant, entries)


def logged(send: link.Send, number: int) -> link.Logged:
    return link.Logged(number, send.seq, "", "", send.msg_type, send.text.encode())


def test_a_report_that_was_handed_over_is_not_given_to_the_next_worker() -> None:
    side = ClientSide()
    side.asks(ORDER)
    side.venue_says(ACK)
    assert hello(side, side.number + 1, log_of(side)) == []


def test_what_the_log_shows_was_handed_over_and_the_rest_is_sent_as_new() -> None:
    side = acked_unheard()
    ack, fill = side.released
    again = hello(side, 2, log_of(side, logged(ack, 1), logged(fill, 2)))  # The store never came to number 2.
    assert (shown(again), exec_ids(again)) == ([("F", False)], exec_ids([fill]))


def test_without_a_log_everything_unheard_of_is_sent_with_poss_resend_and_the_same_exec_id() -> None:
    side = acked_unheard()
    first = list(side.released)
    again = hello(side, 1, None)
    assert (shown(again), exec_ids(again)) == ([("0", True), ("F", True)], exec_ids(first))


def test_a_new_engine_gives_the_next_worker_what_nobody_handed_over() -> None:
    side = acked_unheard()
    first = list(side.released)
    later = ClientSide(CELL, side.engine.journal)
    assert exec_ids(later.released) == exec_ids(first)


def test_a_gap_fill_over_reports_has_them_sent_again() -> None:
    side = ClientSide()
    side.asks(ORDER)
    side.venue_says(ACK)
    side.venue_says(FILL)
    first = list(side.released)
    side.released.clear()
    side.worker_says(link.Sent(2, "", "", "4", b"35=4\x0134=2\x0136=3\x01123=Y\x01"))
    assert (shown(side.released), exec_ids(side.released)) == ([("F", True)], exec_ids(first[1:]))
    side.released.clear()
    side.worker_says(link.Sent(2, "", "", "4", b"35=4\x0134=2\x0136=3\x01123=Y\x01"))
    assert side.released == []  # It has another number by now.


def test_a_gap_fill_of_the_predecessor_has_them_sent_again_too() -> None:
    side = ClientSide()
    side.asks(ORDER)
    side.venue_says(ACK)
    side.venue_says(FILL)
    first = list(side.released)
    fill = link.Logged(3, 0, "", "", "4", b"35=4\x0134=1\x0136=3\x01123=Y\x01")
    again = hello(side, 3, log_of(side, fill))
    assert (shown(again), exec_ids(again)) == ([("0", True), ("F", True)], exec_ids(first))


def test_reports_in_the_hands_of_a_worker_that_is_replaced_come_from_the_grant_alone() -> None:
    """A fact that is committed after the new grant must not be released twice to the new worker."""
    side = ClientSide()
    side.asks(ORDER)
    side.is_deaf = True
    raw = f"8=FIX.4.4|9=0|34=1|{ACK}|10=000|".replace("|", "\x01").encode()
    grant = side.engine.state.sessions["BROKER"].grant
    side.engine.take(FromLink("BROKER", grant, link.Received(raw)))
    side.engine.take(FromLink(CLIENT, 0, link.Hello(CLIENT, BOOT, 1, 1, log_of(side))))
    side.commit()  # The ack and the grant are of one batch.
    assert shown(side.released) == [("0", False)]


def test_a_report_handed_over_twice_counts_once() -> None:
    side = acked_unheard()
    ack, fill = side.released
    for number, send in ((1, ack), (2, fill), (3, ack)):
        side.worker_says(handed_over(send, number))
    assert side.engine.state.outboxes[CLIENT].waiting == {}


def test_more_numbers_are_reserved_than_reports_wait() -> None:
    side = ClientSide()
    side.is_deaf = True
    for number in range(link.BLOCK // 2 + 10):
        side.asks(f"35=H|11=X{number}|55=EURUSD|54=1")
    hello(side, 1, log_of(side))
    session = side.engine.state.sessions[CLIENT]
    assert session.reserved_to - session.last_sender >= link.BLOCK // 2 + 10


def test_the_replayed_outbox_is_the_live_one() -> None:
    side = acked_unheard()
    side.asks("35=F|11=B|41=A|55=EURUSD|54=1|38=1000")
    replayed = folded(CELL, side.engine.journal).outboxes[CLIENT]
    assert vars(replayed) == vars(side.engine.state.outboxes[CLIENT])


def test_a_message_of_the_client_that_comes_again_places_nothing_twice() -> None:
    side = ClientSide()
    side.asks(ORDER)
    assert side.asks(ORDER.replace("35=D|", "35=D|43=Y|"), number=1) == []
    assert sum(isinstance(event, OrderPlaced) for event in events(side.engine.journal)) == 1


def test_a_folder_of_another_journal_halts_the_session() -> None:
    engine = Engine(CELL, [], 1)
    engine.take(FromLink(CLIENT, 0, link.Hello(CLIENT, BOOT, 1, 77, None)))
    engine.commit()
    made = events(engine.journal)
    assert isinstance(made[-1], SessionHalted)
    assert not [event for event in made if isinstance(event, (SessionGranted, ReportSent))]


def test_what_quickfix_resends_and_refuses_by_itself_is_journalled_and_wakes_nobody() -> None:
    side = ClientSide()
    side.worker_says(link.Sent(1, "", "", "8", b"35=8\x0134=1\x0143=Y\x01"))
    side.worker_says(link.Sent(2, "", "", "3", b"35=3\x0134=2\x0145=1\x01372=zz\x01"))
    kinds = [type(event).__name__ for event in events(side.engine.journal)[-3:]]
    assert kinds == ["AdminSent", "AdminSent", "MessageReceived"]
    assert side.engine.state.sessions[CLIENT].next_target == 2


def begin_anew(side: ClientSide) -> list[link.FromEngine]:
    """The client resets the numbers; returns what its worker is told."""
    side.engine.take(FromLink(CLIENT, side.engine.state.sessions[CLIENT].grant, link.PeerReset()))
    return [out.frame for out in side.engine.commit() if out.session == CLIENT]


def test_a_client_that_resets_the_numbers_is_told_anew_what_it_cannot_have_heard_and_nothing_else() -> None:
    side = ClientSide()
    side.asks(ORDER)
    side.venue_says(ACK)
    side.asks("35=0")
    side.engine.take(FromLink(CLIENT, side.engine.state.sessions[CLIENT].grant, link.LoggedOut()))
    side.commit()
    side.venue_says(FILL)
    anew, fill = begin_anew(side)
    assert anew == link.Anew(2, link.BLOCK)
    assert isinstance(fill, link.Send)
    assert shown([fill]) == [("F", True)]
    session = side.engine.state.sessions[CLIENT]
    assert (session.session_epoch, session.next_target, session.last_sender, session.reserved_to) == (2, 1, 0, link.BLOCK)


def test_a_client_that_resets_the_numbers_after_more_than_is_remembered_is_told_by_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "REMEMBERED_MAX", 1)
    side = ClientSide()
    side.engine.take(FromLink(CLIENT, side.engine.state.sessions[CLIENT].grant, link.LoggedOut()))
    side.asks(ORDER)
    side.venue_says(ACK)
    side.venue_says(FILL)
    side.engine.take(FromLink(CLIENT, side.engine.state.sessions[CLIENT].grant, link.PeerReset()))
    side.commit()
    assert [event.reason for event in events(side.engine.journal) if isinstance(event, ReportQuarantined)] == [
        "the client reset the numbers and has not heard of reports that are not remembered: tell it of them"
    ]


def test_what_was_handed_over_before_a_new_worker_has_a_client_is_unheard() -> None:
    side = ClientSide()
    side.asks(ORDER)
    side.venue_says(ACK)
    side.asks("35=0")
    hello(side, side.number + 1, log_of(side))
    side.venue_says(FILL)
    _, fill = begin_anew(side)
    assert isinstance(fill, link.Send)
    assert shown([fill]) == [("F", True)]


def test_a_client_that_has_said_something_since_has_heard_all_when_it_resets_the_numbers() -> None:
    side = ClientSide()
    side.asks(ORDER)
    side.venue_says(ACK)
    side.asks("35=0")
    assert begin_anew(side) == [link.Anew(2, link.BLOCK)]


def test_a_client_that_died_unnoticed_is_told_anew_what_it_may_not_have_heard_when_it_resets_the_numbers() -> None:
    """Its line was dead, and our FIX layer still took it for logged on."""
    side = ClientSide()
    side.asks(ORDER)
    side.venue_says(ACK)
    side.asks("35=0")
    side.venue_says(FILL)
    first = side.released[-1]
    side.engine.take(FromLink(CLIENT, side.engine.state.sessions[CLIENT].grant, link.LoggedOut()))
    side.commit()
    anew, fill = begin_anew(side)
    assert anew == link.Anew(2, link.BLOCK)
    assert isinstance(fill, link.Send)
    assert (shown([fill]), exec_ids([fill])) == ([("F", True)], exec_ids([first]))


def test_no_number_of_before_a_reset_is_taken_for_one_of_after_it() -> None:
    side = ClientSide()
    side.asks(ORDER)
    side.venue_says(ACK)
    begin_anew(side)
    grant = side.engine.state.sessions[CLIENT].grant
    gap_fill = "8=FIX.4.4|9=0|35=4|34=1|36=9000|43=Y|123=Y|10=000|".replace("|", "\x01").encode()
    side.engine.take(FromLink(CLIENT, grant, link.Sent(1, "", "", "4", gap_fill)))
    assert side.engine.commit() == []


@pytest.mark.parametrize(("next_sender", "filled", "is_told"), [(1, (1, 3), False), (100, (1, 100), True)])
def test_what_was_told_under_other_numbers_is_told(next_sender: int, filled: tuple[int, int], is_told: bool) -> None:
    """Numbers that a person set mean other messages; of those below them a person is told, who has to know."""
    side = ClientSide()
    side.asks(ORDER)
    side.venue_says(ACK)
    side.worker_says(link.LoggedOut())
    for command in (
        DisableSession(OPERATOR, "1", CLIENT, "why"),
        SetNumbers(OPERATOR, "2", CLIENT, "why", next_sender=next_sender, next_target=1),
    ):
        side.engine.take(command)
    assert hello(side, side.number + 1, log_of(side)) == []
    begin, new = filled
    raw = f"35=4\x0134={begin}\x0143=Y\x01123=Y\x0136={new}\x01".encode()
    assert side.worker_says(link.Sent(begin, "", "", "4", raw)) == []
    assert isinstance(events(side.engine.journal)[-1], ReportQuarantined) is is_told
