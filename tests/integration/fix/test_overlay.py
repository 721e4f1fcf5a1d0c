"""What a peer's FIX has beyond FIX's own dictionary, on the wire: QuickFIX reads it by the dictionary that the words make."""

import queue
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.codec.message import message
from gateway.codec.text import fields
from gateway.codec.version import FIX_44, FIX_50SP2, Version
from gateway.fix.config import Endpoint, SessionConfig
from gateway.fix.overlay import NOTHING, Overlay
from gateway.fix.port import FixPort, Role
from ops.counterparty.dictionary import DictionaryWords, FieldWords, GroupWords, MessageWords
from tests.integration.fix.counterparty import DEADLINE_S, NAME, US, Counterparty, now
from tests.support.ports import free_port

WORDS = DictionaryWords(
    fields={
        "9303": FieldWords("SweepMode", "CHAR", {"A": "ALL", "N": "NONE"}),
        "9500": FieldWords("NoSweepVenues", "NUMINGROUP"),
        "9501": FieldWords("SweepVenue"),
        "9502": FieldWords("SweepQty", "QTY"),
    },
    messages=(
        MessageWords("D", required=(9303,)),
        MessageWords("8", groups=(GroupWords(9500, (9501, 9502)),)),
        MessageWords("U7", name="VenueNotice", optional=(58,)),
    ),
)
REPORT = [(37, "V1"), (11, "FG1"), (17, "E1"), (150, "0"), (39, "0"), (55, "EURUSD"), (54, "1"), (151, "9"), (14, "0"), (6, "0")]
GROUP = [(9500, "2"), (9501, "X"), (9502, "4"), (9501, "Y"), (9502, "5")]
ORDER = [(11, "C1"), (21, "1"), (55, "EURUSD"), (54, "1"), (60, now()), (38, "100"), (40, "1")]


class Listener:
    """A Handler that keeps the business messages that came in."""

    def __init__(self) -> None:
        self.heard: queue.Queue[bytes] = queue.Queue()

    def incoming_app(self, session: str, raw: bytes) -> None:
        self.heard.put(raw)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


class Caller(Counterparty):
    """The same from the other side: it connects."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port

    def accept(self, within_s: float = DEADLINE_S) -> None:
        self._connection = socket.create_connection(("127.0.0.1", self._port), within_s)


@contextmanager
def session(role: Role, folder: Path, port: int, overlay: Overlay, version: Version = FIX_44) -> Iterator[Listener]:
    listener = Listener()
    is_client = role == "acceptor"
    config = SessionConfig("S", US, NAME, version, is_judged=is_client, persist_messages=is_client, overlay=overlay)
    made = FixPort(role, (config,), Endpoint("127.0.0.1", port), folder / "store", listener)
    made.start()
    try:
        yield listener
    finally:
        made.stop()


@pytest.mark.parametrize("version", [FIX_44, FIX_50SP2])
def test_a_venues_own_group_and_message_are_read_and_without_the_words_refused(tmp_path: Path, version: Version) -> None:
    for name, overlay in (("with", WORDS.meaning(version)), ("without", NOTHING)):
        with Counterparty(version) as venue, session("initiator", tmp_path / name, venue.port, overlay, version) as listener:
            venue.log_on(1, *([(1137, "9")] if version is FIX_50SP2 else []))
            venue.send("8", *REPORT, *GROUP)
            if overlay is NOTHING:
                assert venue.receive("3")[372] == "8"
            else:
                assert message(listener.heard.get(timeout=DEADLINE_S)).custom == tuple(GROUP)
                venue.send("U7", (58, "hello"))
                assert dict(fields(listener.heard.get(timeout=DEADLINE_S)))[35] == "U7"
            venue.hang_up()


@pytest.mark.parametrize(("extra", "reason", "tag"), [([], "1", "9303"), ([(9303, "Z")], "5", "9303"), ([(9303, "A")], "", "")])
def test_a_client_that_does_not_say_what_it_has_to_is_told_so(
    tmp_path: Path, extra: list[tuple[int, str]], reason: str, tag: str
) -> None:
    port = free_port()
    with session("acceptor", tmp_path, port, WORDS.meaning(FIX_44)) as listener, Caller(port) as client:
        client.accept()
        client.send("A", (98, "0"), (108, "30"))
        client.receive("A")
        client.send("D", *ORDER, *extra)
        if reason:
            told = client.receive("3")
            assert (told[373], told[371], told[372]) == (reason, tag, "D")
        else:
            assert dict(fields(listener.heard.get(timeout=DEADLINE_S)))[9303] == "A"
        client.hang_up()
