"""Rows of reference data in the contract's words and in ours: the same there and back, and refused by their place where wrong."""

from typing import Any, get_args

import pytest

from gateway.api.v1.reference_pb2 import Adv as Told
from gateway.api.v1.reference_pb2 import ReferenceRow
from gateway.api.v1.reference_service_pb2 import SetReferenceRequest
from gateway.control.identity import Principal, Role
from gateway.control.reference_rows import BY_NAME, row, shown
from gateway.control.reference_service import ROWS_MAX, command
from gateway.control.status import Refused
from oms.domain.fields import OrdType, TimeInForce
from oms.domain.reference import (
    Adv,
    Allowed,
    AllowList,
    AnyRow,
    EasyToBorrow,
    FxRate,
    LastTrade,
    Locate,
    Market,
    MarketState,
    PriorClose,
    Restricted,
    RestrictedList,
    Restriction,
    ShortRestriction,
)
from tests.support.orders import D

ROWS: tuple[AnyRow, ...] = (
    Adv("EURUSD", D("1000.5")),
    PriorClose("EURUSD", D("1.38")),
    LastTrade("EURUSD", D("1.39")),
    *(Market("EURUSD", state) for state in MarketState),
    ShortRestriction("EURUSD", is_on=True),
    ShortRestriction("EURUSD", is_on=False),
    EasyToBorrow("EURUSD", is_easy=True),
    EasyToBorrow("EURUSD", is_easy=False),
    Locate("L1", "EURUSD", D(0), "DESK1"),
    Locate("L1", "EURUSD", D(5)),
    FxRate("EUR", "USD", D("1.1")),
    FxRate("EUR", "USD", D("1.1"), D(100)),
    RestrictedList("firm", tuple(Restricted("symbol=EURUSD", one, "why") for one in Restriction)),
    RestrictedList("firm"),
    AllowList("desk", (Allowed("firm", tuple(OrdType), tuple(TimeInForce), "08:00", "17:00"), Allowed("account=DESK1"))),
)
FEED = Principal("spiffe://fixgate/dev/feed/vendor", Role.FEED, frozenset())
BOSS = Principal("spiffe://fixgate/dev/risk/alice", Role.RISK, frozenset())


@pytest.mark.parametrize("ours", ROWS, ids=str)
def test_a_row_is_the_same_there_and_back(ours: AnyRow) -> None:
    assert row(ReferenceRow.FromString(shown(ours).SerializeToString()), 0) == ours


def test_every_kind_is_in_the_contract_and_here() -> None:
    assert set(BY_NAME) == {field.name for field in ReferenceRow.DESCRIPTOR.fields}
    assert {type(ours) for ours in ROWS} == set(get_args(AnyRow))


def request(*rows: Any, **changes: Any) -> SetReferenceRequest:
    made = SetReferenceRequest(**({"client_order_id": "R1", "source": "vendor"} | changes), rows=rows)
    if "as_of" not in changes:
        made.as_of.seconds = 1
    return made


GOOD = shown(ROWS[0])


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (request(), "rows: there are 0; 1 to 5000 are allowed"),
        (request(*[GOOD] * (ROWS_MAX + 1)), "rows: there are 5001; 1 to 5000 are allowed"),
        (request(GOOD, GOOD), "rows[1]: adv EURUSD is there twice"),
        (request(GOOD, ReferenceRow()), "rows[1]: holds no row"),
        (request(ReferenceRow(adv=Told(symbol="EURUSD", adv20="NaN"))), "rows[0].adv: adv20 is NaN, and must be"),
        (request(ReferenceRow(adv=Told(symbol="EURUSD", adv20="x"))), "rows[0].adv: "),
        (request(ReferenceRow(adv=Told(symbol="EURUSD"))), "rows[0].adv: Object missing required field `adv20`"),
        (request(shown(RestrictedList("a", (Restricted("desk=EQ", Restriction.WATCH),)))), "rows[0]: restricted_list a: scope"),
        (request(GOOD, source="a b"), "source: "),
        (request(GOOD, client_order_id=""), "client_order_id: is missing"),
        (SetReferenceRequest(client_order_id="R1", source="vendor", rows=[GOOD]), "as_of: is missing"),
    ],
)
def test_what_is_wrong_is_refused_by_its_place(asked: SetReferenceRequest, problem: str) -> None:
    with pytest.raises(Refused) as refused:
        command(asked, BOSS)
    assert f"{refused.value.field}: {refused.value.text}".startswith(problem)


@pytest.mark.parametrize("ours", [RestrictedList("firm"), AllowList("desk")])
def test_who_may_do_what_is_not_for_a_feed_to_say(ours: AnyRow) -> None:
    assert command(request(shown(ours)), BOSS).rows == (ours,)
    with pytest.raises(Refused, match="NOT_PERMITTED"):
        command(request(GOOD, shown(ours)), FEED)


def test_the_digest_knows_the_time_and_the_rows() -> None:
    asked = request(GOOD)
    later = request(GOOD, as_of={"seconds": 2})
    digests = [command(one, FEED).digest for one in (asked, asked, later, request(shown(ROWS[1])))]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
