"""Subscriptions and the snapshots that answer them."""

from decimal import Decimal

import pytest

from gateway.codec.text import fields
from gateway.simulator.market_data import SUBSCRIPTIONS_MAX, MarketData
from gateway.simulator.requests import Malformed, Unsupported
from tests.unit.gateway.simulator.build import quote

QUOTE = quote("1.38500", "1.38510")


def asked(
    md_req_id: str = "Q1", kind: str = "1", symbol: str = "EURUSD", entry_types: tuple[str, ...] = ("0", "1")
) -> list[tuple[int, str]]:
    """A MarketDataRequest(V)."""
    types = [(267, str(len(entry_types))), *((269, one) for one in entry_types)]
    return [(35, "V"), (262, md_req_id), (263, kind), (264, "1"), *types, (146, "1"), (55, symbol)]


def answered(texts: list[str]) -> list[list[tuple[int, str]]]:
    """The bodies of the answers, MsgType first."""
    return [fields(text.encode())[2:-1] for text in texts]


def market_data() -> MarketData:
    return MarketData("EURUSD", Decimal(1000))


SNAPSHOT = [(35, "W"), (262, "Q1"), (55, "EURUSD"), (268, "2")]
SNAPSHOT += [(269, "0"), (270, "1.385"), (271, "1000"), (269, "1"), (270, "1.3851"), (271, "1000")]


def test_a_snapshot_is_given_once() -> None:
    market = market_data()
    assert answered(market.handle(asked(kind="0"), QUOTE)) == [SNAPSHOT]
    assert market.updates(QUOTE) == []


def test_a_subscriber_gets_a_snapshot_and_every_update_until_it_leaves() -> None:
    market = market_data()
    assert answered(market.handle(asked(), QUOTE)) == [SNAPSHOT]
    assert answered(market.updates(QUOTE)) == [SNAPSHOT]
    assert market.handle(asked(kind="2"), QUOTE) == []
    assert market.updates(QUOTE) == []


def test_a_session_that_ends_takes_its_subscriptions_with_it() -> None:
    market = market_data()
    market.handle(asked(), QUOTE)
    market.clear()
    assert market.updates(QUOTE) == []


def test_one_side_is_shown_to_who_asks_for_one() -> None:
    [answer] = answered(market_data().handle(asked(entry_types=("1",)), QUOTE))
    assert answer[3:] == [(268, "1"), (269, "1"), (270, "1.3851"), (271, "1000")]


@pytest.mark.parametrize(
    ("request_", "md_req_rej_reason"),
    [
        pytest.param(asked(symbol="GBPUSD"), "0", id="unknown symbol"),
        pytest.param(asked("TAKEN"), "1", id="MDReqID in use"),
        pytest.param(asked(kind="7"), "4", id="unknown kind of subscription"),
        pytest.param(asked(entry_types=("0", "2")), "8", id="trades"),
    ],
)
def test_what_cannot_be_served_is_rejected(request_: list[tuple[int, str]], md_req_rej_reason: str) -> None:
    market = market_data()
    market.handle(asked("TAKEN"), QUOTE)
    [answer] = answered(market.handle(request_, QUOTE))
    assert (answer[0], dict(answer)[281]) == ((35, "Y"), md_req_rej_reason)


def test_subscriptions_are_bounded() -> None:
    market = market_data()
    for number in range(SUBSCRIPTIONS_MAX):
        market.handle(asked(f"Q{number}"), QUOTE)
    [answer] = answered(market.handle(asked("ONE-MORE"), QUOTE))
    assert dict(answer)[281] == "2"


def test_leaving_what_one_never_had_is_rejected() -> None:
    [answer] = answered(market_data().handle(asked(kind="2"), QUOTE))
    assert answer == [(35, "Y"), (262, "Q1"), (58, "no such subscription")]


def test_what_cannot_be_read_is_named() -> None:
    with pytest.raises(Malformed, match="tag 262 is missing"):
        market_data().handle([(35, "V"), (263, "1")], QUOTE)
    with pytest.raises(Unsupported):
        market_data().handle([(35, "D")], QUOTE)
