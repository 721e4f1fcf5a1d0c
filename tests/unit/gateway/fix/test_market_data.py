"""What the market data worker passes on: each symbol's latest snapshot, if it is fresh; and that refusals are heard of."""

import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest

from gateway import link
from gateway.codec.text import text
from gateway.fix.market_data import QUOTE_AGE_S_MAX, MarketDataHandler

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def message(msg_type: str, *body: tuple[int, str], age_s: float = 0.0) -> bytes:
    sent = (NOW - timedelta(seconds=age_s)).strftime("%Y%m%d-%H:%M:%S.%f")
    return text("FIX.4.4", msg_type, [(34, "2"), (52, sent), *body]).encode()


def snapshot(symbol: str, px: str, age_s: float = 0.0) -> bytes:
    return message("W", (55, symbol), (270, px), age_s=age_s)


class Line:
    """A handler, and what it told."""

    def __init__(self) -> None:
        self.told: list[link.FromWorker] = []
        self.handler = MarketDataHandler(self.told.append, lambda: None, NOW.timestamp)

    def hear(self, raws: list[bytes]) -> None:
        for raw in raws:
            self.handler.incoming_app("MD", raw)

    def after(self, *raw: bytes) -> list[bytes]:
        self.hear(list(raw))
        self.handler.tick()
        return [frame.raw for frame in self.told if isinstance(frame, link.Received)]


def test_only_the_latest_of_each_symbol_goes_on() -> None:
    sent = [snapshot("EURUSD", "1.1"), snapshot("GBPUSD", "1.3"), snapshot("EURUSD", "1.2")]
    assert sorted(Line().after(*sent)) == sorted(sent[1:])


@pytest.mark.parametrize(("age_s", "is_fresh"), [(0, True), (-1, True), (QUOTE_AGE_S_MAX, True), (QUOTE_AGE_S_MAX + 0.1, False)])
def test_a_drained_backlog_does_not_look_fresh(age_s: float, is_fresh: bool) -> None:
    assert len(Line().after(snapshot("EURUSD", "1.1", age_s))) == is_fresh


@pytest.mark.parametrize("sending_time", ["", "now", "20260102"])
def test_a_snapshot_that_does_not_say_when_is_not_fresh(sending_time: str) -> None:
    assert Line().after(text("FIX.4.4", "W", [(52, sending_time), (55, "EURUSD")]).encode()) == []


def test_what_is_sent_again_is_old() -> None:
    assert Line().after(message("W", (43, "Y"), (55, "EURUSD"))) == []


def test_no_price_outlives_its_session() -> None:
    line = Line()
    line.handler.incoming_app("MD", snapshot("EURUSD", "1.1"))
    line.handler.logged_out("MD")
    assert line.after() == []


@pytest.mark.parametrize("msg_type", ["Y", "j", "3"])
def test_a_refusal_is_loud_and_no_price(capsys: pytest.CaptureFixture[str], msg_type: str) -> None:
    refusal = message(msg_type, (262, "7-EURUSD"), (281, "0"), (58, "unknown symbol"))
    line = Line()
    if msg_type == "3":
        line.handler.incoming_admin("MD", refusal)
    else:
        line.handler.incoming_app("MD", refusal)
    assert line.after() == []
    said = capsys.readouterr().err
    assert "MD: the venue refuses to send prices" in said
    assert "|262=7-EURUSD|281=0|58=unknown symbol|" in said


def test_no_last_price_is_lost_between_two_threads() -> None:
    """QuickFIX's thread puts in while the main thread takes out."""
    line, rounds, symbols = Line(), 300, 40
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for number in range(rounds):
            sent = [snapshot(f"S{symbol}", str(number)) for symbol in range(symbols)]
            feed = threading.Thread(target=line.hear, args=(sent,))
            feed.start()
            while feed.is_alive():
                line.handler.tick()
            feed.join()
            assert set(line.after()[-2 * symbols :]) >= set(sent)
            line.told.clear()
    finally:
        sys.setswitchinterval(interval_s)
