"""Mass cancels over a real FIX session: one message for all where the peer takes it, one for each order where it does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.codec.text import fields
from gateway.sessions import SessionReady
from gateway.taking import Takes
from oms.domain.commands import MassCancel
from oms.domain.events import MessageSent
from tests.integration.fix.counterparty import Counterparty
from tests.integration.fix.desk import GRANT, Desk
from tests.integration.fix.rig import Rig
from tests.support.orders import ACCOUNTS, CELL, PRINCIPAL, SESSION, placed

A, B, MASS = "FG00000001", "FG00000002", "FG00000003"
NATIVE = replace(CELL, sessions=(replace(CELL.sessions[0], takes=Takes(mass_cancel=True)), *CELL.sessions[1:]))


@pytest.fixture
def rig(tmp_path: Path, broker: Counterparty) -> Iterator[Rig]:
    with Rig(tmp_path, broker.port) as made:
        yield made


def canceling(rig: Rig, broker: Counterparty, *, is_native: bool) -> Desk:
    """Two orders that the peer has, and a mass cancel on its way to it."""
    desk = Desk(rig, NATIVE if is_native else CELL)
    desk.engine.add(placed(B, client_order_id="c2", grant=GRANT.grant))
    desk.engine.add(MessageSent(B, B, SESSION, 1, 0, "D", ""))
    desk.granted()
    broker.log_on()
    while not isinstance(desk.hears(), link.LoggedOn):
        pass
    desk.engine.add(SessionReady(SESSION))
    desk.engine.commit()
    desk.engine.take(MassCancel(PRINCIPAL, "m1", ACCOUNTS))
    desk.says()
    return desk


def test_order_by_order(rig: Rig, broker: Counterparty) -> None:
    canceling(rig, broker, is_native=False)
    assert [broker.receive("F")[41] for _ in range(2)] == [A, B]


def test_one_message_for_all_and_its_answer_is_taken(rig: Rig, broker: Counterparty) -> None:
    desk = canceling(rig, broker, is_native=True)
    asked = broker.receive("q")
    assert (asked[11], asked[530]) == (MASS, "7")
    broker.send("r", (37, "M1"), (11, MASS), (530, "7"), (531, "7"), (533, "2"))
    desk.hears_of("r")
    assert desk.set_aside() == []
    assert not any(desk.engine.state.book.to_cancel.values())


@pytest.mark.parametrize(
    ("msg_type", "answer"),
    [("r", [(37, "M1"), (11, MASS), (530, "7"), (531, "0"), (532, "99")]), ("j", [(372, "q"), (380, "3"), (58, "not served")])],
)
def test_refused_it_is_order_by_order(rig: Rig, broker: Counterparty, msg_type: str, answer: list[tuple[int, str]]) -> None:
    desk = canceling(rig, broker, is_native=True)
    asked = broker.receive("q")
    broker.send(msg_type, *answer, *([(45, asked[34])] if msg_type == "j" else []))
    desk.hears_of(msg_type)
    desk.says()
    assert [broker.receive("F")[41] for _ in range(2)] == [A, B]


def test_what_the_worker_logged_of_it_is_no_message_of_an_order(rig: Rig, broker: Counterparty, tmp_path: Path) -> None:
    canceling(rig, broker, is_native=True)
    broker.receive("q")
    number = rig.sent("q").msg_seq_num
    rig.hang_up()
    rig.exit_code()
    with Rig(tmp_path, broker.port) as second:
        hello = second.hello()
        assert hello.log is not None
        (entry,) = hello.log.entries
        assert (entry.msg_seq_num, entry.cl_ord_id, entry.root_id, entry.msg_type) == (number, MASS, "", "q")
        assert dict(fields(entry.raw))[530] == "7"
