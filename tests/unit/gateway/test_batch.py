"""What one turn of the engine leaves behind."""

from gateway.batch import Batch
from gateway.facts import Fact
from oms.domain.events import Answer
from oms.journal.record import Mark
from tests.support.orders import OTHER, SESSION, placed, receipt


def added(*heard: tuple[str, int, int, int]) -> Batch:
    """A batch with messages: session, number, expected before, expected after."""
    batch = Batch()
    for session, number, before, after in heard:
        batch.move(receipt(session, number, after), before)
    return batch


def test_a_position_moves_from_before_the_first_to_after_the_last() -> None:
    batch = added((SESSION, 5, 5, 6), (OTHER, 9, 9, 12), (SESSION, 6, 6, 7))
    assert batch.marks() == [Mark(SESSION, 1, 5, 7), Mark(OTHER, 1, 9, 12)]


def test_the_first_position_of_a_session_has_no_row_yet() -> None:
    assert added((SESSION, 1, 1, 2)).marks() == [Mark(SESSION, 1, None, 2)]


def test_what_does_not_count_moves_nothing() -> None:
    assert added((SESSION, 9, 5, 5)).marks() == []


def test_answers_wait_for_the_commit() -> None:
    heard: list[tuple[int, Answer, bool]] = []
    batch = Batch()
    assert batch.is_empty()
    batch.answer(None, 1, placed(), is_repeat=False)
    assert batch.is_empty()
    batch.answer(lambda seq, answer, is_repeat: heard.append((seq, answer, is_repeat)), 7, placed(), is_repeat=True)
    assert (batch.is_empty(), heard) == (False, [])
    for tell in batch.after:
        tell()
    assert heard == [(7, placed(), True)]


def test_a_fact_alone_moves_no_position() -> None:
    batch = Batch()
    batch.facts.append(Fact(1, 5, placed(), None))
    assert (batch.marks(), batch.is_empty()) == ([], False)
