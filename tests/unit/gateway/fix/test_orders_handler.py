"""What a worker makes of the numbers that QuickFIX would send."""

from collections.abc import Iterator
from pathlib import Path
from socket import socketpair

import pytest

from gateway import link
from gateway.codec.text import text
from gateway.fix import orders_handler, sent_log
from gateway.fix.ending import EXIT_NUMBERS, EXIT_RESET
from gateway.fix.link_writer import LinkWriter
from gateway.fix.orders_handler import OrdersHandler


class Ended(Exception):
    """The process would be gone."""


class Halted(Exception):
    """It would be, and a person has to look."""


def ended(code: int, _why: str) -> None:
    raise Ended(code)


def halted(code: int, _why: str) -> None:
    raise Halted(code)


def sent(number: int) -> bytes:
    return text("FIX.4.4", "D", [(34, str(number))]).encode()


@pytest.fixture
def handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OrdersHandler]:
    """Of a counterparty; the last number was 5."""
    monkeypatch.setattr(orders_handler, "end", ended)
    monkeypatch.setattr(orders_handler, "RESET_S_MAX", 0.0)
    writer = sent_log.Writer(tmp_path / "sent.log", 1, 1)
    ours, theirs = socketpair()
    with ours, theirs:
        made = OrdersHandler(LinkWriter(ours), lambda: writer, halted, lambda: None)
        made.granted(link.Grant(1, 1, 6, 1, 10_000))
        made.sending = link.Send(1, "FG1", "FG1", "D", 0, "")
        yield made


def test_a_number_that_begins_anew_under_our_hands_is_a_reset_and_no_halt(handler: OrdersHandler) -> None:
    """QuickFIX resets before its thread says so: what the main thread sends in between has number 1. No person is needed."""
    with pytest.raises(Ended, match=str(EXIT_RESET)):
        handler.outgoing_app("BROKER", sent(1))


@pytest.mark.parametrize("number", [2, 5, 7])
def test_any_other_number_that_is_not_the_next_halts(number: int, handler: OrdersHandler) -> None:
    with pytest.raises(Halted, match=str(EXIT_NUMBERS)):
        handler.outgoing_app("BROKER", sent(number))
