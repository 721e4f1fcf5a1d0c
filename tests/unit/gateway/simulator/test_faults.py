"""The switchboard's language."""

from pathlib import Path

import pytest

from gateway.simulator.faults import Fault, FaultUnknown, board, described, load


def test_switches_are_read_from_lines() -> None:
    read = board(["silent", "", "  delay-ack=250 ", "partial"])
    assert read == {Fault.SILENT: 0, Fault.DELAY_ACK: 250, Fault.PARTIAL: 0}
    assert board(["delay-ack 250"]) == {Fault.DELAY_ACK: 250}
    assert described(read) == "silent, delay-ack 250, partial"
    assert described({}) == "none"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("loud", "'loud' is no fault; there are: silent, reject-new, delay-ack, no-status, partial"),
        ("silent 5", "silent takes no value"),
        ("delay-ack", "delay-ack needs milliseconds"),
        ("delay-ack -1", "delay-ack needs milliseconds"),
        ("delay-ack ²", "delay-ack needs milliseconds"),
    ],
)
def test_a_wrong_line_is_named(line: str, said: str) -> None:
    with pytest.raises(FaultUnknown, match=said):
        board([line])


def test_a_file_that_is_not_there_throws_no_switch(tmp_path: Path) -> None:
    assert load(tmp_path / "faults") == {}
    (tmp_path / "faults").write_text("loud\n")
    with pytest.raises(FaultUnknown, match=str(tmp_path / "faults")):
        load(tmp_path / "faults")
