"""A venue's odd messages reach our own codec; what QuickFIX refuses by itself is counted, told, and never asked for again."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.integration.fix.counterparty import Counterparty
from tests.integration.fix.desk import Body, Desk, fill
from tests.integration.fix.rig import Rig

ODD_FILLS: dict[str, Body] = {
    "a tag of the venue's own below 5000": [(1234, "x")],
    "a tag of the venue's own": [(9001, "x")],
    "an empty field": [(58, "")],
    "a code that FIX 4.4 lacks": [(59, "Z")],
    "no number": [(44, "n/a")],
    "no time": [(60, "yesterday")],
    "a group of another size": [(453, "3"), (448, "A"), (447, "D"), (452, "1")],
    "half an instrument": [(461, ""), (167, "CASH!")],
    "a field of the header at the end": [(115, "DESK")],
}
REFUSED: dict[str, tuple[str, Body]] = {
    "a field twice": ("8", [(58, "one"), (58, "two")]),
    "a message that FIX 4.4 lacks": ("ZZ", []),
    "a session message without what it needs": ("1", []),
}


@pytest.fixture
def desk(tmp_path: Path, broker: Counterparty) -> Iterator[Desk]:
    with Rig(tmp_path, broker.port) as rig:
        made = Desk(rig).granted()
        broker.log_on()
        yield made


@pytest.mark.parametrize("odd", ODD_FILLS.values(), ids=ODD_FILLS)
def test_an_odd_fill_is_a_fill(desk: Desk, broker: Counterparty, odd: Body) -> None:
    broker.send("8", *fill(), *odd)
    desk.expects(3)
    assert (desk.traded(), desk.set_aside()) == (Decimal(100), [])


@pytest.mark.parametrize(("msg_type", "body"), REFUSED.values(), ids=REFUSED)
def test_what_quickfix_refuses_counts_and_a_person_is_told(desk: Desk, broker: Counterparty, msg_type: str, body: Body) -> None:
    broker.send(msg_type, *(fill("E1") if msg_type == "8" else []), *body)
    assert broker.receive("3")[45] == "2"
    broker.send("8", *fill("E2"))
    desk.expects(4)
    assert desk.traded() == 100
    assert [f"MsgSeqNum 2 of type '{msg_type}'" in reason for reason in desk.set_aside()] == [True]


def test_what_lacks_half_its_header_counts_too(desk: Desk, broker: Counterparty) -> None:
    """QuickFIX answers with a BusinessMessageReject(j) of its own, which is no message that the engine asked for."""
    inside = b"35=8\x0134=2\x0152=20260102-03:04:05\x0156=US\x0111=FG00000001\x01"
    raw = b"8=FIX.4.4\x019=%d\x01" % len(inside) + inside
    broker.write(raw + b"10=%03d\x01" % (sum(raw) % 256))
    assert broker.receive("j")[45] == "2"
    broker.number = 2
    broker.send("8", *fill("E2"))
    desk.expects(4)
    assert (desk.traded(), len(desk.set_aside())) == (Decimal(100), 1)


def test_what_is_refused_above_a_gap_counts_when_its_turn_comes(desk: Desk, broker: Counterparty) -> None:
    twice = [*fill("E1"), (58, "one"), (58, "two")]
    broker.send("8", *twice, number=3)
    assert broker.receive("3")[45] == "3"
    broker.send("8", *fill("E2"), number=4)
    assert broker.receive("2")[7] == "2"
    broker.send("8", (43, "Y"), (122, "20260102-03:04:05"), *fill("E0"), number=2)
    broker.send("8", (43, "Y"), (122, "20260102-03:04:05"), *twice, number=3)
    desk.expects(5)
    assert (desk.traded(), len(desk.set_aside())) == (Decimal(200), 1)
