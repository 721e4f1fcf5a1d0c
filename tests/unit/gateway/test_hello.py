"""What the engine concludes from the sent.log that a worker found: sent, in doubt, or neither."""

from decimal import Decimal

from gateway import link
from gateway.cell import Cell, SessionKind, SessionPlan
from gateway.codec.text import text
from gateway.rules import FromLink, decide
from gateway.sessions import AdminSent, SessionGranted, SessionLoggedOn, SessionReady
from gateway.state import State
from oms.domain.events import Event, MessageSent, OrderPlaced, RequestDoubted
from oms.domain.fields import OrdType, Side
from oms.domain.terms import Terms
from risk.limits import Policy

BOOT = "boot"
TERMS = Terms("DESK", "EURUSD", Side.BUY, OrdType.LIMIT, Decimal(100), Decimal("1.385"))
GRANT = 1


def state_with(*orders: str) -> State:
    """A ready session, and orders in the journal of which nobody has said yet that they were sent."""
    plans = (SessionPlan("BROKER", SessionKind.ORDERS),)
    state = State(Cell("FG", "test", "", plans, {"DESK": "BROKER"}, Policy("1", {}, {}), 10_000))
    apply(
        state, SessionGranted("BROKER", 1, 1, 1, 10_000, trusted=True, pid=1), SessionLoggedOn("BROKER"), SessionReady("BROKER")
    )
    apply(state, *[OrderPlaced(one, f"c-{one}", "desk", "BROKER", GRANT, TERMS) for one in orders])
    return state


def apply(state: State, *events: Event) -> None:
    for event in events:
        state.apply(event, state.seq + 1, state.at_ns + 1)


def sent(cl_ord_id: str, msg_seq_num: int) -> MessageSent:
    return MessageSent(cl_ord_id, cl_ord_id, "BROKER", 1, msg_seq_num, "D", "")


def logged(cl_ord_id: str, msg_seq_num: int) -> link.Logged:
    return link.Logged(msg_seq_num, 1, cl_ord_id, cl_ord_id, "D", b"")


def gap_fill(begin_seq_no: int, new_seq_no: int) -> link.Logged:
    body = [(34, str(begin_seq_no)), (43, "Y"), (123, "Y"), (36, str(new_seq_no))]
    return link.Logged(new_seq_no, 0, "", "", "4", text("FIX.4.4", "4", body).encode())


def doubted(state: State, *entries: link.Logged, next_sender: int = 20, boot_id: str = BOOT) -> list[str]:
    """The requests that are in doubt after a new worker came with this log."""
    hello = link.Hello("BROKER", boot_id, 2, next_sender, link.SentLog(BOOT, 1, GRANT, entries))
    events = decide(state, FromLink("BROKER", 0, hello), state.at_ns)
    apply(state, *events)
    return [event.cl_ord_id for event in events if isinstance(event, RequestDoubted)]


def test_a_question_about_no_order_that_was_left_in_the_log_is_a_fact_of_the_session() -> None:
    state = state_with("FG1")
    entries = (logged("FG1", 5), link.Logged(6, 1, "", "", "AF", b""))
    hello = link.Hello("BROKER", BOOT, 2, 20, link.SentLog(BOOT, 1, GRANT, entries))
    events = decide(state, FromLink("BROKER", 0, hello), state.at_ns)
    assert events[1:3] == (sent("FG1", 5), AdminSent("BROKER", 1, 6, "AF", ""))
    apply(state, *events)
    assert state.sessions["BROKER"].last_sender == 19


def test_what_was_sent_and_not_asked_for_again_is_received() -> None:
    state = state_with("FG1", "FG2")
    apply(state, sent("FG1", 5))
    assert doubted(state, logged("FG1", 5), logged("FG2", 6)) == []


def test_a_gap_fill_that_was_sent_and_never_told_puts_its_range_in_doubt() -> None:
    """The peer has skipped the number and will not ask again: waiting for its report would be for ever."""
    state = state_with("FG1", "FG2", "FG3")
    apply(state, sent("FG1", 5))
    assert doubted(state, logged("FG1", 5), logged("FG2", 6), gap_fill(6, 8), logged("FG3", 9)) == ["FG2"]


def test_a_gap_fill_covers_what_the_journal_knew_as_sent() -> None:
    state = state_with("FG1", "FG2")
    apply(state, sent("FG1", 5), sent("FG2", 6))
    assert doubted(state, gap_fill(5, 8)) == ["FG1", "FG2"]


def test_a_log_that_is_not_trusted_puts_everything_unanswered_in_doubt() -> None:
    state = state_with("FG1", "FG2")
    apply(state, sent("FG1", 5))
    assert doubted(state, logged("FG1", 5), boot_id="another boot") == ["FG1", "FG2"]


def test_a_store_that_its_own_log_proves_to_be_set_back_is_not_trusted() -> None:
    """What it forgot was sent: it would be sent again under the same numbers."""
    state = state_with("FG1", "FG2", "FG3")
    apply(state, sent("FG1", 5))
    assert doubted(state, logged("FG1", 5), logged("FG2", 6), logged("FG3", 7), next_sender=6) == ["FG1", "FG2", "FG3"]


def test_the_last_entry_of_a_log_may_never_have_been_stored() -> None:
    state = state_with("FG1", "FG2")
    apply(state, sent("FG1", 5))
    assert doubted(state, logged("FG1", 5), logged("FG2", 6), next_sender=6) == []
