"""One order's life: each fact in turn, and what the order then is."""

from typing import get_args

import pytest
from msgspec.structs import replace

from oms.domain.chain import Chain, End, Request, RequestState
from oms.domain.events import (
    CancelRejected,
    CancelRequested,
    ChainEvent,
    MessageSent,
    OrderAdopted,
    OrderPlaced,
    ReplaceRequested,
    RequestDoubted,
    RequestNotSent,
    RequestReissued,
    RequestRejected,
    StatusRequested,
)
from oms.domain.fields import CxlRejReason, ExecType, MsgType, OrdStatus, TimeInForce
from oms.domain.order import EVOLUTIONS, evolve
from oms.domain.report import CancelReject
from tests.support.orders import GRANT, PRINCIPAL, SESSION, D, asked, fill, placed, receipt, report, said, status, terms, unknown

ROOT, NEXT, THIRD = "FG00000001", "FG00000002", "FG00000003"
NEW = said(report(ExecType.NEW, OrdStatus.NEW, exec_id="N1"))
PENDING_CANCEL = said(report(ExecType.PENDING_CANCEL, OrdStatus.PENDING_CANCEL, NEXT, exec_id="P1"))
DONE_FOR_DAY = said(report(ExecType.DONE_FOR_DAY, OrdStatus.DONE_FOR_DAY, exec_id="DD1"))
DOUBTED = RequestDoubted(ROOT, ROOT, "why")


def sent(cl_ord_id: str = ROOT, number: int = 12, msg_type: str = "D") -> MessageSent:
    return MessageSent(ROOT, cl_ord_id, SESSION, 1, number, msg_type, "raw")


def cancel_asked(cl_ord_id: str = NEXT, orig: str = ROOT) -> CancelRequested:
    return CancelRequested(ROOT, cl_ord_id, orig, "x1", PRINCIPAL, SESSION, GRANT)


def replace_asked(order_qty: int = 2_000, price: str = "1.3850", cl_ord_id: str = NEXT) -> ReplaceRequested:
    return ReplaceRequested(ROOT, cl_ord_id, ROOT, "r1", PRINCIPAL, SESSION, GRANT, terms(order_qty, price))


def canceled(cl_ord_id: str = NEXT, **changes: object) -> ChainEvent:
    return said(report(ExecType.CANCELED, OrdStatus.CANCELED, cl_ord_id, exec_id="C1", **changes))


def replaced(cl_ord_id: str = NEXT) -> ChainEvent:
    return said(report(ExecType.REPLACED, OrdStatus.NEW, cl_ord_id, exec_id="R1"))


def cancel_reject(cl_ord_id: str = NEXT) -> CancelRejected:
    return CancelRejected(ROOT, receipt(), CancelReject(cl_ord_id, ROOT, OrdStatus.NEW, CxlRejReason.BROKER_OPTION, text="no"))


def life(*events: ChainEvent, wanted: int = 1_000) -> Chain:
    """The order after it was placed for `wanted` and these facts, a nanosecond apart."""
    chain = evolve(None, placed(wanted=terms(wanted)), 1)
    for at_ns, event in enumerate(events, 2):
        chain = evolve(chain, event, at_ns)
    return chain


def states(chain: Chain) -> list[RequestState]:
    return [request.state for request in chain.requests]


def now(chain: Chain) -> tuple[OrdStatus, D, D]:
    """OrdStatus(39), CumQty(14), LeavesQty(151)."""
    return chain.ord_status, chain.cum_qty, chain.leaves_qty


def test_a_placed_order_is_pending_new_and_only_meant() -> None:
    chain = life()
    first = Request(ROOT, MsgType.NEW_ORDER_SINGLE, "c1", PRINCIPAL, GRANT, 1, terms(1_000))
    assert chain == Chain(ROOT, SESSION, terms(1_000), (first,))
    assert now(chain) == (OrdStatus.PENDING_NEW, D(0), D(1_000))
    assert (chain.cl_ord_id, chain.avg_px, chain.is_live, chain.pending(MsgType.ORDER_CANCEL_REQUEST)) == (ROOT, D(0), True, None)


def test_a_sent_order_knows_its_number() -> None:
    request = life(sent()).requests[0]
    assert (request.state, request.session_epoch, request.msg_seq_num) == (RequestState.SENT, 1, 12)


def test_an_acknowledged_order_is_new() -> None:
    chain = life(sent(), NEW)
    assert (now(chain), states(chain)) == ((OrdStatus.NEW, D(0), D(1_000)), [RequestState.DONE])
    assert (chain.accepted, chain.order_id) == (ROOT, "V1")


