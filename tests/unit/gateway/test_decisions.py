"""What a verdict was made of: read back from records of any age, and told with all that follows from it."""

from gateway.api.v1 import order_pb2
from gateway.control import orders
from gateway.facts import CATALOGUE
from gateway.state import State
from oms.domain.terms import Decision
from tests.support.orders import CELL, MS, D, placed

OLD = Decision("v1", worst_px=D("1.3850"), reference_px=D("1.3852"), reference_age_ms=7, order_notional=D("1385.0"))
NEW = Decision("v1", D("1.3850"), D("1.3852"), 5 * MS, D("1.3850"))
OF_OLD = (
    b'{"root_id":"FG00000001","client_order_id":"c1","principal":"trader/desk1","session":"BROKER","grant":7,"terms":'
    b'{"account":"DESK1","symbol":"EURUSD","side":"1","ord_type":"2","order_qty":"1000","price":"1.3850"},"decision":'
    b'{"limits_version":"v1","reference_px":"1.3852","reference_age_ms":7,"worst_px":"1.3850","order_notional":"1385.0"},'
    b'"parent_id":""}'
)


def shown(decision: Decision) -> order_pb2.Decision:
    state = State(CELL)
    state.apply(placed(decision=decision), 1, 12 * MS)
    seen = orders.seen(state, state.book.chains["FG00000001"])
    return orders.order(seen).requests[0].decision


def test_a_record_from_before_both_sides_were_kept_is_read_as_it_was() -> None:
    assert CATALOGUE.decode("OrderPlaced", 1, OF_OLD) == placed(decision=OLD)


def test_what_is_written_is_read_back() -> None:
    kind, version, payload = CATALOGUE.encode(placed(decision=NEW))
    assert CATALOGUE.decode(kind, version, payload) == placed(decision=NEW)
    assert b"reference" not in payload


def test_what_follows_from_a_decision_is_told_with_it() -> None:
    expected = order_pb2.Decision(
        limits_version="v1",
        reference_px="1.3852",
        reference_age_ms=7,
        worst_px="1.385",
        order_notional="1385",
        bid_px="1.385",
        offer_px="1.3852",
    )
    expected.quote_at.nanos = 5 * MS
    assert shown(NEW) == expected


def test_an_old_decision_is_told_as_it_was_kept() -> None:
    expected = order_pb2.Decision(
        limits_version="v1", reference_px="1.3852", reference_age_ms=7, worst_px="1.385", order_notional="1385"
    )
    assert shown(OLD) == expected
