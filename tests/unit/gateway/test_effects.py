"""What a durable fact sends to the workers, and under which grant."""

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.codec import writing
from gateway.codec.version import FIX_44
from gateway.effects import Outgoing, effects
from gateway.facts import Fact
from gateway.sessions import SenderReserved, SessionGranted, SessionLoggedOn, SessionReady
from gateway.state import State
from oms.domain.events import (
    CancelRequested,
    Event,
    MassStatusRequested,
    MessageSent,
    OrderAdopted,
    ReplaceRequested,
    RequestReissued,
    StatusRequested,
)
from oms.domain.fields import ExecType, MsgType, OrdStatus
from tests.support.orders import CELL, DATA, GRANT, PRINCIPAL, SESSION, placed, report, said, terms

ROOT, NEXT = "FG00000001", "FG00000002"
AT_NS = 5_000
CANCEL = CancelRequested(ROOT, NEXT, ROOT, "x1", PRINCIPAL, SESSION, GRANT)
REPLACE = ReplaceRequested(ROOT, NEXT, ROOT, "r1", PRINCIPAL, SESSION, GRANT, terms(2_000, expire_at_ns=99))
NEW = said(report(ExecType.NEW, OrdStatus.NEW, exec_id="N1"))


def released(*events: Event) -> tuple[int, list[Outgoing]]:
    """The seq of the last of these facts, and what it releases."""
    state = State(CELL)
    facts = [Fact(seq, AT_NS, event, state.apply(event, seq, AT_NS)) for seq, event in enumerate(events, 1)]
    return state.seq, list(effects(state, facts[-1]))


def send(seq: int, cl_ord_id: str, msg_type: MsgType, raw: str, *, grant: int = GRANT, expire_at_ns: int = 0) -> Outgoing:
    return Outgoing(SESSION, grant, link.Send(seq, cl_ord_id, ROOT, msg_type.value, expire_at_ns, raw))


def test_an_order_goes_out_as_it_was_placed() -> None:
    wanted = terms(expire_at_ns=77)
    raw = writing.new_order_single(FIX_44, ROOT, wanted, AT_NS)
    expected = send(1, ROOT, MsgType.NEW_ORDER_SINGLE, raw, expire_at_ns=77)
    assert released(placed(wanted=wanted)) == (1, [expected])


def test_a_cancel_never_expires() -> None:
    raw = writing.order_cancel_request(FIX_44, NEXT, ROOT, terms(expire_at_ns=77), AT_NS)
    expected = send(2, NEXT, MsgType.ORDER_CANCEL_REQUEST, raw)
    assert released(placed(wanted=terms(expire_at_ns=77)), CANCEL) == (2, [expected])


def test_a_replace_goes_out_as_it_was_wanted() -> None:
    raw = writing.order_cancel_replace_request(FIX_44, NEXT, ROOT, REPLACE.terms, AT_NS)
    assert released(placed(), REPLACE) == (2, [send(2, NEXT, MsgType.ORDER_CANCEL_REPLACE_REQUEST, raw, expire_at_ns=99)])


def test_what_is_sent_again_says_so_and_goes_to_the_new_grant() -> None:
    again = RequestReissued(ROOT, ROOT, SESSION, 9)
    raw = writing.new_order_single(FIX_44, ROOT, terms(), AT_NS, poss_resend=True)
    assert released(placed(), again) == (2, [send(2, ROOT, MsgType.NEW_ORDER_SINGLE, raw, grant=9)])


def test_a_question_for_everything_names_no_order() -> None:
    raw = "8=FIX.4.4|9=0|35=AF|584=M1|585=7|10=000|".replace("|", "\x01")
    outgoing = [Outgoing(SESSION, 9, link.Send(1, "", "", "AF", 0, raw))]
    assert released(MassStatusRequested(SESSION, 9, "M1")) == (1, outgoing)


def test_an_adopted_order_is_canceled_under_the_venue_s_names() -> None:
    _, [out] = released(OrderAdopted(ROOT, "T1", SESSION, "V1", terms()), replace(CANCEL, orig_cl_ord_id="T1"))
    assert isinstance(out.frame, link.Send)
    assert f"\x0111={NEXT}\x0141=T1\x0137=V1\x01" in out.frame.text


def test_a_question_names_the_order() -> None:
    raw = writing.order_status_request(FIX_44, ROOT, terms())
    asked = StatusRequested(ROOT, ROOT, SESSION, 9)
    assert released(placed(), asked) == (2, [send(2, ROOT, MsgType.ORDER_STATUS_REQUEST, raw, grant=9)])


def test_a_grant_goes_to_the_worker_that_it_names() -> None:
    grant = SessionGranted(SESSION, 1, 22, 30, 10_000, trusted=True, pid=1)
    assert released(grant) == (1, [Outgoing(SESSION, 1, link.Grant(1, 1, 22, 30, 10_000))])
    assert released(grant, SenderReserved(SESSION, 20_000)) == (2, [Outgoing(SESSION, 1, link.Reserve(20_000))])


def test_after_a_logon_orders_ask_what_is_missing_and_prices_ask_for_prices() -> None:
    for session, raw, msg_type in (
        (SESSION, writing.test_request(FIX_44, "2"), "1"),
        (DATA, writing.market_data_request(FIX_44, "2-EURUSD", "EURUSD"), "V"),
    ):
        grant = SessionGranted(session, 1, 1, 1, 10_000, trusted=True, pid=1)
        assert released(grant, SessionLoggedOn(session)) == (2, [Outgoing(session, 1, link.Send(2, "", "", msg_type, 0, raw))])


@pytest.mark.parametrize("event", [NEW, SessionReady(SESSION), MessageSent(ROOT, ROOT, SESSION, 1, 5, "D", "raw")])
def test_what_was_heard_is_not_said(event: Event) -> None:
    assert released(placed(), event) == (2, [])
