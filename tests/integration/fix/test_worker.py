"""The worker process: real QuickFIX towards a counterparty, real frames towards an engine, and every way in which it ends."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import link
from gateway.codec.text import fields
from gateway.codec.version import FIX_44
from gateway.codec.writing import market_data_request
from gateway.fix import ending, sent_log, worker
from tests.integration.fix.counterparty import Counterparty, Silence
from tests.integration.fix.rig import GRANT, SESSION, Rig, order

REPORT = [
    (37, "V1"),
    (11, "FG1"),
    (17, "E1"),
    (150, "0"),
    (39, "0"),
    (55, "EURUSD"),
    (54, "1"),
    (151, "1000"),
    (14, "0"),
    (6, "0"),
]

GARBAGE = (
    b"\x00" * 1_000,
    b"8=FIX.4.4\x019=5\x0135=8\x0110=999\x01",
    b"GET / HTTP/1.1\r\n\r\n",
    b"8=FIX.4.4\x019=-5\x01",
    b"8=FIX.4.4\x019=4\x01abcd10=000\x01",
    b"8=FIX.4.4\x019=99999999999999999999\x0135=8\x01",
)
ODD = (
    ("8", [one for one in REPORT if one[0] != 17]),
    ("8", [(tag, "?" if tag == 150 else value) for tag, value in REPORT]),
    ("8", [(tag, "" if tag == 14 else value) for tag, value in REPORT]),
    ("8", [*REPORT, (9_999, "x")]),
    ("8", [*REPORT, (38, "1e5")]),
    ("j", [(45, "2"), (372, "D"), (380, "3")]),
)
"""No ExecID, no code, no value, an unknown tag, no number, a reject."""


@pytest.fixture
def rig(tmp_path: Path, broker: Counterparty) -> Iterator[Rig]:
    with Rig(tmp_path, broker.port) as made:
        yield made


def log_on(rig: Rig, broker: Counterparty, grant: link.Grant = GRANT) -> None:
    """As far as LoggedOn."""
    rig.granted(grant)
    broker.log_on()
    rig.hear(link.LoggedOn)


class TestGrant:
    def test_nobody_logs_on_before_the_grant(self, rig: Rig, broker: Counterparty) -> None:
        assert rig.hello() == link.Hello(SESSION, sent_log.boot_id(), rig.process.pid, 1, None)
        with pytest.raises(Silence):
            broker.accept(0.5)
        rig.say(GRANT)
        assert broker.log_on()[34] == "1"

    def test_the_numbers_are_the_granted_ones(self, rig: Rig, broker: Counterparty) -> None:
        rig.granted(link.Grant(7, 1, 500, 7, 10_000))
        assert broker.log_on(number=9)[34] == "500"
        told = rig.hear(link.Sent)
        assert (told.msg_seq_num, told.msg_type) == (500, "A")
        assert broker.receive("2")[7] == "7"
        assert dict(fields(rig.hear(link.Received).raw))[34] == "9"

    def test_what_the_last_worker_left_is_told(self, rig: Rig, broker: Counterparty, tmp_path: Path) -> None:
        log_on(rig, broker)
        rig.say(order("FG1", seq=9), order("FG2", seq=10))
        assert [broker.receive("D")[11] for _ in range(2)] == ["FG1", "FG2"]
        rig.process.kill()
        with Rig(tmp_path, broker.port) as second:
            hello = second.hello()
        assert hello.log is not None
        assert (hello.next_sender, hello.log.grant, hello.log.session_epoch) == (4, 7, 1)
        assert [(e.msg_seq_num, e.seq, e.cl_ord_id) for e in hello.log.entries] == [(2, 9, "FG1"), (3, 10, "FG2")]

    def test_half_a_block_is_used_and_more_is_asked_for(self, rig: Rig, broker: Counterparty) -> None:
        log_on(rig, broker, link.Grant(7, 1, 1, 1, 5_001))
        rig.say(order())
        rig.hear(link.WantNumbers)
        rig.say(link.Reserve(15_001), order("FG2"))
        assert rig.sent("D").cl_ord_id == "FG2"

    def test_a_session_without_orders_asks_too(self, rig: Rig, broker: Counterparty) -> None:
        log_on(rig, broker, link.Grant(7, 1, 1, 1, 5_001))
        broker.send("1", (112, "a heartbeat takes a number"))
        rig.hear(link.WantNumbers)

    def test_nothing_is_sent_without_a_number(self, rig: Rig, broker: Counterparty) -> None:
        log_on(rig, broker, link.Grant(7, 1, 1, 1, 1))
        rig.say(order())
        assert rig.hear(link.NotSent) == link.NotSent("FG1", "FG1", "D", "no sender number is reserved")
        broker.send("1", (112, "are you there"))
        assert rig.exit_code() == ending.EXIT_NUMBERS


class TestSend:
    def test_an_order_is_logged_told_and_sent_under_one_number(self, rig: Rig, broker: Counterparty) -> None:
        log_on(rig, broker)
        rig.say(order())
        told, heard = rig.sent("D"), broker.receive("D")
        assert (told.msg_seq_num, told.cl_ord_id, told.root_id, heard[34], heard[11]) == (2, "FG1", "FG1", "2", "FG1")
        log = sent_log.read(rig.folder / "fix" / "sent.log")
        assert log is not None
        assert log.entries == (link.Logged(2, 9, "FG1", "FG1", "D", told.raw),)

    def test_without_a_session_nothing_is_sent(self, rig: Rig, broker: Counterparty) -> None:
        rig.granted()
        rig.say(order())
        assert rig.hear(link.NotSent) == link.NotSent("FG1", "FG1", "D", "SESSION_DOWN")
        broker.log_on()
        rig.hear(link.LoggedOn)
        broker.hang_up()
        rig.hear(link.LoggedOut)
        rig.say(order("FG2"))
        assert rig.hear(link.NotSent) == link.NotSent("FG2", "FG2", "D", "SESSION_DOWN")

    def test_an_expired_order_is_dropped_at_the_last_moment(self, rig: Rig, broker: Counterparty) -> None:
        log_on(rig, broker)
        rig.say(order(expire_at_ns=time.time_ns()), order("FG2", expire_at_ns=time.time_ns() + 60 * 10**9))
        assert rig.hear(link.NotSent) == link.NotSent("FG1", "FG1", "D", "EXPIRED")
        assert broker.receive("D")[11] == "FG2"

    def test_credentials_are_masked_wherever_they_go(self, rig: Rig, broker: Counterparty) -> None:
        rig.granted()
        broker.log_on(1, (553, "them"), (554, "s3cret"))
        heard = rig.hear(link.Received).raw
        rig.hear(link.LoggedOn)
        rig.say(order("FG1", (95, "6"), (96, "s3cret")))
        told = rig.sent("D").raw
        log = (rig.folder / "fix" / "sent.log").read_bytes()
        assert broker.receive("D")[96] == "s3cret"
        assert (b"554=***" in heard, b"96=***" in told) == (True, True)
        kept = sent_log.read(rig.folder / "fix" / "sent.log")
        assert kept is not None
        assert kept.entries[0].raw == told
        assert b"s3cret" not in heard + told + log


class TestEnds:
    def test_told_to_stop_it_logs_out(self, rig: Rig, broker: Counterparty) -> None:
        log_on(rig, broker)
        rig.say(link.Stop())
        broker.receive("5")
        broker.send("5")
        assert rig.exit_code() == 0

    def test_without_its_engine_it_ends_at_once_and_says_no_more(self, rig: Rig, broker: Counterparty) -> None:
        log_on(rig, broker)
        rig.hang_up()
        assert rig.exit_code(2) == ending.EXIT_LINK_LOST
        assert broker.rest() == []

    def test_without_a_lease_it_sends_no_order_but_a_cancel_and_then_ends(self, rig: Rig, broker: Counterparty) -> None:
        log_on(rig, broker)
        began_s = time.monotonic()
        rig.say(link.Lease(0, time.monotonic_ns()))
        with pytest.raises(Silence):
            rig.hear(link.LoggedOut, worker.DROP_AFTER_S + 0.1)
        rig.say(order(), order("FG2", msg_type="F"))
        assert rig.hear(link.NotSent) == link.NotSent("FG1", "FG1", "D", "the journal has not been heard of")
        assert broker.receive("F")[11] == "FG2"
        broker.receive("5")
        broker.send("5")
        assert rig.exit_code() == ending.EXIT_LEASE_LOST
        assert time.monotonic() - began_s > worker.END_AFTER_S

    def test_a_second_worker_on_the_folder_ends(self, rig: Rig, broker: Counterparty, tmp_path: Path) -> None:
        rig.hello()
        with Rig(tmp_path, broker.port) as second:
            assert second.exit_code() == ending.EXIT_FOLDER_HELD
        assert rig.process.poll() is None

    def test_a_callback_that_fails_ends_the_process_within_a_second(self, tmp_path: Path, broker: Counterparty) -> None:
        with Rig(tmp_path, broker.port, broken="logged_on") as rig:
            rig.granted()
            broker.log_on()
            assert rig.exit_code(1) == ending.EXIT_BROKEN_CALLBACK

    def test_a_frame_that_is_none_ends_the_process_whole(self, rig: Rig, broker: Counterparty) -> None:
        log_on(rig, broker)
        assert rig.link is not None
        rig.link.sendall(b"\xff\xff\xff\xff")
        assert rig.exit_code(2) == ending.EXIT_BROKEN_CALLBACK

    def test_a_peer_that_resets_the_numbers_ends_the_process(self, rig: Rig, broker: Counterparty) -> None:
        rig.granted(link.Grant(7, 1, 500, 7, 10_000))
        broker.log_on(1, (141, "Y"))
        assert rig.exit_code() == ending.EXIT_RESET


class TestPeer:
    def test_a_resend_request_gets_a_gap_fill_and_the_engine_hears_of_it(self, rig: Rig, broker: Counterparty) -> None:
        log_on(rig, broker)
        rig.say(order())
        broker.receive("D")
        broker.send("2", (7, "1"), (16, "0"))
        heard = broker.receive("4")
        rig.say(link.Lease(0, time.monotonic_ns()))
        told = rig.sent("4")
        assert (heard[34], heard[36], heard[43], heard[123]) == ("1", "3", "Y", "Y")
        assert (told.msg_seq_num, dict(fields(told.raw))[36]) == (1, "3")
        log = sent_log.read(rig.folder / "fix" / "sent.log")
        assert log is not None
        assert [(e.msg_seq_num, e.msg_type) for e in log.entries] == [(2, "D"), (3, "4")]

    def test_a_report_is_passed_on_to_the_byte(self, rig: Rig, broker: Counterparty) -> None:
        log_on(rig, broker)
        raw = broker.send("8", *REPORT, (58, "caf\xe9"))
        while (heard := dict(fields(rig.hear(link.Received).raw)))[35] != "8":
            pass
        assert heard == dict(fields(raw))

    def test_garbage_does_not_end_the_worker(self, rig: Rig, broker: Counterparty) -> None:
        log_on(rig, broker)
        for garbage in GARBAGE:
            broker.write(garbage)
        broker.hang_up()
        rig.hear(link.LoggedOut)
        broker.log_on(2)
        rig.hear(link.LoggedOn)
        rig.say(order())
        assert broker.receive("D")[11] == "FG1"

    def test_every_message_that_counts_is_passed_on(self, rig: Rig, broker: Counterparty) -> None:
        """What our FIX layer refused by itself would be lost, and a hole in the engine's eyes: for ever."""
        log_on(rig, broker)
        for msg_type, body in ODD:
            broker.send(msg_type, *body)
        broker.send("1", (112, "after"))
        heard: list[int] = []
        while not heard or heard[-1] < broker.number:
            heard.append(int(dict(fields(rig.hear(link.Received).raw))[34]))
        assert heard == list(range(1, broker.number + 1))[-len(heard) :]
        assert heard[0] <= 2

    @pytest.mark.parametrize(
        ("msg_type", "body"),
        [("8", [*REPORT, (11, "again")]), ("ZZ", [(58, "what is this")])],
        ids=["a field twice", "no message"],
    )
    def test_what_quickfix_refuses_by_itself_is_told_by_its_number(
        self, rig: Rig, broker: Counterparty, msg_type: str, body: list[tuple[int, str]]
    ) -> None:
        log_on(rig, broker)
        broker.send(msg_type, *body)
        assert broker.receive("3")[45] == "2"
        rig.say(link.Lease(0, time.monotonic_ns()))
        assert dict(fields(rig.sent("3").raw))[45] == "2"


def test_only_the_latest_price_goes_on(tmp_path: Path, broker: Counterparty) -> None:
    def snapshot(px: str, *more: tuple[int, str]) -> None:
        entries = [(268, "2"), (269, "0"), (270, px), (269, "1"), (270, "1.4")]
        broker.send("W", *more, (55, "EURUSD"), *entries)

    with Rig(tmp_path, broker.port, kind="data") as rig:
        rig.granted(link.Grant(7, 1, 1, 1, 0))
        assert broker.log_on(1, (141, "Y"))[141] == "Y"
        rig.hear(link.LoggedOn)
        rig.say(link.Send(8, "", "", "V", 0, market_data_request(FIX_44, "m", "EURUSD")))
        assert broker.receive("V")[262] == "m"
        for px in ("1.1", "1.2", "1.3"):
            snapshot(px)
        snapshot("0.5", (43, "Y"), (122, "20260101-00:00:00"))
        heard: list[bytes] = []
        while not heard or b"270=1.3" not in heard[-1]:
            heard.append(rig.hear(link.Received).raw)
        with pytest.raises(Silence):
            rig.hear(link.Received, 0.2)
        assert len(heard) <= 3
