"""Rules over the whole state that keep money safe where a venue, a database or a message is not as it should be."""

from dataclasses import dataclass, field
from typing import cast

from msgspec import structs

from gateway import link
from gateway.codec.text import text
from gateway.inbound import set_aside
from gateway.rules import FromLink, decide, react
from gateway.sessions import HEARD, Heard, MessageReceived, SessionGranted, SessionHalted, SessionLoggedOn, SessionReady
from gateway.state import State
from oms.domain.chain import RequestState
from oms.domain.commands import AskStatus
from oms.domain.events import (
    CancelRequested,
    Event,
    ExecutionReported,
    MessageSent,
    OrderAdopted,
    ReplaceRequested,
    ReportDiffered,
    ReportQuarantined,
    RequestDoubted,
    RequestNotSent,
    RequestRefused,
)
from oms.domain.fields import MsgType, OrdType
from oms.domain.refusal import Refusal
from tests.support.orders import CELL, QUOTE, SESSION, D, asked, cancel, change, place, terms

ROOT = "FG00000001"


@dataclass
class Desk:
    """An engine's rules without an engine: a ready session, a price, and a venue that says what a test wants."""

    state: State = field(default_factory=lambda: State(CELL))
    heard: int = 0

    def __post_init__(self) -> None:
        granted = SessionGranted(SESSION, 1, 1, 1, 10_000, trusted=True, pid=1)
        self.apply(granted, SessionLoggedOn(SESSION), SessionReady(SESSION))
        self.state.quotes["EURUSD"] = QUOTE

    def apply(self, *events: Event) -> tuple[Event, ...]:
        for event in events:
            self.state.apply(event, self.state.seq + 1, self.state.at_ns)
        return events

    def does(self, command: object) -> tuple[Event, ...]:
        return self.apply(*decide(self.state, command, 0))  # type: ignore[arg-type]  # Any command.

    def sends(self, cl_ord_id: str, msg_seq_num: int, msg_type: str = "D") -> None:
        self.apply(MessageSent(ROOT, cl_ord_id, SESSION, 1, msg_seq_num, msg_type, ""))

    def hears(self, msg_type: str, *body: tuple[int, str]) -> tuple[Event, ...]:
        """What the next message of the venue causes, but for the record that it came in."""
        self.heard = self.state.sessions[SESSION].next_target
        raw = text("FIX.4.4", msg_type, [(34, str(self.heard)), *body]).encode()
        record, *meaning = self.does(FromLink(SESSION, self.state.sessions[SESSION].grant, link.Received(raw)))
        assert cast(Heard, record).receipt.msg_seq_num == self.heard
        assert not any(type(event) in HEARD for event in meaning), "a number counted twice"
        return tuple(meaning) if isinstance(record, MessageReceived) else (record, *meaning)

    def reports(self, exec_type: str, ord_status: str, exec_id: str, cum_qty: str, *more: tuple[int, str]) -> tuple[Event, ...]:
        body = [(11, ROOT), (37, "B1"), (17, exec_id), (150, exec_type), (39, ord_status), (14, cum_qty), *more]
        return self.hears("8", *dict(body).items())


def working() -> Desk:
    """An order that the venue has accepted."""
    desk = Desk()
    desk.does(place())
    desk.sends(ROOT, 3)
    desk.reports("0", "0", "E1", "0")
    return desk


def kinds(events: tuple[Event, ...]) -> list[type[Event]]:
    return [type(event) for event in events]


def test_a_cum_qty_that_is_not_ours_is_told_and_not_taken_over() -> None:
    desk = working()
    reported, differed = desk.reports("F", "1", "E3", "300", (32, "100"), (31, "1.385"))
    assert isinstance(reported, ExecutionReported)
    assert differed == ReportDiffered(ROOT, SESSION, "E3", D(300), D(100))
    assert desk.state.book.chains[ROOT].cum_qty == D(100)


def test_a_status_with_more_than_we_hold_is_told() -> None:
    assert kinds(working().reports("I", "2", "0", "1000")) == [ExecutionReported, ReportDiffered]


def test_a_cum_qty_that_agrees_is_no_news() -> None:
    assert kinds(working().reports("F", "1", "E2", "100", (32, "100"), (31, "1.385"))) == [ExecutionReported]


def test_an_exec_id_again_with_other_content_waits_for_a_person() -> None:
    desk = working()
    desk.reports("F", "1", "E2", "100", (32, "100"), (31, "1.385"))
    assert desk.reports("F", "1", "E2", "100", (32, "100"), (31, "1.385")) == ()
    assert kinds(desk.reports("F", "1", "E2", "300", (32, "200"), (31, "1.385"))) == [ReportQuarantined]
    assert desk.state.book.chains[ROOT].cum_qty == D(100)


def test_two_orders_may_have_executions_of_one_exec_id() -> None:
    desk = working()
    desk.does(place("c2"))
    assert kinds(desk.reports("0", "0", "E1", "0", (11, "FG00000002"))) == [ExecutionReported]


def test_a_cancel_passes_beside_a_replace_and_names_its_version() -> None:
    desk = working()
    (changed,) = desk.does(change(order_qty=500))
    assert isinstance(changed, ReplaceRequested)
    (canceled,) = desk.does(cancel())
    assert isinstance(canceled, CancelRequested)
    assert canceled.orig_cl_ord_id == changed.cl_ord_id


