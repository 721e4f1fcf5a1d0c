"""A venue that begins its numbers anew, or gives some up: what is open is in doubt, and nothing is counted twice."""

from gateway import link
from gateway.codec.text import text
from gateway.rules import decide
from gateway.sessions import MessageReceived, Phase, SequencesReset, SessionGranted, SessionLoggedOn
from gateway.state import State
from oms.domain.events import Event, ReportQuarantined, RequestDoubted
from tests.support.orders import SESSION
from tests.unit.gateway.test_rules import NEW, ORDER, ROOT, ready, sent, told


def happens(made: State, *events: Event) -> State:
    for event in events:
        made.apply(event, made.seq + 1, made.at_ns)
    return made


def reset(new_seq_no: int, number: int = 99) -> link.Received:
    return link.Received(text("FIX.4.4", "4", [(34, str(number)), (36, str(new_seq_no))]).encode())


RESET = SequencesReset(SESSION, 2, "the peer's Logon had ResetSeqNumFlag(141)=Y")
DOUBTED = RequestDoubted(ROOT, ROOT, "the peer reset the sequence numbers")


def test_what_was_sent_before_a_reset_is_in_doubt_and_the_next_epoch_begins() -> None:
    made = ready(ORDER, sent(7))
    assert decide(made, told(link.PeerReset()), 0) == (DOUBTED, RESET)
    happens(made, DOUBTED, RESET)
    session = made.sessions[SESSION]
    assert (session.session_epoch, session.next_target, session.phase) == (2, 1, Phase.DOWN)
    assert session.last_sender == 7


def test_an_acknowledged_order_is_unconfirmed_after_a_reset() -> None:
    made = happens(ready(ORDER, sent(7), NEW), RESET)
    assert made.book.is_unconfirmed(made.book.chains[ROOT])


def test_the_logon_that_resets_is_the_first_message_of_its_epoch() -> None:
    made = happens(ready(), RESET)
    logon = link.Received(text("FIX.4.4", "A", [(34, "1"), (141, "Y")]).encode())
    (counted,) = decide(made, told(logon), 0)
    assert isinstance(counted, MessageReceived)
    assert (counted.receipt.session_epoch, counted.receipt.next_target) == (2, 2)


def test_no_log_of_the_old_epoch_is_believed_and_our_numbers_only_rise() -> None:
    made = happens(ready(ORDER, sent(7)), DOUBTED, RESET)
    old = link.SentLog("boot", 1, made.sessions[SESSION].grant, ())
    granted = decide(made, told(link.Hello(SESSION, "boot", 2, 8, old)), 0)[-1]
    assert granted == SessionGranted(SESSION, 2, link.BLOCK + 1, 1, 2 * link.BLOCK, trusted=False, pid=2)


def test_numbers_that_are_given_up_put_what_is_open_in_doubt_and_the_session_proves_itself_again() -> None:
    counted, quarantined, doubted, again = decide(ready(ORDER, sent(7)), told(reset(5)), 0)
    assert isinstance(counted, MessageReceived)
    assert counted.receipt.next_target == 5
    what = "the peer gave up MsgSeqNum 1 to 4 by SequenceReset-Reset: there may have been executions among them"
    assert quarantined == ReportQuarantined(SESSION, what, is_suspended=True)
    assert doubted == RequestDoubted(ROOT, ROOT, "the peer filled over its own messages")
    assert again == SessionLoggedOn(SESSION)


def test_a_reset_that_does_not_go_up_changes_nothing() -> None:
    assert decide(ready(ORDER, sent(7)), told(reset(1)), 0) == ()