def test_pending_new_answers_nothing_yet() -> None:
    chain = life(sent(), DOUBTED, said(report(ExecType.PENDING_NEW, OrdStatus.PENDING_NEW)))
    assert (now(chain), states(chain)) == ((OrdStatus.PENDING_NEW, D(0), D(1_000)), [RequestState.PENDING])


def test_a_partial_fill_counts_and_averages() -> None:
    chain = life(sent(), NEW, said(fill(300, "1.3850")), said(fill(100, "1.3846", "E2")))
    assert (now(chain), chain.cum_value, chain.avg_px) == ((OrdStatus.PARTIALLY_FILLED, D(400), D(600)), D("553.96"), D("1.3849"))


def test_a_filled_order_is_filled_and_not_live() -> None:
    chain = life(sent(), NEW, said(fill(1_000)))
    assert (now(chain), chain.is_live) == ((OrdStatus.FILLED, D(1_000), D(0)), False)


def test_a_fill_before_the_ack_acknowledges() -> None:
    chain = life(sent(), said(fill(300)))
    assert (now(chain), states(chain), chain.accepted) == (
        (OrdStatus.PARTIALLY_FILLED, D(300), D(700)),
        [RequestState.DONE],
        ROOT,
    )


def test_the_ack_after_a_fill_changes_nothing_more() -> None:
    assert life(sent(), said(fill(300)), NEW) == life(sent(), said(fill(300)))


def test_an_overfill_leaves_nothing_and_is_kept() -> None:
    assert now(life(sent(), NEW, said(fill(1_200)))) == (OrdStatus.FILLED, D(1_200), D(0))


def test_an_order_is_pending_cancel_when_the_venue_says_so_and_still_fills() -> None:
    """B.1.b: until then the cancel is on its way, and the order is what it was."""
    before = life(sent(), NEW, cancel_asked(), sent(NEXT, 13, "F"), said(fill(300)))
    assert (now(before), states(before)[1]) == ((OrdStatus.PARTIALLY_FILLED, D(300), D(700)), RequestState.SENT)
    after = evolve(before, PENDING_CANCEL, 9)
    assert (now(after), states(after)[1]) == ((OrdStatus.PENDING_CANCEL, D(300), D(700)), RequestState.PENDING)


def test_what_the_venue_has_in_hand_is_not_merely_sent_because_we_hear_late_that_it_left() -> None:
    chain = life(sent(), NEW, cancel_asked(), PENDING_CANCEL, sent(NEXT, 13, "F"))
    assert (states(chain)[1], chain.requests[1].msg_seq_num) == (RequestState.PENDING, 13)


def test_a_day_order_that_is_done_for_day_leaves_nothing_and_is_over() -> None:
    """A.1.b; what it still trades is booked (R22)."""
    chain = life(sent(), NEW, said(fill(300)), DONE_FOR_DAY)
    assert (now(chain), chain.is_live) == ((OrdStatus.DONE_FOR_DAY, D(300), D(0)), False)
    late = evolve(chain, said(fill(100, exec_id="E2")), 9)
    assert now(late) == (OrdStatus.DONE_FOR_DAY, D(400), D(0))


def test_an_order_for_longer_than_a_day_lives_on_when_it_is_done_for_day() -> None:
    lasting = terms(time_in_force=TimeInForce.GOOD_TILL_CANCEL)
    chain = evolve(evolve(evolve(None, placed(ROOT, lasting), 1), NEW, 2), DONE_FOR_DAY, 3)
    assert (now(chain), chain.is_live) == ((OrdStatus.DONE_FOR_DAY, D(0), D(1_000)), True)


def test_a_canceled_order_is_done_with_what_it_has() -> None:
    chain = life(sent(), NEW, said(fill(300)), cancel_asked(), sent(NEXT, 13, "F"), canceled())
    assert (now(chain), states(chain)) == ((OrdStatus.CANCELED, D(300), D(0)), [RequestState.DONE, RequestState.DONE])


def test_a_refused_cancel_leaves_the_order_as_it_was() -> None:
    chain = life(sent(), NEW, cancel_asked(), sent(NEXT, 13, "F"), cancel_reject())
    assert (now(chain), states(chain)) == ((OrdStatus.NEW, D(0), D(1_000)), [RequestState.DONE, RequestState.REFUSED])
    assert chain.text == "no"


def test_an_unsolicited_cancel_ends_the_order() -> None:
    chain = life(sent(), NEW, canceled(ROOT, text="end of day"))
    assert (now(chain), chain.text) == ((OrdStatus.CANCELED, D(0), D(0)), "end of day")


