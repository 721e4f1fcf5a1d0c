"""What a worker makes of the numbers that QuickFIX would send."""

import threading
from pathlib import Path
from socket import socketpair

import pytest

from gateway import link
from gateway.codec.text import text
from gateway.fix import orders_handler, sent_log
from gateway.fix.ending import EXIT_NUMBERS, EXIT_RESET
from gateway.fix.link_writer import LinkWriter
from gateway.fix.orders_handler import OrdersHandler


@pytest.mark.parametrize("is_reset", [True, False])
def test_a_number_that_begins_anew_while_we_send_is_a_reset_if_quickfix_says_so_in_time(
    is_reset: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """QuickFIX begins anew before its thread says so: what the main thread sends in between has number 1. No person is needed."""
    ends: list[int] = []
    monkeypatch.setattr(orders_handler, "end", lambda code, _why: ends.append(code))
    monkeypatch.setattr(orders_handler, "RESET_S_MAX", 1.0)
    writer = sent_log.Writer(tmp_path / "sent.log", 1, 1)
    ours, theirs = socketpair()
    with ours, theirs:
        handler = OrdersHandler(LinkWriter(ours), lambda: writer, lambda code, _why: ends.append(code), lambda: None)
        handler.granted(link.Grant(1, 1, 6, 1, 10_000))
        handler.sending = link.Send(1, "FG1", "FG1", "D", 0, "")
        logon = text("FIX.4.4", "A", [(34, "1"), (141, "Y")]).encode()
        quickfix = threading.Timer(0.1, handler.incoming_admin, ("BROKER", logon))
        if is_reset:
            quickfix.start()
        handler.outgoing_app("BROKER", text("FIX.4.4", "D", [(34, "1")]).encode())
        if is_reset:
            quickfix.join()
    assert ends == ([EXIT_RESET, EXIT_NUMBERS] if is_reset else [EXIT_NUMBERS])  # The first one ends the process.
