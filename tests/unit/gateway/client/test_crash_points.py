"""The engine and the client's worker may die after any step of a conversation: the client hears the same, each report once."""

import pytest

from gateway.codec.text import fields
from tests.support.client_side import CELL, ClientSide

CONVERSATION = (
    ("client", "35=D|11=A|55=EURUSD|54=1|38=1000|40=2|44=1.3850"),
    ("venue", "35=8|11=FG00000001|37=V1|17=E1|150=0|39=0|38=1000|14=0|151=1000"),
    ("client", "35=G|11=B|41=A|55=EURUSD|54=1|38=2000|40=2|44=1.3850"),
    ("venue", "35=8|11=FG00000001|37=V1|17=E2|150=F|39=1|32=300|31=1.385|14=300|151=700"),
    ("client", "35=H|11=A|55=EURUSD|54=1"),
    ("venue", "35=8|11=FG00000002|41=FG00000001|37=V1|17=E3|150=5|39=1|38=2000|14=300|151=1700"),
    ("client", "35=D|11=A|55=EURUSD|54=1|38=1000|40=1"),
    ("client", "35=F|11=C|41=B|55=EURUSD|54=1|38=2000"),
    ("venue", "35=8|11=FG00000003|41=FG00000002|37=V1|17=E4|150=6|39=6|14=300|151=1700"),
    ("venue", "35=9|11=FG00000003|41=FG00000002|37=V1|39=1|434=1|102=2"),
    ("client", "35=q|11=M|530=7"),
    ("venue", "35=8|11=FG00000004|41=FG00000002|37=V1|17=E5|150=4|39=4|14=300|151=0"),
    ("client", "35=Z|11=A"),
)
POINTS = [(step, is_heard) for step in range(len(CONVERSATION)) for is_heard in (True, False)]


def played(died_after: int = -1, *, is_heard: bool = True) -> list[tuple[str | None, ...]]:
    """What was handed over to the client's session, in order; where it dies, what the last step caused may be in a dead
    worker's hands."""
    side, heard = ClientSide(), []
    for step, (who, text) in enumerate(CONVERSATION):
        side.is_deaf = step == died_after and not is_heard
        heard += side.asks(text) if who == "client" else side.venue_says(text)
        if side.is_deaf:
            heard = heard[: len(heard) - len(side.released)]
        side.released.clear()
        if step == died_after:
            side = ClientSide(CELL, side.engine.journal)
            heard += [fields(send.text.encode()) for send in side.released]
            side.released.clear()
    exec_ids = [told[17] for told in map(dict, heard) if told[35] == "8" and told[17] != "0"]
    assert len(exec_ids) == len(set(exec_ids))
    return [tuple(dict(told).get(tag) for tag in (35, 11, 41, 39, 150, 14, 151, 97, 531)) for told in heard]


def test_the_client_hears_of_every_step() -> None:
    assert len(played()) == 10


@pytest.mark.parametrize(("step", "is_heard"), POINTS)
def test_it_hears_the_same_whenever_engine_and_worker_die(step: int, is_heard: bool) -> None:
    assert played(step, is_heard=is_heard) == played()
