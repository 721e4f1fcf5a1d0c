"""A counterparty's rate: over it orders are refused and cancels wait, in the journal, until there is room."""

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.acting import one_by_one
from gateway.cell import Cell
from gateway.effects import effects
from gateway.facts import Fact
from gateway.metering import RELEASED_MAX, ReleaseCancels
from gateway.rate import Rate
from gateway.rules import decide, is_undecided
from gateway.sessions import AdminSent, MessageDropped, SessionGranted, SessionLoggedOn, SessionReady
from gateway.state import State
from gateway.taking import Takes
from oms.domain.acts import ActRefused, MassCancelRequested, RequestReleased, VenueAsked
from oms.domain.chain import RequestState
from oms.domain.commands import AskStatus, AskVenue, DecideAgain, LookAfter
from oms.domain.events import (
    CancelRejected,
    CancelRequested,
    Event,
    MassStatusRequested,
    MessageSent,
    OrderPlaced,
    OrderRefused,
    ReplaceRequested,
    RequestDoubted,
    RequestNotSent,
    RequestRefused,
    RequestReissued,
    StatusRequested,
)
from oms.domain.fields import ExecType, MsgType, OrdStatus
from oms.domain.refusal import RETRY_CAN_HELP, Refusal
from oms.domain.report import CancelReject
from tests.support.model_engine import shape
from tests.support.orders import (
    ACCOUNTS,
    CELL,
    MS,
    PRINCIPAL,
    QUOTE,
    SECOND,
    SESSION,
    cancel,
    change,
    mass_cancel,
    place,
    receipt,
    report,
    said,
    terms,
)

RATE = Rate(messages_max=4, window_ns=SECOND, burst_max=4, reserved=2, waiting_max=2)
NOW = 100 * SECOND


def metered(rate: Rate = RATE, **takes: bool) -> Cell:
    first = replace(CELL.sessions[0], rate=rate, takes=Takes(**takes))  # type: ignore[arg-type]
    return replace(CELL, sessions=(first, *CELL.sessions[1:]))


class Desk:
    """The rules over a state, at one time until it is said otherwise."""

    def __init__(self, cell: Cell | None = None) -> None:
        self.cell = cell or metered()
        self.state = State(self.cell)
        self.at_ns = NOW
        self.facts: list[tuple[Event, int]] = []
        self.ready()

    def ready(self) -> None:
        self.apply(
            SessionGranted(SESSION, 1, 1, 1, link.BLOCK, trusted=True, pid=1), SessionLoggedOn(SESSION), SessionReady(SESSION)
        )

    def apply(self, *events: Event) -> None:
        for event in events:
            self.facts.append((event, self.at_ns))
            self.state.apply(event, self.state.seq + 1, self.at_ns)

    def take(self, command: object) -> tuple[Event, ...]:
        self.state.quotes["EURUSD"] = replace(QUOTE, at_ns=self.at_ns)
        events = decide(self.state, command, self.at_ns)  # type: ignore[arg-type]
        self.apply(*events)
        return events

    def sent(self, *names: tuple[str, str]) -> None:
        """The worker tells that these left: MsgType and ClOrdID."""
        for msg_type, cl_ord_id in names:
            root = self.state.book.by_cl_ord_id(cl_ord_id)
            assert root is not None
            self.apply(MessageSent(root.root_id, cl_ord_id, SESSION, 1, 1, msg_type, "raw"))

    def orders(self, count: int) -> list[str]:
        """Placed, sent and acknowledged; a window later."""
        roots = []
        for number in range(count):
            (event,) = self.take(place(f"c{number}"))
            assert isinstance(event, OrderPlaced)
            self.sent(("D", event.root_id))
            self.apply(said(report(ExecType.NEW, OrdStatus.NEW, event.root_id, exec_id=f"N{number}"), root_id=event.root_id))
            roots.append(event.root_id)
            self.at_ns += SECOND
        return roots

    def replayed(self) -> State:
        again = State(self.cell)
        for seq, (event, at_ns) in enumerate(self.facts, 1):
            again.apply(event, seq, at_ns)
        return again


def refused(events: Iterable[Event]) -> tuple[Refusal, str]:
    (event,) = events
    assert isinstance(event, (OrderRefused, RequestRefused, ActRefused))
    return event.refusal, event.text


FULL = "messages=2 of 2 in window_ms=1000 burst=2 of 4 waiting_cancels=0 retry_after_ms=1000 session=BROKER"


