"""Mass cancels from the request to the last order: what goes out, and that nothing that comes between makes an order escape."""

from typing import Any

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.codec.text import fields, text
from gateway.rules import FromLink, decide
from gateway.sessions import (
    AdminSent,
    EngineStarted,
    GapFilled,
    MessageDropped,
    SessionGranted,
    SessionLoggedOn,
    SessionLoggedOut,
    SessionReady,
)
from gateway.taking import Takes
from oms.domain.acts import ActRefused, MassCancelRejected, MassCancelReported, MassCancelRequested
from oms.domain.chain import RequestState
from oms.domain.commands import MassCancel
from oms.domain.events import (
    CancelRequested,
    Event,
    MessageSent,
    ReportDismissed,
    ReportQuarantined,
    RequestDoubted,
    RequestNotSent,
    RequestRejected,
)
from oms.domain.fields import DKReason, ExecType, OrdStatus, Side
from oms.domain.refusal import Refusal
from oms.domain.report import MassCancelReport
from tests.support.model_engine import Engine, folded
from tests.support.orders import ACCOUNTS, CELL, OTHER, PRINCIPAL, SESSION, fill, placed, receipt, report, said, terms

NATIVE = replace(CELL, sessions=(replace(CELL.sessions[0], takes=Takes(mass_cancel=True)), *CELL.sessions[1:]))
BOTH = ACCOUNTS | {"DESK2"}
A, B, C, MASS = "FG00000001", "FG00000002", "FG00000003", "FG00000004"


def order(root_id: str, account: str = "DESK1", session: str = SESSION, grant: int = 2, **changes: Any) -> list[Event]:
    """One that the venue has accepted."""
    wanted = terms(account=account, **changes)
    new = report(ExecType.NEW, OrdStatus.NEW, root_id, exec_id=f"N{root_id}", order_id=f"V{root_id}")
    placing = placed(root_id, wanted, client_order_id=f"c{root_id}", session=session, grant=grant)
    return [placing, said(new, root_id, session)]


def engine(cell: Any = CELL, *events: Event, sessions: tuple[str, ...] = (SESSION, OTHER)) -> Engine:
    """Its orders sessions ready, then these facts; what they set off is over."""
    made = Engine(cell, [], 1)
    for session in (SESSION, OTHER):
        made.add(SessionGranted(session, 1, 1, 1, link.BLOCK, trusted=True, pid=1))
    for session in sessions:
        made.add(SessionLoggedOn(session))
        made.add(SessionReady(session))
    for event in events:
        made.add(event)
    made._reactions.clear()
    made.commit()
    return made


def mass_cancel(client_order_id: str = "m1", accounts: frozenset[str] = BOTH, **changes: Any) -> MassCancel:
    return MassCancel(PRINCIPAL, client_order_id, accounts, **changes)


def three(**changes: Any) -> list[Event]:
    """Two orders of one session, one of the other."""
    return [*order(A), *order(B, side=Side.SELL), *order(C, "DESK2", OTHER, grant=3, **changes)]


def canceling(engine: Engine) -> list[str]:
    """The orders whose cancel was asked for, each by itself."""
    return [chain.root_id for chain in engine.state.book.chains.values() if len(chain.requests) > 1]


def sent(engine: Engine) -> list[dict[int, str]]:
    """What goes out with the next commit."""
    frames = [out.frame for out in engine.commit()]
    return [dict(fields(frame.text.encode())) for frame in frames if isinstance(frame, link.Send)]


def hear(engine: Engine, frame: link.FromWorker, session: str = SESSION) -> None:
    engine.take(FromLink(session, engine.state.sessions[session].grant, frame))


def says(engine: Engine, msg_type: str, *body: tuple[int, str]) -> None:
    """The venue of SESSION."""
    number = engine.state.sessions[SESSION].next_target
    hear(engine, link.Received(text("FIX.4.4", msg_type, [(34, str(number)), *body]).encode()))