def test_a_second_cancel_and_a_replace_beside_a_cancel_wait() -> None:
    desk = working()
    desk.does(cancel())
    for command in (cancel("x2"), change()):
        (refused,) = desk.does(command)
        assert isinstance(refused, RequestRefused)
        assert refused.refusal is Refusal.REQUEST_PENDING


def test_an_accepted_version_does_not_come_back_when_its_new_is_told_late() -> None:
    desk = working()
    desk.does(change(order_qty=500))
    desk.reports("5", "0", "E2", "0", (11, "FG00000002"), (41, ROOT))
    desk.reports("0", "0", "E9", "0")
    assert (desk.state.book.chains[ROOT].accepted, desk.state.book.chains[ROOT].terms.order_qty) == ("FG00000002", D(500))


def test_an_order_that_we_gave_up_is_live_when_the_venue_has_it() -> None:
    desk = Desk()
    desk.does(place())
    desk.apply(RequestNotSent(ROOT, ROOT, "too old to be sent again"))
    assert not desk.state.book.chains[ROOT].is_live
    desk.reports("0", "0", "E1", "0")
    assert desk.state.book.chains[ROOT].is_live
    assert kinds(desk.does(cancel())) == [CancelRequested]


def test_a_market_order_has_no_price_to_replace() -> None:
    desk = Desk()
    desk.does(place(wanted=terms(price=None, ord_type=OrdType.MARKET)))
    (refused,) = desk.does(change(price="1.3850"))
    assert isinstance(refused, RequestRefused)
    assert refused.refusal is Refusal.PRICE_ON_MARKET_ORDER


def test_a_reject_of_an_old_number_says_nothing_of_a_request_sent_again() -> None:
    desk = Desk()
    desk.does(place())
    desk.sends(ROOT, 3)
    desk.apply(RequestDoubted(ROOT, ROOT, ""))
    desk.apply(asked())
    desk.reports("I", "8", "0", "0", (37, "NONE"))
    assert kinds(desk.hears("3", (45, "3"), (58, "late"))) == [ReportQuarantined]


def test_what_the_peer_fills_over_may_have_been_an_answer() -> None:
    desk = Desk()
    desk.does(place())
    desk.sends(ROOT, 3)
    (doubted,) = desk.hears("4", (43, "Y"), (123, "Y"), (36, "9"))
    assert isinstance(doubted, RequestDoubted)
    assert react(desk.state, doubted) == (AskStatus(ROOT, ROOT),)
    desk.reports("0", "0", "E1", "0")
    request = desk.state.book.chains[ROOT].request(ROOT)
    assert request is not None
    assert (request.msg_type, request.state) == (MsgType.NEW_ORDER_SINGLE, RequestState.DONE)


def test_a_message_that_no_rule_can_decide_counts_and_is_kept() -> None:
    session = Desk().state.sessions[SESSION]
    raw = text("FIX.4.4", "8", [(34, "1")]).encode()
    record, quarantined = set_aside(session, link.Received(raw), "too much")
    assert isinstance(record, MessageReceived)
    assert (record.receipt.next_target, record.receipt.raw.encode("latin-1")) == (2, raw)
    assert quarantined == ReportQuarantined(SESSION, "too much", is_suspended=True)


def test_a_folder_of_another_journal_gets_no_grant() -> None:
    for hello in (link.Hello(SESSION, "boot", 1, 7, None), link.Hello(SESSION, "boot", 1, 1, link.SentLog("boot", 1, 9, ()))):
        assert kinds(decide(State(CELL), FromLink(SESSION, 0, hello), 0)) == [SessionHalted]


def test_a_store_beyond_all_that_was_given_out_gets_no_grant() -> None:
    log = link.SentLog("boot", 1, 1, ())
    hello = link.Hello(SESSION, "boot", 2, 10_002, log)
    assert kinds(Desk().does(FromLink(SESSION, 0, hello)))[-1] is SessionHalted
    assert kinds(Desk().does(FromLink(SESSION, 0, link.Hello(SESSION, "boot", 2, 10_001, log))))[-1] is SessionGranted


def test_a_fresh_folder_starts() -> None:
    assert kinds(decide(State(CELL), FromLink(SESSION, 0, link.Hello(SESSION, "boot", 1, 1, None)), 0)) == [SessionGranted]


def test_an_adopted_order_counts_its_first_report_once() -> None:
    plans = tuple(structs.replace(plan, adopts=True) for plan in CELL.sessions)
    desk = Desk(State(structs.replace(CELL, sessions=plans)))
    order = [(1, "DESK1"), (55, "EURUSD"), (54, "1"), (38, "5")]
    raw = text("FIX.4.4", "8", [(34, "1"), (11, "T1"), (37, "V1"), (17, "E1"), (150, "0"), (39, "0"), *order]).encode()
    told = desk.does(FromLink(SESSION, desk.state.sessions[SESSION].grant, link.Received(raw)))
    assert kinds(told) == [OrderAdopted, ExecutionReported]
    assert (desk.state.book.chains[ROOT].terms.order_qty, desk.state.sessions[SESSION].next_target) == (D(5), 2)