def test_over_the_rate_an_order_is_refused_with_the_numbers_and_when_a_later_try_can_help() -> None:
    desk = Desk()
    for number in range(2):
        assert isinstance(desk.take(place(f"c{number}"))[0], OrderPlaced)
    assert refused(desk.take(place("c2"))) == (Refusal.RATE_EXCEEDED, FULL)
    assert Refusal.RATE_EXCEEDED in RETRY_CAN_HELP


def test_the_refusal_names_the_instant_at_which_there_is_room() -> None:
    desk = Desk()
    for number in range(2):
        desk.take(place(f"c{number}"))
    desk.sent(("D", "FG00000001"), ("D", "FG00000002"))
    desk.at_ns += 300 * MS
    assert "retry_after_ms=700 " in refused(desk.take(place("c2")))[1]
    desk.at_ns += 700 * MS
    assert isinstance(desk.take(place("c3"))[0], OrderPlaced)


def test_a_replace_over_the_rate_is_refused_as_it_was_wanted() -> None:
    desk = Desk()
    desk.orders(1)
    for number in range(2):
        desk.take(place(f"d{number}"))
    (event,) = desk.take(change(of="c0"))
    assert isinstance(event, RequestRefused)
    assert (event.refusal, event.terms, event.msg_type) == (
        Refusal.RATE_EXCEEDED,
        terms(2_000),
        MsgType.ORDER_CANCEL_REPLACE_REQUEST,
    )


def test_cancels_use_what_is_reserved_then_wait_then_are_refused() -> None:
    desk = Desk(metered(replace(RATE, waiting_max=1)))
    desk.orders(4)
    for number in range(2):
        desk.take(place(f"d{number}"))
    grants = []
    for number in range(3):
        (event,) = desk.take(cancel(f"x{number}", f"c{number}"))
        assert isinstance(event, CancelRequested)
        grants.append(bool(event.grant))
    assert grants == [True, True, False]
    refusal, text = refused(desk.take(cancel("x3", "c3")))
    assert refusal is Refusal.RATE_EXCEEDED
    assert "waiting_cancels=1" in text
    assert text.endswith("waiting_cancels_max=1")
    assert desk.state.book.chains["FG00000004"].pending(MsgType.ORDER_CANCEL_REQUEST) is None


def waiting(count: int = 2, rate: Rate = RATE) -> Desk:
    """So many cancels wait: of the first orders."""
    desk = Desk(metered(rate))
    desk.orders(count + 4)
    for number in range(4):
        desk.take(cancel(f"y{number}", f"c{count + number}"))
    for number in range(count):
        desk.take(cancel(f"x{number}", f"c{number}"))
    assert len(desk.state.meters[SESSION].waiting) == count
    return desk


def test_a_waiting_cancel_sends_nothing_until_it_is_released_and_then_as_for_the_first_time() -> None:
    desk = waiting(1)
    asked = next(event for event, _ in desk.facts if isinstance(event, CancelRequested) and not event.grant)
    fact = Fact(1, NOW, asked, desk.state.book.chains[asked.root_id])
    assert tuple(effects(desk.state, fact)) == ()
    assert desk.take(ReleaseCancels(SESSION)) == ()
    desk.at_ns += 6 * SECOND  # None was told of, so they count until they must have left.
    released = RequestReleased(asked.root_id, asked.cl_ord_id, SESSION, desk.state.sessions[SESSION].grant)
    assert desk.take(ReleaseCancels(SESSION)) == (released,)
    assert desk.state.meters[SESSION].waiting == {}
    (out,) = effects(desk.state, Fact(2, NOW, released, desk.state.book.chains[asked.root_id]))
    assert isinstance(out.frame, link.Send)
    assert (out.frame.msg_type, out.frame.cl_ord_id, "97=Y" in out.frame.text) == ("F", asked.cl_ord_id, False)


def test_while_a_cancel_waits_nothing_else_leaves() -> None:
    desk = waiting(1)
    desk.at_ns += 10 * SECOND
    assert refused(desk.take(place("late")))[0] is Refusal.RATE_EXCEEDED
    assert desk.take(AskStatus("FG00000001", "FG00000001")) == ()
    desk.take(ReleaseCancels(SESSION))
    assert isinstance(desk.take(place("later"))[0], OrderPlaced)


def test_cancels_are_released_oldest_first_and_as_many_as_there_is_room_for() -> None:
    desk = waiting(2, replace(RATE, messages_max=4))
    desk.sent(*[("F", name.split()[1]) for name in desk.state.meters[SESSION].flying][:3])
    desk.at_ns += 3 * SECOND  # Three have left long ago; one was never told of, and may still be on its way.
    events = desk.take(ReleaseCancels(SESSION))
    assert [event.root_id for event in events if isinstance(event, RequestReleased)] == ["FG00000001", "FG00000002"]


