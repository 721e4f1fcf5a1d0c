"""What the journal will not have is archived, and nothing else."""

from pathlib import Path

import pytest

from gateway.codec.text import text
from gateway.fix.archive import Entry, Plan, Writer, read
from gateway.fix.masking import Mask
from gateway.fix.tap import SETTLE_NS, TOLD_MAX, TOLD_NS_MAX, Tap
from gateway.fix.tapped import Tapped, TappedPrices


def message(msg_type: str, number: int, *body: tuple[int, str]) -> bytes:
    return text("FIX.4.4", msg_type, [(34, str(number)), *body]).encode()


class Silent:
    """A handler that takes everything."""

    def logged_on(self, session: str) -> None: ...
    def logged_out(self, session: str) -> None: ...
    def outgoing_admin(self, session: str, raw: bytes) -> None: ...
    def outgoing_app(self, session: str, raw: bytes) -> None: ...
    def incoming_admin(self, session: str, raw: bytes) -> None: ...
    def incoming_app(self, session: str, raw: bytes) -> None: ...


class Line:
    """A tapped session: what QuickFIX's log sees, and what it hands on."""

    def __init__(self, folder: Path, kind: str = "orders", *, keeps_prices: bool = False) -> None:
        self.folder = folder
        self.now_ns = 1_767_355_200_000_000_000
        self.tap = Tap(Writer(Plan(folder, days=10_000)), Mask(tags=[5001], values=["correct horse"]), lambda: self.now_ns)
        is_prices = kind == "prices"
        self.handler = TappedPrices(Silent(), self.tap, keeps_prices=keeps_prices) if is_prices else Tapped(Silent(), self.tap)

    def hears(self, raw: bytes, event: str = "") -> None:
        """QuickFIX sees it, and drops it."""
        self.now_ns += 1
        self.tap.incoming(raw.decode("utf-8", "surrogateescape"))
        if event:
            self.tap.event(event)

    def takes(self, raw: bytes) -> None:
        """QuickFIX sees it, and hands it on."""
        self.hears(raw)
        is_app = raw[raw.index(b"35=") + 3 :][:1] not in b"012345A"
        (self.handler.incoming_app if is_app else self.handler.incoming_admin)("S", raw)

    def archived(self) -> list[tuple[str, bytes]]:
        found = [one for one in read(self.folder) if isinstance(one, Entry)]
        return [(one.why, one.raw.encode("latin-1")) for one in found]


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)


def test_what_quickfix_hands_on_is_not_archived(line: Line) -> None:
    line.handler.granted(1)
    for number, msg_type in enumerate("A0881", 1):
        line.takes(message(msg_type, number))
    line.handler.outgoing_app("S", message("D", 2))
    line.tap.end()
    assert line.archived() == []


def test_what_quickfix_drops_is_archived_with_what_it_said(line: Line) -> None:
    garbled = message("8", 2).replace(b"10=000", b"10=999") + b"\xff\x00"
    line.hears(garbled, "Expected CheckSum=1, Received CheckSum=999")
    line.takes(message("0", 2))
    (entry,) = read(line.folder)
    assert isinstance(entry, Entry)
    assert (entry.why, entry.raw.encode("latin-1")) == ("untold", garbled)
    assert entry.note == "Expected CheckSum=1, Received CheckSum=999"


def test_what_is_dropped_last_waits_for_a_second_and_no_longer(line: Line) -> None:
    raw = message("8", 2, (43, "Y"))
    line.hears(raw)
    line.tap.settle()
    assert line.archived() == []
    line.now_ns += SETTLE_NS
    line.tap.settle()
    assert line.archived() == [("untold", raw)]


def test_the_end_waits_for_nothing(line: Line) -> None:
    line.hears(message("8", 2))
    line.tap.end()
    assert line.archived() == [("untold", message("8", 2))]


def test_a_session_message_under_a_number_that_has_counted_is_repeated(line: Line) -> None:
    line.handler.granted(5)
    line.takes(message("8", 5))
    again = message("2", 3, (7, "1"))
    line.takes(again)
    line.takes(message("2", 6, (7, "1")))
    line.takes(message("2", 9, (7, "1")))  # Above a gap: it is no repetition, nor are those that fill the gap.
    line.takes(message("0", 7))
    line.takes(again)
    assert line.archived() == [("repeated", again), ("repeated", again)]


def test_what_an_engine_was_told_before_it_was_gone_is_archived_once(line: Line) -> None:
    old, new, order = message("8", 2), message("8", 3), message("D", 4)
    line.takes(old)
    line.now_ns += TOLD_NS_MAX
    line.takes(new)
    line.handler.outgoing_app("S", order)
    line.tap.lost()
    line.tap.lost()
    assert line.archived() == [("unconfirmed", new), ("unconfirmed", order)]


def test_only_so_much_is_remembered_of_what_was_told(line: Line) -> None:
    for number in range(2, TOLD_MAX + 12):
        line.takes(message("8", number))
    line.tap.lost()
    assert len(line.archived()) == TOLD_MAX


@pytest.mark.parametrize("keeps_prices", [False, True])
def test_a_session_of_prices_is_archived_but_prices_only_where_wanted(tmp_path: Path, keeps_prices: bool) -> None:
    line = Line(tmp_path, "prices", keeps_prices=keeps_prices)
    line.handler.granted(1)
    line.takes(message("A", 1))
    line.handler.outgoing_app("S", message("V", 2))
    line.takes(message("W", 2))
    line.takes(message("Y", 3))
    kept = [message("A", 1), message("V", 2), *([message("W", 2)] if keeps_prices else []), message("Y", 3)]
    assert line.archived() == [("unjournalled", raw) for raw in kept]


def test_no_secret_is_archived_however_garbled_its_message(line: Line) -> None:
    secrets = [b"8=F|554=hunter2|925=hunter2", b"554=hunter2\x01", b"\x0196=hunter2", b"x5001=hunter2", b"58=correct horse"]
    data = b"8=F\x0195=15\x0196=hunter2\x01hunter2\x0110=000\x01"
    for raw in [*secrets, data, b"\x011402=hunter2\x01"]:
        line.hears(raw, "Session not found for incoming message: " + raw.decode("latin-1"))
    line.tap.end()
    text_of_all = b"".join(file.read_bytes() for file in line.folder.iterdir())
    assert len(line.archived()) == 7
    assert b"hunter2" not in text_of_all
    assert b"correct horse" not in text_of_all
    assert line.archived()[5] == ("untold", b"8=F\x0195=15\x0196=***\x0110=000\x01")
