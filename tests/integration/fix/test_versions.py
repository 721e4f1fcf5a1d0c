"""A real worker towards a venue of each version: what it sends is that version's, what it hears is ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import link
from gateway.codec import reading, writing
from gateway.codec.message import message
from gateway.codec.version import FIX_42, FIX_44, FIX_50SP2, Version
from oms.domain.fields import DKReason, ExecType, OrderCapacity, OrdStatus, OrdType, PositionEffect, Side
from oms.domain.report import CancelReject, ExecutionReport, MassCancelReport, Report
from oms.domain.terms import Instructions
from tests.integration.fix.counterparty import Counterparty
from tests.integration.fix.rig import Rig
from tests.support.orders import D, fill, terms

AT_NS = 1_767_323_045_678_901_999
TIME = "20260102-03:04:05.678901"
HOW = Instructions(
    exec_inst="G",
    max_floor=D(100),
    position_effect=PositionEffect.OPEN,
    order_capacity=OrderCapacity.AGENCY,
    locate_reqd=False,
    locate_id="L1",
    custom=((9001, "x"),),
)
SHORT = terms(side=Side.SELL_SHORT, ord_type=OrdType.LIMIT_ON_CLOSE, instructions=HOW)
ORDER = {1: "DESK1", 21: "1", 55: "EURUSD", 54: "5", 60: TIME, 38: "1000", 44: "1.385", 18: "G", 111: "100", 77: "O"}
ORDER |= {114: "N", 5700: "L1", 9001: "x"}
IN_VERSION = {
    FIX_42: {40: "B", 59: "0", 47: "A"},
    FIX_44: {40: "2", 59: "7", 528: "A"},
    FIX_50SP2: {40: "2", 59: "7", 528: "A"},
}
_FRAME = {8, 9, 10, 34, 35, 49, 52, 56}


class Trade:
    """One session of one version, logged on."""

    def __init__(self, version: Version, rig: Rig, venue: Counterparty) -> None:
        self.version, self.rig, self.venue = version, rig, venue
        rig.granted()
        logon = [(1137, "9")] if version is FIX_50SP2 else []
        self.logon = venue.log_on(1, *logon)
        rig.hear(link.LoggedOn)

    def venue_hears(self, msg_type: str, text: str) -> dict[int, str]:
        """The body of what arrives when this is sent."""
        self.rig.say(link.Send(9, "FG1", "FG1", msg_type, 0, text))
        heard = self.venue.receive(msg_type)
        assert heard[8] == self.version.begin_string
        return {tag: value for tag, value in heard.items() if tag not in _FRAME}

    def we_hear(self, msg_type: str, line: str) -> Report | None:
        """What it means that the venue says this, written with bars."""
        parts = [part.partition("=") for part in line.split("|")]
        self.venue.send(msg_type, *[(int(tag), value) for tag, _, value in parts])
        while (read := message(self.rig.hear(link.Received).raw)).msg_type != msg_type:
            pass
        return reading.report(read, self.version)


@pytest.fixture(params=[FIX_42, FIX_44, FIX_50SP2], ids=repr)
def trade(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Trade]:
    with Counterparty(request.param) as venue, Rig(tmp_path, venue.port, version=request.param) as rig:
        yield Trade(request.param, rig, venue)


def test_requests_arrive_in_the_words_of_the_version(trade: Trade) -> None:
    version = trade.version
    order = ORDER | IN_VERSION[version]
    assert trade.logon.get(1137, "") == ("9" if version is FIX_50SP2 else "")
    assert trade.venue_hears("D", writing.new_order_single(version, "FG1", SHORT, AT_NS)) == order | {11: "FG1"}
    changed = writing.order_cancel_replace_request(version, "FG2", "FG1", SHORT, AT_NS, poss_resend=True)
    assert trade.venue_hears("G", changed) == order | {11: "FG2", 41: "FG1", 97: "Y"}
    canceled = trade.venue_hears("F", writing.order_cancel_request(version, "FG3", "FG2", SHORT, AT_NS))
    assert canceled == {tag: order[tag] for tag in (1, 55, 54, 38, 60, 9001)} | {11: "FG3", 41: "FG2"}
    told = fill(300, symbol="EURUSD", side=Side.SELL_SHORT)
    unknown = trade.venue_hears("Q", writing.dont_know_trade(version, told, DKReason.NO_MATCHING_ORDER))
    assert unknown == {37: "V1", 17: "E1", 127: "D", 55: "EURUSD", 54: "5", 32: "300", 31: "1.385"}


def test_reports_are_understood_in_our_words(trade: Trade) -> None:
    def said(line: str, in_42: str, since: str) -> ExecutionReport:
        told = trade.we_hear("8", f"37=V1|11=FG1|55=EURUSD|54=5|6=0|{line}|{in_42 if trade.version is FIX_42 else since}")
        assert isinstance(told, ExecutionReport), told
        return told

    new = said("17=E1|14=0|151=1000|9001=x|5001=y z", "20=0|150=0|39=0", "150=0|39=0")
    assert (new.exec_type, new.ord_status, sorted(new.custom)) == (ExecType.NEW, OrdStatus.NEW, [(5001, "y z"), (9001, "x")])
    traded = said("17=E2|14=300|151=700|32=300|31=9", "20=0|150=1|39=1", "150=F|39=1")
    assert (traded.exec_type, traded.last_qty, traded.last_px) == (ExecType.TRADE, D(300), D(9))
    replaced = said("17=E3|41=FG0|14=300|151=1700", "20=0|150=5|39=5", "150=5|39=1")
    assert (replaced.exec_type, replaced.ord_status) == (ExecType.REPLACED, OrdStatus.PARTIALLY_FILLED)
    corrected = said("17=E4|19=E2|14=200|151=1800|32=200|31=9", "20=2|150=1|39=1", "150=G|39=1")
    assert (corrected.exec_type, corrected.exec_ref_id, corrected.last_qty) == (ExecType.TRADE_CORRECT, "E2", D(200))
    busted = said("17=E5|19=E4|14=0|151=2000|32=200|31=9", "20=1|150=0|39=0", "150=H|39=0")
    assert (busted.exec_type, busted.exec_ref_id, busted.ord_status) == (ExecType.TRADE_CANCEL, "E4", OrdStatus.NEW)
    stated = said("17=0|14=0|151=2000", "20=3|150=0|39=0", "150=I|39=0")
    assert (stated.exec_type, stated.ord_status) == (ExecType.ORDER_STATUS, OrdStatus.NEW)
    rejected = trade.we_hear("9", "37=V1|11=FG2|41=FG1|39=0|434=1|102=0")
    assert isinstance(rejected, CancelReject)


@pytest.mark.parametrize("trade", [FIX_44, FIX_50SP2], indirect=True, ids=repr)
def test_mass_requests_are_answered_where_there_are_any(trade: Trade) -> None:
    version = trade.version
    asked = trade.venue_hears("q", writing.order_mass_cancel_request(version, "FG9", AT_NS))
    assert asked == {11: "FG9", 530: "7", 60: TIME}
    assert trade.venue_hears("AF", writing.order_mass_status_request(version, "M1")) == {584: "M1", 585: "7"}
    assert trade.we_hear("r", "37=V9|1369=R1|11=FG9|530=7|531=7|533=3") == MassCancelReport("FG9", "7", "7", "", 3)


@pytest.mark.parametrize("version", [FIX_42, FIX_50SP2], ids=repr)
def test_prices_come_in_every_version(version: Version, tmp_path: Path) -> None:
    with Counterparty(version) as venue, Rig(tmp_path, venue.port, kind="data", version=version) as rig:
        trade = Trade(version, rig, venue)
        asked = trade.venue_hears("V", writing.market_data_request(version, "m", "EURUSD"))
        assert (asked[262], asked[146], asked[55]) == ("m", "1", "EURUSD")
        venue.send("W", (262, "m"), (55, "EURUSD"), (268, "2"), (269, "0"), (270, "1.1"), (269, "1"), (270, "1.2"))
        assert b"\x01268=2\x01269=0\x01270=1.1\x01269=1\x01270=1.2\x01" in rig.hear(link.Received).raw
