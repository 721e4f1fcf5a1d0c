"""The worker's sent.log: what survives, what is dropped once the journal has it, and that a gap-fill is evidence too."""

from pathlib import Path
from socket import socketpair

from gateway import link
from gateway.codec.text import text
from gateway.fix import sent_log
from gateway.fix.worker import LinkWriter, OrdersHandler


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
        handler = OrdersHandler(LinkWriter(ours), lambda: writer)
        raw = text("FIX.4.4", "4", [(34, "5"), (43, "Y"), (123, "Y"), (36, "9")]).encode()
        handler.outgoing_admin("BROKER", raw)
    assert entries(tmp_path / "sent.log") == (link.Logged(9, 0, "", "", "4", raw),)
