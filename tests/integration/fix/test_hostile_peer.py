"""A peer that sends what is no FIX, or no FIX of this session: nothing is booked from it, no fill is lost over it."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.integration.fix.counterparty import SOH, Counterparty, now
from tests.integration.fix.desk import Body, Desk, fill
from tests.integration.fix.rig import Rig

ONCE = Decimal(100)
"""What one fill adds up to."""


@pytest.fixture
def desk(tmp_path: Path, broker: Counterparty) -> Iterator[Desk]:
    with Rig(tmp_path, broker.port) as rig:
        yield Desk(rig).granted()


def framed(body: Body, *, length_off: int = 0, checksum_off: int = 0) -> bytes:
    """These fields as one message, its BodyLength(9) or CheckSum(10) wrong by so much."""
    inside = b"".join(f"{tag}={value}".encode("latin-1") + SOH for tag, value in body)
    raw = b"8=FIX.4.4\x019=%d\x01" % (len(inside) + length_off) + inside
    return raw + b"10=%03d\x01" % ((sum(raw) + checksum_off) % 256)


def report(number: str, sender: str = "BROKER", target: str = "US", *more: tuple[int, str]) -> Body:
    """A fill, E1, with this header."""
    header = [(35, "8"), (34, number), (49, sender), (52, now()), (56, target)]
    return [one for one in [*header, *fill("E1"), *more] if one[1] or one[0] != 34]


BROKEN = {
    "no FIX": b"\x00\xff=\x01=8\x01" * 99,
    "a wrong checksum": framed(report("2"), checksum_off=1),
    "a body that is longer": framed(report("2"), length_off=-9),
    "no MsgSeqNum": framed(report("")),
    "a MsgSeqNum that is no number": framed(report("two")),
    "a delimiter inside a value": framed(report("2", "BROKER", "US", (354, "11"), (355, "half\x01of it"))),
    "a tag that is no number": framed(report("2")).replace(b"\x0137=", b"\x01id="),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_fill_is_not_booked_and_the_same_one_sent_well_is(desk: Desk, broker: Counterparty, broken: bytes) -> None:
    broker.log_on()
    broker.write(broken)
    broker.send("8", *fill("E1"), number=2)
    broker.number = 2
    broker.send("1", (112, "after"))
    desk.expects(4)
    assert desk.traded() == ONCE
    assert desk.rig.process.poll() is None


def test_a_message_that_swallows_the_next_one_is_asked_for_again(desk: Desk, broker: Counterparty) -> None:
    """A BodyLength(9) beyond its own end: QuickFIX takes both messages for one, and it is broken."""
    broker.log_on()
    broker.write(framed(report("2"), length_off=3))
    broker.send("8", *fill("E2"), number=3)
    broker.send("1", (112, "after"), number=4)
    assert broker.receive("2")[7] == "2"
    for number, exec_id in ((2, "E1"), (3, "E2")):
        broker.send("8", (43, "Y"), (122, now()), *fill(exec_id), number=number)
    desk.expects(4)
    assert desk.traded() == 2 * ONCE


@pytest.mark.parametrize(("sender", "target"), [("MALLORY", "US"), ("BROKER", "THEM")])
def test_a_fill_for_somebody_else_is_not_booked(desk: Desk, broker: Counterparty, sender: str, target: str) -> None:
    """QuickFIX rejects it, counts it and logs out; a person hears of it."""
    broker.log_on()
    broker.write(framed(report("2", sender, target)))
    assert broker.receive("3")[45] == "2"
    broker.receive("5")
    broker.number = 2
    broker.send("5")
    desk.expects(4)
    broker.hang_up()
    assert (desk.traded(), len(desk.set_aside())) == (Decimal(0), 1)
    broker.log_on(4)
    broker.send("8", *fill("E1"))
    desk.expects(6)
    assert desk.traded() == ONCE


def test_a_fill_with_a_field_of_a_megabyte_is_booked(desk: Desk, broker: Counterparty) -> None:
    broker.log_on()
    broker.send("8", *fill("E1"), (58, "x" * (1 << 20)))
    desk.expects(3)
    assert desk.traded() == ONCE


def test_nothing_is_booked_before_the_logon(desk: Desk, broker: Counterparty) -> None:
    """QuickFIX hangs up, and the fill comes again when the peer is asked for it."""
    broker.accept()
    broker.receive("A")
    broker.send("8", *fill("E1"), number=1)
    broker.rest()
    broker.hang_up()
    broker.log_on(2)
    assert broker.receive("2")[7] == "1"
    broker.send("8", (43, "Y"), (122, now()), *fill("E1"), number=1)
    desk.expects(3)
    assert desk.traded() == ONCE
    assert desk.rig.process.poll() is None


@pytest.mark.parametrize("length", ["-9999999", "999999999", "5"])
def test_a_data_field_that_lies_about_its_length_is_a_field(desk: Desk, broker: Counterparty, length: str) -> None:
    broker.log_on()
    broker.write(framed(report("2", "BROKER", "US", (354, length), (355, "x"))))
    desk.expects(3)
    assert desk.traded() == ONCE
    assert desk.rig.process.poll() is None


@pytest.mark.parametrize("again", [(32, "900"), (34, "9"), (150, "4"), (11, "FG00000009")])
def test_a_field_that_comes_twice_is_not_for_us_to_choose_from(desk: Desk, broker: Counterparty, again: tuple[int, str]) -> None:
    """QuickFIX rejects the message; it counts, nobody reads it, and a person hears of it."""
    broker.log_on()
    broker.write(framed(report("2", "BROKER", "US", again)))
    assert broker.receive("3")[45] == "2"
    broker.number = 2
    broker.send("1", (112, "after"))
    desk.expects(4)
    assert (desk.traded(), len(desk.set_aside())) == (Decimal(0), 1)
