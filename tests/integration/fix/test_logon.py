"""What a session says of itself in its Logon, whom it says it to, and who sees it."""

from pathlib import Path
from typing import Any

import pytest

from gateway.codec.text import fields
from gateway.fix.config import Endpoint, LogonField, SessionConfig
from gateway.fix.port import FixPort
from gateway.fix.reaching import Address
from tests.integration.fix.counterparty import NAME, US, Counterparty
from tests.support.ports import free_port

LOGON = (LogonField(553, "us"), LogonField(554, "s3cret", is_secret=True), LogonField(5001, "0000", is_secret=True))


class Listener:
    """A Handler that keeps what it sees leave."""

    def __init__(self) -> None:
        self.seen: list[dict[int, str]] = []

    def outgoing_admin(self, session: str, raw: bytes) -> None:
        self.seen.append(dict(fields(raw)))

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


@pytest.mark.parametrize("is_first_dead", [False, True])
def test_credentials_are_on_the_wire_alone_and_a_dead_address_is_passed_over(
    tmp_path: Path, broker: Counterparty, is_first_dead: bool
) -> None:
    endpoint = Endpoint("127.0.0.1", broker.port)
    if is_first_dead:
        endpoint = Endpoint("127.0.0.1", free_port(), fallbacks=(Address("127.0.0.1", broker.port),))
    listener = Listener()
    port = FixPort("initiator", (SessionConfig("S", US, NAME, logon=LOGON),), endpoint, tmp_path / "store", listener)
    port.start()
    try:
        heard = broker.log_on()
        broker.send("1", (112, "ping"))
        broker.receive("0")
    finally:
        broker.hang_up()
        port.stop()
    assert (heard[553], heard[554], heard[5001]) == ("us", "s3cret", "0000")
    shown = listener.seen[0]
    assert (shown[35], shown[553], shown[554], shown[5001]) == ("A", "us", "***", "***")
    assert [message[35] for message in listener.seen if message.keys() & {553, 554, 5001}] == ["A"]
    assert b"s3cret" not in b"".join(file.read_bytes() for file in (tmp_path / "store").iterdir())


def test_a_store_of_another_day_keeps_its_numbers_and_its_messages(tmp_path: Path) -> None:
    """QuickFIX would begin anew at the first start after midnight, UTC."""
    session, store = SessionConfig("S", US, NAME, persist_messages=True), tmp_path / "store"
    store.mkdir()
    for suffix, text in {
        "session": "20261124-03:19:24",
        "seqnums": f"{12:020d} : {345:020d}",
        "header": "11,0,10 ",
        "body": "0123456789",
    }.items():
        (store / f"FIX.4.4-{US}-{NAME}.{suffix}").write_text(text)
    port = FixPort("initiator", (session,), Endpoint("127.0.0.1", free_port()), store, Listener())
    assert port.numbers("S") == (12, 345)
    assert (store / f"FIX.4.4-{US}-{NAME}.body").read_text() == "0123456789"
