"""What each version of FIX can say."""

from typing import Any

import pytest

from gateway.codec.version import FIX_42, FIX_44, FIX_50SP2, VERSIONS, Version, lacks
from oms.domain.fields import OrderCapacity, OrdType, PositionEffect, Side, TimeInForce
from oms.domain.terms import Instructions
from tests.support.orders import terms


def test_a_version_is_known_by_its_begin_string() -> None:
    assert VERSIONS == {"FIX.4.2": FIX_42, "FIX.4.4": FIX_44, "FIXT.1.1": FIX_50SP2}
    assert [repr(version) for version in VERSIONS.values()] == [f"Version({name!r})" for name in VERSIONS]


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({}, ("", "", "")),
        ({"side": Side.SELL_SHORT_EXEMPT}, ("", "", "")),
        ({"ord_type": OrdType.MARKET_IF_TOUCHED}, ("ord_type=MARKET_IF_TOUCHED time_in_force=DAY", "", "")),
        ({"ord_type": OrdType.MARKET_ON_CLOSE}, ("", "", "")),
        ({"ord_type": OrdType.LIMIT, "time_in_force": TimeInForce.AT_THE_CLOSE}, ("", "", "")),
        (
            {"ord_type": OrdType.STOP, "time_in_force": TimeInForce.AT_THE_CLOSE},
            ("ord_type=STOP time_in_force=AT_THE_CLOSE", "", ""),
        ),
        (
            {"ord_type": OrdType.LIMIT_ON_CLOSE, "time_in_force": TimeInForce.GOOD_TILL_CANCEL},
            ("ord_type=LIMIT_ON_CLOSE time_in_force=GOOD_TILL_CANCEL",) * 3,
        ),
        ({"instructions": Instructions(order_capacity=OrderCapacity.AGENCY)}, ("", "", "")),
        (
            {"instructions": Instructions(order_capacity=OrderCapacity.RISKLESS_PRINCIPAL)},
            ("order_capacity=RISKLESS_PRINCIPAL", "", ""),
        ),
        ({"instructions": Instructions(position_effect=PositionEffect.OPEN)}, ("", "", "")),
        ({"instructions": Instructions(position_effect=PositionEffect.FIFO)}, ("position_effect=FIFO", "", "")),
    ],
)
def test_what_a_version_has_no_word_for_is_named(changes: dict[str, Any], lacking: tuple[str, str, str]) -> None:
    assert tuple(lacks(version, terms(**changes)) for version in (FIX_42, FIX_44, FIX_50SP2)) == lacking


@pytest.mark.parametrize(
    ("ord_type", "time_in_force", "in_42", "in_44"),
    [
        (OrdType.LIMIT, TimeInForce.DAY, "40=2|59=0|", "40=2|59=0|"),
        (OrdType.MARKET_ON_CLOSE, TimeInForce.DAY, "40=5|59=0|", "40=1|59=7|"),
        (OrdType.MARKET_ON_CLOSE, TimeInForce.AT_THE_CLOSE, "40=5|59=0|", "40=1|59=7|"),
        (OrdType.LIMIT_ON_CLOSE, TimeInForce.DAY, "40=B|59=0|", "40=2|59=7|"),
        (OrdType.MARKET, TimeInForce.AT_THE_CLOSE, "40=5|59=0|", "40=1|59=7|"),
        (OrdType.LIMIT, TimeInForce.AT_THE_CLOSE, "40=B|59=0|", "40=2|59=7|"),
        (OrdType.PEGGED, TimeInForce.GOOD_TILL_CANCEL, "40=P|59=1|", "40=P|59=1|"),
    ],
)
def test_on_close_is_an_order_type_in_4_2_and_a_time_since(
    ord_type: OrdType, time_in_force: TimeInForce, in_42: str, in_44: str
) -> None:
    def said(version: Version) -> str:
        return version.order_kinds[ord_type, time_in_force].replace("\x01", "|")

    assert (said(FIX_42), said(FIX_44), said(FIX_50SP2)) == (in_42, in_44, in_44)