def reports(engine: Engine, response: str) -> None:
    says(engine, "r", (11, MASS), (37, "X"), (530, "7"), (531, response), (533, "2"))


def native(*extra: Event) -> Engine:
    """Two orders of the native session, canceled by one message that went out under number 9."""
    made = engine(NATIVE, *order(A), *order(B), *order(C, "DESK2", OTHER, grant=3), *extra)
    made.take(mass_cancel(accounts=ACCOUNTS))
    hear(made, link.Sent(9, MASS, "", "q", b"raw"))
    return made


class TestOneByOne:
    def test_each_order_gets_a_cancel_of_its_own(self) -> None:
        made = engine(CELL, *three())
        answer = made.take(mass_cancel())
        assert answer == MassCancelRequested(MASS, "m1", PRINCIPAL, (A, B, C))
        assert [(m[35], m[41], m[11]) for m in sent(made)] == [
            ("F", A, "FG00000005"),
            ("F", B, "FG00000006"),
            ("F", C, "FG00000007"),
        ]
        requests = [made.state.book.chains[root_id].requests[1] for root_id in (A, B, C)]
        assert [(r.client_order_id, r.principal) for r in requests] == [(f"m1 {r} 1", PRINCIPAL) for r in (A, B, C)]

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"account": "DESK1"}, (A, B)),
            ({"accounts": ACCOUNTS}, (A, B)),
            ({"side": Side.SELL}, (B,)),
            ({"symbol": "EURUSD", "session": OTHER}, (C,)),
            ({"symbol": "GBPUSD"}, ()),
            ({"placed_by": PRINCIPAL, "account": "DESK1"}, (A, B)),
            ({"placed_by": "fix:ALPHA"}, ()),
        ],
    )
    def test_only_what_matches_is_meant(self, asked: dict[str, Any], found: tuple[str, ...]) -> None:
        made = engine(CELL, *three())
        answer = made.take(mass_cancel(**asked))
        assert isinstance(answer, MassCancelRequested)
        assert answer.root_ids == found
        assert canceling(made) == list(found)

    def test_an_order_that_ended_is_not_meant(self) -> None:
        made = engine(CELL, *three(), said(fill(1_000, cl_ord_id=A), A))
        answer = made.take(mass_cancel())
        assert isinstance(answer, MassCancelRequested)
        assert answer.root_ids == (B, C)

    def test_a_foreign_account_is_refused_and_a_used_id_too(self) -> None:
        made = engine(CELL, *three())
        refused = made.take(mass_cancel(account="DESK9"))
        asked = "MassCancel account=DESK9 symbol= side= session="
        text_said = f"account=DESK9 principal={PRINCIPAL}"
        assert refused == ActRefused("m1", PRINCIPAL, asked, Refusal.NOT_ENTITLED, text_said)
        assert made.take(mass_cancel(account="DESK9")) == refused
        again = made.take(mass_cancel())
        assert isinstance(again, ActRefused)
        assert again.refusal is Refusal.DUPLICATE_CLIENT_ORDER_ID
        assert canceling(made) == []

    def test_the_same_request_gets_the_first_answer_and_cancels_nothing_more(self) -> None:
        made = engine(CELL, *three())
        first = made.take(mass_cancel())
        made.commit()
        assert made.take(mass_cancel()) == first
        assert sent(made) == []

    def test_an_order_that_is_being_canceled_is_not_asked_for_again(self) -> None:
        made = engine(CELL, *three(), CancelRequested(A, "FG00000004", A, "x1", PRINCIPAL, SESSION, 2))
        answer = made.take(mass_cancel())
        assert isinstance(answer, MassCancelRequested)
        assert (answer.root_ids, [m[41] for m in sent(made)]) == ((A, B, C), [B, C])

    def test_what_waits_for_its_session_is_canceled_when_it_is_ready_and_before_all_else(self) -> None:
        made = engine(CELL, *three(), SessionLoggedOut(OTHER, "gone"))
        made.take(mass_cancel())
        assert canceling(made) == [A, B]
        hear(made, link.LoggedOn(), OTHER)
        made.add(SessionReady(OTHER))
        made.take(mass_cancel("m2"))
        assert canceling(made) == [A, B, C]

    def test_what_was_not_sent_yet_is_withdrawn(self) -> None:
        unsent = placed(C, terms(account="DESK2"), client_order_id="c3", session=OTHER, grant=1)
        made = engine(CELL, *order(A), *order(B), unsent, sessions=(SESSION,))
        made.take(mass_cancel())
        made.add(SessionLoggedOn(OTHER))
        made.add(SessionReady(OTHER))
        while made._reactions:
            made.take(made._reactions.popleft())
        assert made.state.book.chains[C].requests[0].state is RequestState.NOT_SENT
        assert not made.state.book.chains[C].is_live

    def test_a_cancel_that_the_worker_dropped_is_asked_for_when_the_session_is_back(self) -> None:
        made = engine(CELL, *three())
        made.take(mass_cancel(accounts=ACCOUNTS))
        first = [m[11] for m in sent(made)]
        for cl_ord_id, root_id in zip(first, (A, B), strict=True):
            hear(made, link.NotSent(cl_ord_id, root_id, "F", link.SESSION_DOWN))
        hear(made, link.LoggedOut())
        assert (sent(made), list(made.state.book.to_cancel[SESSION])) == ([], [A, B])
        made.add(SessionLoggedOn(SESSION))
        made.add(SessionReady(SESSION))
        while made._reactions:
            made.take(made._reactions.popleft())
        again = [(m[35], m[41]) for m in sent(made) if m[35] == "F"]
        assert again == [("F", A), ("F", B)]
        states = [[r.state for r in made.state.book.chains[root_id].requests[1:]] for root_id in (A, B)]
        assert states == [[RequestState.NOT_SENT, RequestState.INTENT]] * 2

    def test_one_that_was_dropped_with_the_session_up_is_asked_for_at_once(self) -> None:
        made = engine(CELL, *three())
        made.take(mass_cancel(accounts=ACCOUNTS))
        first, _ = (m[11] for m in sent(made))
        hear(made, link.NotSent(first, A, "F", "no sender number is reserved"))
        assert [(m[35], m[41]) for m in sent(made)] == [("F", A)]

    def test_one_that_the_venue_refused_is_not_asked_for_again(self) -> None:
        made = engine(CELL, *three())
        made.take(mass_cancel(accounts=ACCOUNTS))
        first, _ = (m[11] for m in sent(made))
        hear(made, link.Sent(1, first, A, "F", b"raw"))
        says(made, "9", (11, first), (41, A), (37, "V"), (39, "0"), (434, "1"), (102, "2"))
        assert (sent(made), made.state.book.to_cancel[SESSION], list(made.state.book._canceling)) == ([], {}, [B])

    def test_somebody_elses_cancel_that_was_dropped_leaves_the_order_to_the_mass_cancel(self) -> None:
        cancel = CancelRequested(A, "FG00000004", A, "x1", PRINCIPAL, SESSION, 2)
        made = engine(CELL, *three(), cancel)
        made.take(mass_cancel(accounts=ACCOUNTS))
        sent(made)
        hear(made, link.NotSent(cancel.cl_ord_id, A, "F", link.SESSION_DOWN))
        assert list(made.state.book.to_cancel[SESSION]) == [A]

    def test_an_order_that_ended_is_not_waited_for_whatever_became_of_its_cancel(self) -> None:
        made = engine(CELL, *three())
        made.take(mass_cancel(accounts=ACCOUNTS))
        first, _ = (m[11] for m in sent(made))
        made.add(said(fill(1_000, cl_ord_id=A), A))
        hear(made, link.NotSent(first, A, "F", link.SESSION_DOWN))
        assert (list(made.state.book._canceling), made.state.book.to_cancel[SESSION]) == ([B], {})

    def test_a_crash_between_the_answer_and_the_cancels_loses_none(self) -> None:
        made = engine(CELL, *three())
        (asked,) = decide(made.state, mass_cancel(), 1)
        made.add(asked)
        made.commit()
        after = Engine(CELL, made.journal, 2)
        assert list(after.state.book.to_cancel) == [SESSION, OTHER]
        for session in (SESSION, OTHER):
            after.add(SessionLoggedOn(session))
            after.add(SessionReady(session))
        while after._reactions:
            after.take(after._reactions.popleft())
        assert canceling(after) == [A, B, C]
        assert not any(after.state.book.to_cancel.values())

    def test_what_ended_by_itself_is_not_waited_for(self) -> None:
        made = engine(CELL, *three(), EngineStarted("", ""))
        made.take(mass_cancel())
        made.add(said(fill(1_000, cl_ord_id=A), A))
        assert list(made.state.book.to_cancel[SESSION]) == [B]


