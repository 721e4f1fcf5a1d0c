"""What one turn of the engine leaves behind."""

from gateway.batch import Batch
from gateway.facts import Fact
from gateway.sessions import MessageReceived
from oms.domain.events import Answer, Event
from oms.journal.record import Mark, Record
from tests.support.orders import OTHER, SESSION, placed


def added(*heard: tuple[str, int, int, int]) -> Batch:
    """A batch with messages: session, number, expected before, expected after."""
    batch = Batch()
    for seq, (session, number, before, after) in enumerate(heard, 1):
        batch.add(*recorded(MessageReceived(session, 1, number, "0", after, "raw"), seq), before)
    return batch


def recorded(event: Event, seq: int) -> tuple[Record, Fact]:
    return Record(seq, 1, 5, "kind", 1, event.key, b"{}"), Fact(seq, 5, event, None)


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


def test_records_and_facts_go_side_by_side() -> None:
    batch = Batch()
    record, fact = recorded(placed(), 1)
    batch.add(record, fact, 0)
    assert (batch.records, batch.facts, batch.marks(), batch.is_empty()) == ([record], [fact], [], False)
