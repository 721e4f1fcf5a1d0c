"""The ledger survives a torn end and trusts nothing else that is broken."""

from pathlib import Path

import pytest

from gateway.simulator.ledger import Ledger, LedgerDamaged, LedgerInUse, read
from gateway.simulator.sent import SentLog
from tests.unit.gateway.simulator.build import book, new_order


def file(tmp_path: Path) -> Path:
    """A ledger of one order and its fill."""
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.write(book().handle(new_order("A1"), 1))
    ledger.close()
    return path


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    assert read(file(tmp_path)) == book().handle(new_order("A1"), 1)


def test_a_missing_ledger_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path / "ledger.jsonl") == []


@pytest.mark.parametrize("torn", [1, 40])
def test_a_torn_last_line_is_left_out_and_written_over(tmp_path: Path, torn: int) -> None:
    path = file(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-torn])
    assert read(path) == book().handle(new_order("A1"), 1)[:1]
    ledger = Ledger(path)
    ledger.write(book().handle(new_order("A1"), 1)[1:])
    ledger.close()
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "spoil", [lambda lines: [b"{}", *lines[1:]], lambda lines: [b"\xff", *lines[1:]], lambda lines: lines[1:]]
)
def test_a_damaged_line_is_named(tmp_path: Path, spoil: object) -> None:
    path = file(tmp_path)
    assert callable(spoil)
    path.write_bytes(b"\n".join(spoil(path.read_bytes().splitlines())) + b"\n")
    with pytest.raises(LedgerDamaged, match=r"ledger\.jsonl:1: "):
        read(path)


def test_a_ledger_has_one_writer(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    first = Ledger(path)
    with pytest.raises(LedgerInUse):
        Ledger(path)
    first.close()
    Ledger(path).close()


def test_a_status_report_is_not_booked(tmp_path: Path) -> None:
    venue = book()
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.write(venue.handle(new_order("A1"), 1))
    ledger.write(venue.handle(new_order("A1", maybe_repeated=True), 1))
    ledger.close()
    assert len(read(tmp_path / "ledger.jsonl")) == 2


def test_a_torn_mark_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "sent.log"
    path.write_text("T-1\nT-12\nT-1")
    log = SentLog(path)
    assert log.past == {"T-1", "T-12"}
    log.mark("T-13")
    log.close()
    assert path.read_text() == "T-1\nT-12\nT-13\n"