class TestNative:
    def test_one_message_stands_for_all_orders_of_the_session(self) -> None:
        made = engine(NATIVE, *three())
        answer = made.take(mass_cancel())
        assert answer == MassCancelRequested(MASS, "m1", PRINCIPAL, (A, B, C), native=((SESSION, 2),))
        first, second = sent(made)
        assert {tag: first.get(tag) for tag in (35, 11, 530, 55, 54)} == {35: "q", 11: MASS, 530: "7", 55: None, 54: None}
        assert (second[35], second[41]) == ("F", C)

    def test_a_symbol_and_a_side_are_said(self) -> None:
        made = engine(NATIVE, *three())
        made.take(mass_cancel(symbol="EURUSD", side=Side.SELL, session=SESSION))
        (told,) = sent(made)
        assert {tag: told[tag] for tag in (35, 530, 55, 54)} == {35: "q", 530: "1", 55: "EURUSD", 54: "2"}

    @pytest.mark.parametrize(
        "more",
        [
            order(C, "DESK2", SESSION),
            [placed(C, client_order_id="c3", grant=2), RequestDoubted(C, C, "lost")],
            [placed(C, client_order_id="c3", grant=1)],
        ],
        ids=["an order out of scope", "an order of which nobody knows", "an order that is still to be sent"],
    )
    def test_it_is_not_used_where_it_would_hit_more_or_less(self, more: list[Event]) -> None:
        made = engine(NATIVE, *order(A), *order(B), *more)
        made.take(mass_cancel(accounts=ACCOUNTS))
        assert {m[35] for m in sent(made)} <= {"F", "H"}
        assert canceling(made)[:2] == [A, B]

    def test_done_is_done(self) -> None:
        made = native()
        sent(made)
        reports(made, "7")
        assert (canceling(made), sent(made)) == ([], [])
        assert not made.state.book.to_cancel[SESSION]

    @pytest.mark.parametrize("response", ["0", "1"])
    def test_refused_or_done_in_part_the_orders_are_canceled_one_by_one(self, response: str) -> None:
        made = native()
        reports(made, response)
        assert canceling(made) == [A, B]

    @pytest.mark.parametrize("msg_type", ["3", "j"])
    def test_a_reject_of_the_message_too(self, msg_type: str) -> None:
        made = native()
        says(made, msg_type, (45, "9"), (58, "not served"))
        told = [event for event in (fact.event for _, fact in made._open) if isinstance(event, MassCancelRejected)]
        assert [event.text for event in told] == ["not served"]
        assert canceling(made) == [A, B]

    def test_a_message_that_the_worker_dropped_too(self) -> None:
        made = native()
        hear(made, link.NotSent(MASS, "", "q", "SESSION_DOWN"))
        assert any(fact.event == MessageDropped(SESSION, "q", MASS, "SESSION_DOWN") for _, fact in made._open)
        assert canceling(made) == [A, B]

    def test_a_message_that_the_peer_asked_for_again_too(self) -> None:
        made = native()
        gap = text("FIX.4.4", "4", [(34, "8"), (43, "Y"), (123, "Y"), (36, "10")])
        hear(made, link.Sent(8, "", "", "4", gap.encode()))
        assert any(fact.event == GapFilled(SESSION, 8, 10) for _, fact in made._open)
        assert canceling(made) == [A, B]

    def test_without_an_answer_they_are_canceled_when_the_session_is_ready_again(self) -> None:
        made = native()
        for event in (SessionLoggedOut(SESSION, "gone"), SessionLoggedOn(SESSION), SessionReady(SESSION)):
            made.add(event)
        made.take(mass_cancel("m2", account="DESK1", symbol="GBPUSD"))
        assert canceling(made) == [A, B]

    def test_an_order_in_doubt_is_canceled_whatever_the_venue_says_it_did(self) -> None:
        """The peer never got the order and may get it again: its cancel then withdraws it."""
        made = engine(NATIVE, *order(A), placed(B, client_order_id="c2", grant=2))
        made.take(mass_cancel(accounts=ACCOUNTS))
        made.add(RequestDoubted(B, B, "the peer asked for its number"))
        says(made, "r", (11, "FG00000003"), (530, "7"), (531, "7"))
        assert canceling(made) == [B]

    def test_an_answer_to_nothing_is_told_to_a_person(self) -> None:
        made = engine(NATIVE, *three())
        reports(made, "7")
        reasons = [fact.event.reason for _, fact in made._open if isinstance(fact.event, ReportQuarantined)]
        assert reasons == [f"OrderMassCancelReport for unknown ClOrdID {MASS}"]

    def test_the_journal_folds_to_the_same(self) -> None:
        made = native()
        reports(made, "0")
        made.commit()
        again = folded(NATIVE, made.journal)
        assert vars(again.book) == vars(made.state.book)
        assert again.sessions == made.state.sessions

    def test_a_mass_cancel_left_in_the_log_is_no_message_of_an_order(self) -> None:
        made = engine(NATIVE, *three())
        made.take(mass_cancel(accounts=ACCOUNTS))
        entry = link.Logged(1, 9, MASS, "", "q", b"raw")
        hello = link.Hello(SESSION, "boot", 2, 2, link.SentLog("boot", 1, 2, (entry,)))
        events = decide(made.state, FromLink(SESSION, 0, hello), 1)
        assert AdminSent(SESSION, 1, 1, "q", "raw", MASS) in events
        assert not any(isinstance(event, MessageSent) for event in events)
        for event in events:
            made.add(event)
        assert made.state.sessions[SESSION].asked == ((1, MASS),)