def test_a_cancel_whose_order_has_ended_is_not_sent_and_its_client_hears_so() -> None:
    desk = waiting(1)
    done = report(
        ExecType.TRADE, OrdStatus.FILLED, "FG00000001", exec_id="E1", last_qty=1_000, last_px=1, cum_qty=1_000, leaves_qty=0
    )
    desk.apply(said(done, root_id="FG00000001"))
    desk.at_ns += 10 * SECOND
    (event,) = desk.take(ReleaseCancels(SESSION))
    assert isinstance(event, RequestNotSent)
    assert event.reason == "the order has ended"
    assert desk.state.meters[SESSION].waiting == {}


def test_waiting_cancels_survive_a_new_start_of_their_worker() -> None:
    desk = waiting(2)
    held = dict(desk.state.meters[SESSION].waiting)
    desk.at_ns += SECOND
    desk.ready()
    assert desk.state.meters[SESSION].waiting == held
    assert all(desk.take(DecideAgain(root, cl_ord_id)) == () for cl_ord_id, root in held.items())
    assert not any(is_undecided(desk.state, DecideAgain(root, cl_ord_id)) for cl_ord_id, root in held.items())
    desk.at_ns += SECOND
    events = desk.take(ReleaseCancels(SESSION))
    grant = desk.state.sessions[SESSION].grant
    assert events == tuple(RequestReleased(root, cl_ord_id, SESSION, grant) for cl_ord_id, root in held.items())


def test_a_replay_goes_on_with_the_window_and_the_queue() -> None:
    desk = waiting(2)
    desk.sent(("F", next(iter(desk.state.meters[SESSION].flying)).split()[1]))
    assert shape(desk.replayed()) == shape(desk.state)


def test_a_cancel_withdraws_what_of_its_order_is_still_to_be_sent() -> None:
    desk = Desk()
    (root,) = desk.orders(1)
    (replaced,) = desk.take(change(of="c0"))
    assert isinstance(replaced, ReplaceRequested)
    desk.ready()  # The replace never left, and is to be decided again.
    desk.at_ns += SECOND
    (asked,) = desk.take(cancel(of="c0"))
    assert isinstance(asked, CancelRequested)
    assert asked.grant == 0
    events = desk.take(ReleaseCancels(SESSION))
    assert events == (
        RequestNotSent(root, replaced.cl_ord_id, "withdrawn: a cancel of the order leaves before it"),
        RequestReleased(root, asked.cl_ord_id, SESSION, desk.state.sessions[SESSION].grant),
    )
    request = desk.state.book.chains[root].request(asked.cl_ord_id)
    assert request is not None
    assert request.orig_cl_ord_id == root


def test_what_is_sent_again_waits_for_room() -> None:
    desk = Desk()
    (order,) = desk.take(place("c0"))
    assert isinstance(order, OrderPlaced)
    desk.ready()
    desk.at_ns += SECOND
    for number in range(2):
        desk.take(place(f"d{number}"))
    again = DecideAgain(order.root_id, order.root_id)
    assert desk.take(again) == ()
    assert is_undecided(desk.state, again)
    desk.sent(("D", "FG00000002"), ("D", "FG00000003"))
    desk.at_ns += SECOND
    assert isinstance(desk.take(again)[0], RequestReissued)


def test_a_mass_cancel_one_by_one_waits_beyond_the_bound_for_it_was_promised() -> None:
    desk = Desk(metered(replace(RATE, waiting_max=1)))
    desk.orders(8)
    (asked,) = desk.take(mass_cancel())
    assert isinstance(asked, MassCancelRequested)
    for command in one_by_one(desk.state, asked):
        assert isinstance(desk.take(command)[0], CancelRequested)
    assert len(desk.state.meters[SESSION].waiting) == 4
    assert refused(desk.take(cancel("x", "c7")))[0] is Refusal.REQUEST_PENDING


@pytest.mark.parametrize("has_room", [True, False])
def test_one_message_for_many_counts_and_where_there_is_no_room_they_go_one_by_one(has_room: bool) -> None:
    desk = Desk(metered(mass_cancel=True))
    desk.orders(5)
    for number in range(0 if has_room else 4):
        desk.take(cancel(f"x{number}", f"c{number}"))
    (asked,) = desk.take(mass_cancel())
    assert isinstance(asked, MassCancelRequested)
    assert bool(asked.native) is has_room
    assert (f"q {asked.cl_ord_id}" in desk.state.meters[SESSION].flying) is has_room