@pytest.mark.parametrize(
    ("exec_type", "ord_status"), [(ExecType.CANCELED, OrdStatus.CANCELED), (ExecType.EXPIRED, OrdStatus.EXPIRED)]
)
def test_an_order_that_ends_before_it_was_acknowledged_has_its_answer(exec_type: ExecType, ord_status: OrdStatus) -> None:
    chain = life(sent(), said(report(exec_type, ord_status)))
    assert (now(chain), states(chain)) == ((ord_status, D(0), D(0)), [RequestState.DONE])


def test_a_late_fill_after_a_cancel_is_booked() -> None:
    """R22."""
    chain = life(sent(), NEW, canceled(ROOT), said(fill(300)))
    assert (now(chain), chain.avg_px) == ((OrdStatus.CANCELED, D(300), D(0)), D("1.3850"))


def test_an_order_filled_in_full_after_its_cancel_is_filled() -> None:
    assert now(life(sent(), NEW, canceled(ROOT), said(fill(1_000)))) == (OrdStatus.FILLED, D(1_000), D(0))


def test_an_expired_order_is_expired() -> None:
    assert now(life(sent(), NEW, said(report(ExecType.EXPIRED, OrdStatus.EXPIRED)))) == (OrdStatus.EXPIRED, D(0), D(0))


def test_a_rejected_order_is_rejected_and_says_why() -> None:
    chain = life(sent(), said(report(ExecType.REJECTED, OrdStatus.REJECTED, text="halted")))
    assert (now(chain), states(chain), chain.text) == ((OrdStatus.REJECTED, D(0), D(0)), [RequestState.REFUSED], "halted")


def test_a_new_order_may_still_be_rejected() -> None:
    """R10."""
    assert now(life(sent(), NEW, said(report(ExecType.REJECTED, OrdStatus.REJECTED)))) == (OrdStatus.REJECTED, D(0), D(0))


def test_a_replaced_order_may_still_be_rejected_under_its_new_name() -> None:
    chain = life(sent(), NEW, replace_asked(), replaced(), said(report(ExecType.REJECTED, OrdStatus.REJECTED, NEXT)))
    assert now(chain) == (OrdStatus.REJECTED, D(0), D(0))


def test_a_replace_applies_only_when_the_venue_says_so() -> None:
    """R4."""
    before = life(sent(), NEW, replace_asked(2_000, "1.3840"), sent(NEXT, 13, "G"))
    assert (now(before), before.terms, before.cl_ord_id) == ((OrdStatus.NEW, D(0), D(1_000)), terms(1_000), ROOT)
    after = evolve(before, replaced(), 9)
    assert (now(after), after.terms, after.cl_ord_id) == ((OrdStatus.NEW, D(0), D(2_000)), terms(2_000, "1.3840"), NEXT)


def test_a_replace_before_the_ack_acknowledges_the_order_too() -> None:
    chain = life(sent(), replace_asked(), sent(NEXT, 13, "G"), replaced())
    assert (states(chain), chain.ord_status) == ([RequestState.DONE, RequestState.DONE], OrdStatus.NEW)


def test_a_refused_replace_leaves_the_order_as_it_was() -> None:
    chain = life(sent(), NEW, replace_asked(2_000, "1.3840"), sent(NEXT, 13, "G"), cancel_reject())
    assert (now(chain), chain.terms, chain.cl_ord_id) == ((OrdStatus.NEW, D(0), D(1_000)), terms(1_000), ROOT)


@pytest.mark.parametrize("no", [cancel_reject(), RequestNotSent(ROOT, NEXT, "SESSION_DOWN")])
def test_a_replace_that_the_venue_did_after_all_applies(no: ChainEvent) -> None:
    """It refuses the second copy of what it then does: never refuse a fact."""
    chain = life(sent(), NEW, replace_asked(2_000, "1.3840"), no, replaced())
    assert (chain.terms, chain.cl_ord_id, states(chain)[1]) == (terms(2_000, "1.3840"), NEXT, RequestState.DONE)


def test_a_replace_below_what_is_filled_means_stop() -> None:
    """R5."""
    chain = life(sent(), NEW, said(fill(300)), replace_asked(200), replaced())
    assert (now(chain), chain.terms.order_qty) == ((OrdStatus.FILLED, D(300), D(0)), D(300))


def test_an_increase_reopens_a_filled_order() -> None:
    """R6."""
    chain = life(sent(), NEW, replace_asked(2_000), said(fill(1_000)), replaced())
    assert (now(chain), chain.is_live) == ((OrdStatus.PARTIALLY_FILLED, D(1_000), D(1_000)), True)


