"""What QuickFIX drops without a word to anybody is in the worker's archive, as it was on the wire, and secrets are not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import link
from gateway.codec.text import fields
from gateway.fix import archive
from gateway.fix.archive import Entry
from tests.integration.fix.counterparty import Counterparty, now
from tests.integration.fix.desk import fill
from tests.integration.fix.rig import Rig, order
from tests.support.polling import eventually


@pytest.fixture
def rig(tmp_path: Path, broker: Counterparty) -> Iterator[Rig]:
    with Rig(tmp_path, broker.port) as rig:
        yield rig.granted()


def archived(rig: Rig, why: str, count: int = 1) -> list[bytes]:
    """The messages that are there for that reason, when there are so many."""

    def found() -> list[bytes]:
        entries = archive.read(rig.folder / "fix" / "archive")
        return [one.raw.encode("latin-1") for one in entries if isinstance(one, Entry) and one.why == why]

    eventually(lambda: len(found()) >= count)
    return found()


def test_a_garbled_message_and_one_sent_again_are_archived_and_what_counts_is_not(rig: Rig, broker: Counterparty) -> None:
    broker.log_on()
    counted = broker.send("8", *fill("E1"))
    again = broker.send("8", (43, "Y"), (122, now()), *fill("E1"), number=2)
    garbled = counted.replace(b"\x0132=100\x01", b"\x0132=999\x01").replace(b"\x0134=2\x01", b"\x0134=3\x01")
    broker.write(garbled)
    secret = garbled.replace(b"\x0137=V1\x01", b"\x01554=hunter2\x01")
    broker.write(secret)
    broker.send("1", (112, "after"))
    broker.receive("0")
    assert archived(rig, "untold", 3) == [again, garbled, secret.replace(b"hunter2", b"***")]
    (noted,) = [e for e in archive.read(rig.folder / "fix" / "archive") if isinstance(e, Entry) and e.raw.encode() == garbled]
    assert "CheckSum" in noted.note


def test_a_storm_of_repetitions_reaches_neither_the_engine_nor_the_end_of_the_archives_bound(
    rig: Rig, broker: Counterparty
) -> None:
    broker.log_on()
    broker.send("8", *fill("E1"))
    for _ in range(500):
        broker.send("8", (43, "Y"), (122, now()), *fill("E1"), number=2)
    broker.number = 2
    broker.send("1", (112, "after"))
    broker.receive("0")
    assert len(archived(rig, "untold", 500)) == 500
    told = []
    while b"\x01112=after\x01" not in (frame := rig.hear(link.Received)).raw:
        told.append(frame)
    assert len(told) == 2  # The Logon(A) and the fill.


def test_a_session_message_that_is_repeated_is_archived(rig: Rig, broker: Counterparty) -> None:
    broker.log_on()
    broker.send("1", (112, "x"))
    again = broker.send("2", (7, "1"), (16, "0"), number=2)
    assert archived(rig, "repeated") == [again]


def test_what_an_engine_that_is_gone_was_told_is_archived(rig: Rig, broker: Counterparty) -> None:
    broker.log_on()
    rig.hear(link.LoggedOn)
    report = broker.send("8", *fill("E1"))
    rig.hear(link.Received)
    rig.say(order("FG1"))
    sent = rig.sent("D")
    rig.hang_up()
    rig.exit_code()
    kept = archived(rig, "unconfirmed", 2)
    assert sorted(fields(report)) in [sorted(fields(raw)) for raw in kept]  # As QuickFIX hands it on: in an order of its own.
    assert sent.raw in kept


def test_a_session_of_prices_is_archived_but_for_its_prices(tmp_path: Path, broker: Counterparty) -> None:
    with Rig(tmp_path, broker.port, kind="data") as rig:
        rig.granted()
        heard = broker.log_on()
        rig.hear(link.LoggedOn)
        broker.send("W", (55, "EURUSD"), (268, "0"))
        refused = broker.send("Y", (262, "1"))
        kept = archived(rig, "unjournalled", 3)
    assert kept[-1] == refused
    assert [raw.split(b"\x0135=")[1][:1] for raw in kept] == [b"A", b"A", b"Y"]
    assert heard[49].encode() in kept[0]
