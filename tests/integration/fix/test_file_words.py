"""Words of a counterparty's file that are about the wire: what a resend request proves, and how long a message is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway import link
from gateway.codec.text import fields
from gateway.codec.version import FIX_44
from gateway.codec.writing import new_order_single
from gateway.sessions import SessionReady
from gateway.sizes import HEADER_BYTES
from oms.domain.events import OrderPlaced
from tests.integration.fix.counterparty import NAME, US, Counterparty
from tests.integration.fix.desk import Desk
from tests.integration.fix.rig import Rig, order
from tests.support.orders import CELL, QUOTE, SESSION, place, terms

TRUSTING = replace(CELL, sessions=(replace(CELL.sessions[0], trusts_resend_request=True), *CELL.sessions[1:]))


@pytest.fixture
def rig(tmp_path: Path, broker: Counterparty) -> Iterator[Rig]:
    with Rig(tmp_path, broker.port) as made:
        yield made


def test_what_a_trusted_venue_asks_for_again_is_sent_again_as_a_new_message(rig: Rig, broker: Counterparty) -> None:
    desk = Desk(rig, TRUSTING).granted()
    broker.log_on()
    while not isinstance(desk.hears(), link.LoggedOn):
        pass
    desk.engine.add(SessionReady(SESSION))
    desk.engine.commit()
    desk.engine.state.quotes["EURUSD"] = QUOTE
    placed = desk.engine.take(place("c9"))
    assert isinstance(placed, OrderPlaced)
    desk.says()
    first = broker.receive("D")
    while not isinstance(frame := desk.hears(), link.Sent) or frame.msg_type != "D":
        pass
    broker.send("2", (7, first[34]), (16, "0"))
    while not isinstance(frame := desk.hears(), link.Sent) or frame.msg_type != link.SEQUENCE_RESET:
        pass
    desk.says()
    again = broker.receive("D")
    assert (again[11], again[97], 97 in first) == (placed.root_id, "Y", False)
    assert int(again[34]) > int(first[34])


def test_no_message_is_longer_on_the_wire_than_the_rules_take_it_to_be(rig: Rig, broker: Counterparty) -> None:
    rig.granted()
    broker.log_on()
    rig.hear(link.LoggedOn)
    text = new_order_single(FIX_44, "FG1", terms(), 0, poss_resend=True)
    rig.say(replace(order(), text=text))
    raw = rig.sent("D").raw
    assert dict(fields(raw))[97] == "Y"
    most = HEADER_BYTES + len(US) + len(NAME) + len(new_order_single(FIX_44, "FG1", terms(), 0))
    assert most - 20 <= len(raw) <= most
