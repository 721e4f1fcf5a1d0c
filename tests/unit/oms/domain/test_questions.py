"""Which answer to an OrderStatusRequest(35=H) proves that the venue does not have what is UNKNOWN."""

import pytest

from oms.domain.chain import QUESTIONS_COUNTED, Chain, RequestState
from oms.domain.events import ChainEvent, MessageSent, RequestDoubted
from oms.domain.order import evolve
from tests.support.orders import SESSION, asked, placed, said, unknown

ROOT = "FG00000001"
SENT = MessageSent(ROOT, ROOT, SESSION, 1, 12, "D", "raw")
DOUBTED = RequestDoubted(ROOT, ROOT, "why")
ASKED = asked()
UNKNOWN_THERE = said(unknown())


def after(*events: ChainEvent) -> RequestState:
    """Where the order's first request stands after it was sent and these facts."""
    chain: Chain = evolve(None, placed(), 0)
    for at_ns, event in enumerate((SENT, *events), 1):
        chain = evolve(chain, event, at_ns)
    return chain.requests[0].state


def test_an_answer_to_what_was_asked_since_the_doubt_is_proof() -> None:
    assert after(DOUBTED, ASKED, UNKNOWN_THERE) is RequestState.INTENT


def test_an_answer_to_what_was_asked_before_the_doubt_is_none() -> None:
    assert after(DOUBTED, ASKED, DOUBTED, ASKED, UNKNOWN_THERE) is RequestState.UNKNOWN


def test_the_answer_after_all_old_ones_is_proof() -> None:
    assert after(DOUBTED, ASKED, DOUBTED, ASKED, UNKNOWN_THERE, UNKNOWN_THERE) is RequestState.INTENT


@pytest.mark.parametrize("old", range(1, 2 * QUESTIONS_COUNTED))
def test_no_answer_to_an_old_question_is_proof_however_many_were_asked(old: int) -> None:
    questions: tuple[ChainEvent, ...] = (DOUBTED, *[ASKED] * old, DOUBTED, asked())
    for answers in range(old + 1):
        assert after(*questions, *[UNKNOWN_THERE] * answers) is RequestState.UNKNOWN


def test_where_too_many_questions_are_open_no_answer_is_proof_any_more() -> None:
    questions: tuple[ChainEvent, ...] = (DOUBTED, *[ASKED] * (QUESTIONS_COUNTED + 1))
    assert after(*questions, *[UNKNOWN_THERE] * 20) is RequestState.UNKNOWN


def test_the_last_of_many_old_answers_is_not_taken_for_the_answer_to_a_new_question() -> None:
    old: tuple[ChainEvent, ...] = (DOUBTED, *[ASKED] * (QUESTIONS_COUNTED + 1), DOUBTED, *[UNKNOWN_THERE] * QUESTIONS_COUNTED)
    assert after(*old, ASKED, UNKNOWN_THERE) is RequestState.UNKNOWN