def test_the_average_runs_over_all_versions() -> None:
    """R7."""
    chain = life(sent(), NEW, said(fill(500, "1.38")), replace_asked(2_000), replaced(), said(fill(500, "1.39", "E2", NEXT)))
    assert (chain.cum_qty, chain.avg_px) == (D(1_000), D("1.385"))


def test_what_was_not_sent_ends_the_order() -> None:
    chain = life(RequestNotSent(ROOT, ROOT, "expired"))
    assert (now(chain), states(chain), chain.text) == ((OrdStatus.REJECTED, D(0), D(0)), [RequestState.NOT_SENT], "expired")


@pytest.mark.parametrize("asked", [cancel_asked(), replace_asked()])
def test_a_change_that_was_not_sent_leaves_the_order_as_it_was(asked: ChainEvent) -> None:
    chain = life(sent(), NEW, asked, RequestNotSent(ROOT, NEXT, "SESSION_DOWN"))
    assert (now(chain), states(chain)) == ((OrdStatus.NEW, D(0), D(1_000)), [RequestState.DONE, RequestState.NOT_SENT])


def test_an_order_whose_message_was_rejected_is_rejected() -> None:
    chain = life(sent(), RequestRejected(ROOT, receipt(), ROOT, "unsupported"))
    assert (now(chain), states(chain), chain.text) == ((OrdStatus.REJECTED, D(0), D(0)), [RequestState.REFUSED], "unsupported")


def test_a_cancel_whose_message_was_rejected_leaves_the_order_as_it_was() -> None:
    chain = life(sent(), NEW, cancel_asked(), RequestRejected(ROOT, receipt(), NEXT, "unsupported"))
    assert (now(chain), states(chain)) == ((OrdStatus.NEW, D(0), D(1_000)), [RequestState.DONE, RequestState.REFUSED])


def test_a_doubted_order_is_unknown_and_keeps_its_exposure() -> None:
    chain = life(sent(), DOUBTED, StatusRequested(ROOT, ROOT, SESSION, GRANT))
    assert (now(chain), states(chain)) == ((OrdStatus.PENDING_NEW, D(0), D(1_000)), [RequestState.UNKNOWN])


def test_a_reissued_order_is_meant_again_under_the_new_grant() -> None:
    request = life(sent(), DOUBTED, asked(), said(unknown()), RequestReissued(ROOT, ROOT, SESSION, 9)).requests[0]
    assert (request.state, request.grant) == (RequestState.INTENT, 9)


def test_a_reissued_replace_follows_what_did_not_come_to_nothing() -> None:
    """R8: the replace before it never left, and never will."""
    second = ReplaceRequested(ROOT, THIRD, NEXT, "r2", PRINCIPAL, SESSION, GRANT, terms(3_000))
    given_up = (RequestNotSent(ROOT, NEXT, "a later replace was asked for"), RequestReissued(ROOT, THIRD, SESSION, 9))
    chain = life(sent(), NEW, replace_asked(), second, *given_up)
    assert [request.orig_cl_ord_id for request in chain.requests] == ["", ROOT, ROOT]


@pytest.mark.parametrize(
    ("ord_status", "state", "then"),
    [
        (OrdStatus.NEW, RequestState.DONE, OrdStatus.NEW),
        (OrdStatus.PARTIALLY_FILLED, RequestState.DONE, OrdStatus.NEW),
        (OrdStatus.CANCELED, RequestState.DONE, OrdStatus.CANCELED),
        (OrdStatus.EXPIRED, RequestState.DONE, OrdStatus.EXPIRED),
        (OrdStatus.REJECTED, RequestState.REFUSED, OrdStatus.REJECTED),
        (OrdStatus.FILLED, RequestState.DONE, OrdStatus.NEW),
        (OrdStatus.PENDING_NEW, RequestState.PENDING, OrdStatus.PENDING_NEW),
    ],
)
def test_a_status_resolves_an_unknown_order_and_books_nothing(
    ord_status: OrdStatus, state: RequestState, then: OrdStatus
) -> None:
    """R10: the executions themselves come by resend."""
    chain = life(sent(), DOUBTED, said(status(ord_status, cum_qty=D(1_000))))
    assert (states(chain), chain.ord_status, chain.cum_qty) == ([state], then, D(0))


def test_an_order_unknown_to_the_venue_was_never_sent() -> None:
    request = life(sent(), DOUBTED, asked(), said(unknown())).requests[0]
    assert (request.state, request.grant) == (RequestState.INTENT, 0)