def test_a_question_of_a_client_is_refused_and_our_own_are_asked_later() -> None:
    desk = Desk()
    desk.orders(1)
    for number in range(2):
        desk.take(place(f"d{number}"))
    question = AskVenue(PRINCIPAL, "q1", ACCOUNTS, "FG00000001")
    assert refused(desk.take(question)) == (Refusal.RATE_EXCEEDED, FULL)
    desk.apply(RequestDoubted("FG00000002", "FG00000002", "test"))
    assert desk.take(LookAfter(SESSION)) == ()
    desk.sent(("D", "FG00000002"), ("D", "FG00000003"))
    desk.apply(RequestDoubted("FG00000002", "FG00000002", "test"))
    desk.at_ns += SECOND
    assert [type(event) for event in desk.take(LookAfter(SESSION))] == [StatusRequested]
    assert isinstance(desk.take(replace(question, client_order_id="q2"))[0], VenueAsked)
    assert sorted(name.split()[0] for name in desk.state.meters[SESSION].flying) == ["H", "H"]


def test_what_is_about_no_order_counts_until_it_is_told_of_or_dropped() -> None:
    desk = Desk()
    meter = desk.state.meters[SESSION]
    desk.apply(MassStatusRequested(SESSION, 1, "M1"))
    assert len(meter.flying) == 1
    desk.apply(AdminSent(SESSION, 1, 2, "0", "raw"), AdminSent(SESSION, 1, 3, "AF", "raw"))
    assert (len(meter.flying), len(meter.told_ns)) == (0, 1)  # A heartbeat does not count.
    desk.apply(MassCancelRequested("FG00000009", "m", PRINCIPAL, (), native=((SESSION, 1),)))
    desk.apply(MessageDropped(SESSION, "q", "FG00000009", "SESSION_DOWN"))
    assert (len(meter.flying), len(meter.told_ns)) == (0, 1)


def test_what_the_worker_dropped_makes_room() -> None:
    desk = Desk()
    desk.take(place("c0"))
    desk.apply(RequestNotSent("FG00000001", "FG00000001", "EXPIRED"))
    assert desk.state.meters[SESSION].flying == {}


def test_a_venue_that_answers_a_cancel_that_never_left_ends_its_waiting() -> None:
    desk = waiting(1)
    ((cl_ord_id, root_id),) = desk.state.meters[SESSION].waiting.items()
    reject = CancelReject(cl_ord_id=cl_ord_id, orig_cl_ord_id=root_id, ord_status=OrdStatus.NEW, cxl_rej_reason=None, text="no")
    desk.apply(CancelRejected(root_id, receipt(), reject))
    assert desk.state.meters[SESSION].waiting == {}


def test_one_release_says_no_more_than_its_bound() -> None:
    rate = Rate(messages_max=1_000, window_ns=SECOND, burst_max=1_000, reserved=0, waiting_max=1_000)
    desk = Desk(metered(rate))
    desk.orders(RELEASED_MAX + 1)
    desk.state.meters[SESSION].waiting["FG99999999"] = "FG00000001"  # As long as one waits, the others do.
    for number in range(RELEASED_MAX + 1):
        desk.take(cancel(f"x{number}", f"c{number}"))
    del desk.state.meters[SESSION].waiting["FG99999999"]
    assert len(desk.take(ReleaseCancels(SESSION))) == RELEASED_MAX
    assert len(desk.take(ReleaseCancels(SESSION))) == 1


def test_a_session_that_is_not_ready_releases_nothing() -> None:
    desk = waiting(1)
    desk.at_ns += 10 * SECOND
    desk.apply(SessionGranted(SESSION, 1, 1, 1, link.BLOCK, trusted=True, pid=1))
    assert desk.take(ReleaseCancels(SESSION)) == ()


def test_without_a_rate_nothing_is_kept() -> None:
    desk = Desk(CELL)
    assert desk.state.meters == {}
    for number in range(50):
        assert isinstance(desk.take(place(f"c{number}"))[0], OrderPlaced)


def test_the_request_of_a_waiting_cancel_is_an_intent_until_it_leaves() -> None:
    desk = waiting(1)
    ((cl_ord_id, root_id),) = desk.state.meters[SESSION].waiting.items()
    request = desk.state.book.chains[root_id].request(cl_ord_id)
    assert request is not None
    assert (request.state, request.grant) == (RequestState.INTENT, 0)