def test_a_mass_cancel_is_answered_by_the_report_itself() -> None:
    made = native()
    reports(made, "7")
    (heard,) = [fact.event for _, fact in made._open if isinstance(fact.event, MassCancelReported)]
    assert heard.report == MassCancelReport(MASS, "7", "7", total_affected_orders=2)
    assert not any(isinstance(fact.event, (RequestRejected, RequestNotSent)) for _, fact in made._open)


def test_the_venue_hears_that_we_do_not_know_a_trade() -> None:
    told = fill(100, cl_ord_id="X9", symbol="EURUSD", side=Side.BUY)
    made = engine(CELL, *order(A), ReportQuarantined(SESSION, "for unknown", report=told, is_suspended=True))
    made.add(ReportDismissed(made.state.seq, "d1", PRINCIPAL, "not ours", DKReason.NO_MATCHING_ORDER, SESSION, 2, told))
    (out,) = sent(made)
    wanted = {35: "Q", 37: "V1", 17: "E1", 127: "D", 55: "EURUSD", 54: "1", 32: "100", 31: "1.385", 58: "not ours"}
    assert {tag: out.get(tag) for tag in wanted} == wanted


def test_receipts_of_the_answers_move_the_session_on() -> None:
    made = engine(NATIVE, *three())
    made.take(mass_cancel(accounts=ACCOUNTS))
    rejected = MassCancelRejected(MASS, receipt(next_target=5), "no")
    made.add(rejected)
    assert made.state.sessions[SESSION].next_target == 5