def test_a_second_answer_to_the_same_question_does_not_undo_the_reissue() -> None:
    again = (RequestReissued(ROOT, ROOT, SESSION, 9), said(unknown()))
    for reissued in ((), (sent(number=40),)):
        chain = life(sent(), DOUBTED, asked(), said(unknown()), again[0], *reissued, again[1])
        assert chain == life(sent(), DOUBTED, asked(), said(unknown()), again[0], *reissued)


def test_an_unknown_order_takes_its_unknown_cancel_with_it() -> None:
    doubted = (DOUBTED, RequestDoubted(ROOT, NEXT, "why"))
    chain = life(sent(), cancel_asked(), sent(NEXT, 13, "F"), *doubted, asked(), said(unknown()))
    assert [(r.state, r.grant) for r in chain.requests] == [(RequestState.INTENT, 0), (RequestState.INTENT, 0)]


@pytest.mark.parametrize(
    ("ord_status", "state"),
    [
        (OrdStatus.CANCELED, RequestState.DONE),
        (OrdStatus.FILLED, RequestState.REFUSED),
        (OrdStatus.EXPIRED, RequestState.REFUSED),
        (OrdStatus.REJECTED, RequestState.REFUSED),
        (OrdStatus.PENDING_CANCEL, RequestState.PENDING),
        (OrdStatus.NEW, RequestState.INTENT),
        (OrdStatus.PARTIALLY_FILLED, RequestState.INTENT),
    ],
)
def test_a_status_of_the_order_resolves_its_unknown_cancel(ord_status: OrdStatus, state: RequestState) -> None:
    chain = life(
        sent(), NEW, cancel_asked(), sent(NEXT, 13, "F"), RequestDoubted(ROOT, NEXT, "why"), asked(), said(status(ord_status))
    )
    assert chain.requests[1].state is state


def test_a_status_leaves_a_cancel_alone_that_is_not_in_doubt() -> None:
    chain = life(sent(), NEW, cancel_asked(), sent(NEXT, 13, "F"), said(status(OrdStatus.NEW)))
    assert states(chain) == [RequestState.DONE, RequestState.SENT]


def test_a_status_under_its_new_name_resolves_an_unknown_replace() -> None:
    chain = life(sent(), NEW, replace_asked(), RequestDoubted(ROOT, NEXT, "why"), said(status(OrdStatus.NEW, NEXT)))
    assert (states(chain), chain.leaves_qty) == ([RequestState.DONE, RequestState.DONE], D(2_000))


def test_a_replace_unknown_to_the_venue_was_never_sent() -> None:
    chain = life(sent(), NEW, replace_asked(), RequestDoubted(ROOT, NEXT, "why"), asked(NEXT), said(unknown(NEXT)))
    assert [(r.state, r.grant) for r in chain.requests] == [(RequestState.DONE, GRANT), (RequestState.INTENT, 0)]
    assert chain.terms == terms(1_000)


def test_a_late_word_that_a_question_was_sent_changes_nothing() -> None:
    assert life(sent(), DOUBTED, sent(ROOT, 40, "H")) == life(sent(), DOUBTED)


def test_a_late_word_of_the_number_does_not_reopen_what_is_answered() -> None:
    chain = life(NEW, sent())
    assert (states(chain), chain.requests[0].msg_seq_num) == ([RequestState.DONE], 12)


def test_the_end_of_an_order_is_how_it_left_the_market() -> None:
    ends = {
        End.CANCELED: life(NEW, canceled(ROOT)),
        End.EXPIRED: life(NEW, said(report(ExecType.EXPIRED, OrdStatus.EXPIRED))),
        End.REJECTED: life(said(report(ExecType.REJECTED, OrdStatus.REJECTED))),
    }
    assert {end: chain.end for end, chain in ends.items()} == {end: end for end in ends}
    assert [chain.leaves_qty for chain in ends.values()] == [D(0)] * 3


def test_a_fact_about_an_order_that_was_never_placed_is_impossible() -> None:
    with pytest.raises(AssertionError, match="unknown order"):
        evolve(None, NEW, 1)


def test_an_order_id_may_change_and_none_is_no_order_id() -> None:
    """R20."""
    moved = said(replace(fill(100), order_id="V2"))
    assert [life(NEW, moved).order_id, life(NEW, said(unknown())).order_id] == ["V2", "V1"]


def test_there_is_a_transition_for_every_fact_about_an_order() -> None:
    assert set(EVOLUTIONS) == set(get_args(ChainEvent)) - {OrderPlaced, OrderAdopted}
