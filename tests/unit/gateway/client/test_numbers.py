"""What a client does with its own numbers."""

import pytest

from gateway import link
from gateway.codec.text import text
from oms.domain.events import ReportQuarantined
from tests.support.client_side import CLIENT, ClientSide
from tests.support.model_engine import events


@pytest.mark.parametrize("number", [1, 7, 99])
def test_a_client_may_give_up_numbers_and_a_person_is_told(number: int) -> None:
    side = ClientSide()
    side.asks("35=0")
    side.asks("35=4|36=20", number)
    assert not side.engine.hole
    assert side.engine.state.sessions[CLIENT].next_target == 20
    told = "the client gave up MsgSeqNum 2 to 19 by SequenceReset-Reset: whatever it sent under them was not taken"
    assert events(side.engine.journal)[-1] == ReportQuarantined(CLIENT, told)


@pytest.mark.parametrize("new_seq_no", [1, 2])
def test_a_reset_that_gives_up_nothing_is_nothing(new_seq_no: int) -> None:
    side = ClientSide()
    side.asks("35=0")
    known = events(side.engine.journal)
    side.asks(f"35=4|36={new_seq_no}|123=N", 2)
    assert events(side.engine.journal) == known
    assert side.engine.state.sessions[CLIENT].next_target == 2


def test_a_client_whose_number_was_too_low_may_come_again() -> None:
    side = ClientSide()
    said = text("FIX.4.4", "5", [(34, "2"), (58, "MsgSeqNum too low, expecting 7 but received 3")])
    side.worker_says(link.Sent(2, "", "", "5", said.encode("latin-1")))
    session = side.engine.state.sessions[CLIENT]
    assert (session.hold, session.halted, session.is_open) == (None, "", True)
