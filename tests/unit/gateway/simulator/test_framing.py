"""Messages in a stream of bytes, and the ways to spoil one."""

import pytest

from gateway.simulator import framing
from gateway.simulator.framing import Cutter, Piece


def message(body: str) -> bytes:
    fields = body.replace("|", "\x01").encode()
    raw = b"8=FIX.4.4\x019=%d\x01" % len(fields) + fields
    return raw + b"10=%03d\x01" % (sum(raw) % 256)


LOGON = message("35=A|34=7|49=FIXGATE|52=20260102-00:00:00|56=SIMBROKER|98=0|108=30|")
REPORT = message("35=8|34=12|49=SIMBROKER|52=20260102-00:00:00|56=FIXGATE|37=1|58=a 8=FIX in the text|")
PIECES = [Piece(LOGON, "A", 7, "FIXGATE"), Piece(REPORT, "8", 12, "SIMBROKER")]


@pytest.mark.parametrize("step", [1, 2, 7, 100, 10_000])
def test_messages_are_cut_out_of_the_stream_however_it_comes(step: int) -> None:
    cutter, stream = Cutter(), LOGON + REPORT
    found = [piece for at in range(0, len(stream), step) for piece in cutter.feed(stream[at : at + step])]
    assert (found, cutter.rest()) == (PIECES, b"")


@pytest.mark.parametrize(
    "noise", [b"GET / HTTP/1.1\r\n", b"\x00\xff=\x01", b"8=FIX.4.4\x019=99999999\x01", b"8=FIX.4.4\x019=x\x01"]
)
def test_what_is_no_message_goes_through_and_the_next_message_is_found(noise: bytes) -> None:
    found = list(Cutter().feed(noise + REPORT))
    assert b"".join(piece.raw for piece in found) == noise + REPORT
    assert found[-1] == PIECES[1]


def test_what_never_became_whole_is_left() -> None:
    cutter = Cutter()
    assert list(cutter.feed(REPORT[:-3])) == []
    assert cutter.rest() == REPORT[:-3]


def test_a_spoiled_message_is_as_long_as_it_was_and_another() -> None:
    assert framing.spoiled_checksum(REPORT)[:-4] == REPORT[:-4]
    for spoiled in (framing.spoiled_checksum(REPORT), framing.garbled(REPORT)):
        assert (len(spoiled), spoiled == REPORT) == (len(REPORT), False)


def test_a_reset_bears_the_lost_number_and_leads_to_the_next() -> None:
    reset = message("35=4|34=12|49=SIMBROKER|52=20260102-00:00:00|56=FIXGATE|123=N|36=13|")
    assert framing.sequence_reset(REPORT) == reset


def test_a_logon_that_resets_is_number_one() -> None:
    reset = message("35=A|34=1|49=FIXGATE|52=20260102-00:00:00|56=SIMBROKER|98=0|108=30|141=Y|")
    assert framing.logon_reset(LOGON) == reset
    assert framing.logon_reset(reset) == reset
