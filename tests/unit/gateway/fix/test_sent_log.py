"""The worker's sent.log: what survives, what is dropped once the journal has it, and that a gap-fill is evidence too."""

import binascii
import resource
import signal
from pathlib import Path
from socket import socketpair
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway import link
from gateway.codec.text import text
from gateway.fix import sent_log
from gateway.fix.link_writer import LinkWriter
from gateway.fix.worker import OrdersHandler


def logged(msg_seq_num: int) -> link.Logged:
    return link.Logged(msg_seq_num, msg_seq_num, f"FG{msg_seq_num}", f"FG{msg_seq_num}", "D", b"8=FIX.4.4\x01")


def entries(path: Path) -> tuple[link.Logged, ...]:
    found = sent_log.read(path)
    assert found is not None
    return found.entries


def test_a_torn_last_line_is_left_out(tmp_path: Path) -> None:
    writer = sent_log.Writer(tmp_path / "sent.log", 1, 7)
    writer.add(logged(1))
    with (tmp_path / "sent.log").open("ab") as file:
        file.write(b'[2,2,"FG2"')
    assert entries(tmp_path / "sent.log") == (logged(1),)


def test_only_what_the_journal_does_not_hold_stays_when_the_log_starts_anew(tmp_path: Path) -> None:
    writer = sent_log.Writer(tmp_path / "sent.log", 1, 7)
    for number in range(1, sent_log.LINES_MAX + 3):
        writer.add(logged(number))
    writer.acknowledge(sent_log.LINES_MAX)
    writer.add(logged(sent_log.LINES_MAX + 3))
    assert [entry.msg_seq_num for entry in entries(tmp_path / "sent.log")][-3:] == [sent_log.LINES_MAX + n for n in (1, 2, 3)]


def test_a_gap_fill_is_logged_before_it_leaves(tmp_path: Path) -> None:
    """It is the only evidence that the peer did not have what it covers."""
    writer = sent_log.Writer(tmp_path / "sent.log", 1, 7)
    ours, theirs = socketpair()
    with ours, theirs:
        handler = OrdersHandler(LinkWriter(ours), lambda: writer, lambda code, why: None, lambda: None)
        raw = text("FIX.4.4", "4", [(34, "5"), (43, "Y"), (123, "Y"), (36, "9")]).encode()
        handler.outgoing_admin("BROKER", raw)
    assert entries(tmp_path / "sent.log") == (link.Logged(9, 0, "", "", "4", raw),)


def test_gap_fills_are_forgotten_one_by_one(tmp_path: Path) -> None:
    """A peer that asks again and again, with no order between, is answered under one number: only a count tells them apart."""
    path = tmp_path / "sent.log"
    writer = sent_log.Writer(path, 1, 7)
    fills = [link.Logged(9, 0, "", "", "4", b"%d" % number) for number in range(sent_log.LINES_MAX + 3)]
    for fill in fills:
        writer.add(fill)
    writer.acknowledge(sent_log.LINES_MAX + 1)
    assert entries(path) == tuple(fills[-2:])
    writer.add(logged(9))
    writer.acknowledge(sent_log.LINES_MAX + 3)
    assert [entry for entry, _ in writer._unacked] == [logged(9)]


BIG = 60_000


def add_all(writer: sent_log.Writer, found: list[link.Logged]) -> None:
    for entry in found:
        writer.add(entry)


def test_the_longest_log_fits_into_a_hello(tmp_path: Path) -> None:
    """Else its session would be locked out for good: each worker would send the same Hello, and be cut off."""
    path = tmp_path / "sent.log"
    writer = sent_log.Writer(path, 1, 7)
    long = [replace(logged(number), raw=b"x" * BIG) for number in range(1, 1_000)]
    for number, entry in enumerate(long[:40]):  # As much of what is acknowledged as may stay.
        writer.add(entry)
        writer.acknowledge(number + 1)
    with pytest.raises(OSError, match="bytes that the journal does not"):
        add_all(writer, long[40:])
    hello = link.frame(link.Hello("BROKER", "boot", 1, 1, sent_log.read(path)))
    assert len(entries(path)) > 150
    assert len(link.Cutter().feed(hello)) == 1


def test_a_log_of_long_messages_starts_anew_before_it_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / "sent.log"
    writer = sent_log.Writer(path, 1, 7)
    for number in range(1, sent_log.LINES_MAX):
        writer.add(replace(logged(number), raw=b"x" * BIG))
        writer.acknowledge(number - 1)
        assert path.stat().st_size < sent_log.BYTES_MAX + 4 * BIG
    assert entries(path)[-1] == replace(logged(sent_log.LINES_MAX - 1), raw=b"x" * BIG)


def test_no_log_is_none(tmp_path: Path) -> None:
    assert sent_log.read(tmp_path / "sent.log") is None


def test_a_log_says_where_it_comes_from(tmp_path: Path) -> None:
    sent_log.Writer(tmp_path / "sent.log", 2, 7).add(logged(1))
    assert sent_log.read(tmp_path / "sent.log") == link.SentLog(sent_log.boot_id(), 2, 7, (logged(1),))


def test_a_new_grant_starts_a_new_log(tmp_path: Path) -> None:
    sent_log.Writer(tmp_path / "sent.log", 1, 7).add(logged(1))
    sent_log.Writer(tmp_path / "sent.log", 1, 8)
    assert sent_log.read(tmp_path / "sent.log") == link.SentLog(sent_log.boot_id(), 1, 8, ())


@pytest.mark.parametrize("line", [0, 1, 2])
def test_a_log_that_is_damaged_before_its_end_is_no_evidence(tmp_path: Path, line: int) -> None:
    path = tmp_path / "sent.log"
    writer = sent_log.Writer(path, 1, 7)
    for number in (1, 2, 3):
        writer.add(logged(number))
    lines = path.read_bytes().split(b"\n")
    lines[line] = lines[line].replace(b"1", b"7", 1)
    path.write_bytes(b"\n".join(lines))
    assert sent_log.read(path) is None


@pytest.mark.parametrize("line", [b'{"boot_id":"b"}', b"[1,2]", b"{"], ids=["another header", "another entry", "no JSON"])
def test_a_log_of_another_release_is_no_evidence(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "sent.log"
    sent_log.Writer(path, 1, 7)
    whole = b"%s %08x\n" % (line, binascii.crc32(line))
    path.write_bytes(path.read_bytes() + whole if line == b"[1,2]" else whole)
    assert sent_log.read(path) is None


@given(st.integers(0, 10_000))
def test_wherever_the_end_is_torn_off_the_whole_lines_before_count(cut: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sent.log"
        writer = sent_log.Writer(path, 1, 7)
        header = path.stat().st_size
        for number in (1, 2, 3):
            writer.add(logged(number))
        written = path.read_bytes()
        at = cut % (len(written) + 1)
        path.write_bytes(written[:at])
        whole = written[header : at + 1].count(b"\n") if at >= header - 1 else -1
        assert sent_log.read(path) == (
            None if whole < 0 else link.SentLog(sent_log.boot_id(), 1, 7, tuple(logged(n) for n in range(1, whole + 1)))
        )


def test_a_full_disk_is_heard_of_before_anything_is_sent(tmp_path: Path) -> None:
    writer = sent_log.Writer(tmp_path / "sent.log", 1, 7)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "sent.log").stat().st_size + 10, limits[1]))
        with pytest.raises(OSError, match=r"sent\.log took 10 of"):
            writer.add(logged(1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert entries(tmp_path / "sent.log") == ()
