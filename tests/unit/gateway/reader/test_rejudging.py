"""What risk said is said again, by the limits of then or by others, or it is told why nobody can know."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.reader import rejudging
from gateway.reader.rejudging import Judged, Rejudging, why_not_asked
from gateway.state import State
from oms.domain.events import OrderPlaced, OrderRefused
from oms.domain.refusal import Refusal
from oms.domain.terms import Decision
from risk.control import Control
from risk.limit import Limit
from risk.review import Basis, review
from risk.scope import parse
from risk.sheet import founding
from risk.supposed import Supposed
from tests.support import orders
from tests.support.client_side import CELL, PRINCIPAL, ClientSide
from tests.support.model_engine import Row, events
from tests.support.orders import MS, POLICY, QUOTE, SECOND, D, placed

ORDER = "35=D|11={}|55=EURUSD|54=1|38={}|40=2|44=1.3850"
FILL = "35=8|11={}|37=V{}|17=E{}|150=F|39=2|32={}|31=1.3850|38={}|14={}|151=0|75=20260105"
DAY = 86_400 * SECOND
DESK, TRADER = parse("account=DESK1"), parse(f"trader={PRINCIPAL}")


def rejudged(journal: list[Row], supposed: Supposed | None = None) -> list[Judged]:
    again = Rejudging(State(CELL), supposed)
    facts = zip(journal, events(journal), strict=True)
    found = [again.take(event, seq, row[0]) for seq, (row, event) in enumerate(facts, start=1)]
    return [one for one in found if one is not None]


def at(side: ClientSide, at_ns: int) -> None:
    """From then on, with a price of then."""
    side.engine.at_ns = at_ns
    side.engine.state.quotes["EURUSD"] = replace(QUOTE, at_ns=at_ns - 7 * MS)


def bought(side: ClientSide, name: str, qty: int) -> None:
    """An order of the client, filled at once."""
    side.asks(ORDER.format(name, qty))
    ours = next(reversed(side.raws))
    side.venue_says(FILL.format(ours, name, name, qty, qty, qty))


def a_day() -> list[Row]:
    """Two orders filled and one refused before midnight, and one placed after it."""
    side = ClientSide()
    at(side, DAY - 2 * SECOND)
    bought(side, "one", 1_000)
    bought(side, "two", 500)
    side.asks(ORDER.format("odd", 150))
    at(side, DAY + SECOND)
    side.asks(ORDER.format("next", 100))
    return side.engine.journal


def words(found: list[Judged]) -> list[tuple[str, str]]:
    said = [one.again.verdict for one in found]
    return [
        (one.asked.client_order_id, "passed" if verdict is None else verdict[0].value)
        for one, verdict in zip(found, said, strict=True)
    ]


def test_every_verdict_of_a_client_over_fix_is_said_again_with_its_numbers() -> None:
    found = rejudged(a_day())
    assert words(found) == [("one", "passed"), ("two", "passed"), ("odd", "ORDER_QTY_NOT_IN_LOTS"), ("next", "passed")]
    assert all(one.is_reproduced and not one.not_known for one in found)
    assert [one.asked.decision.quote_at_ns for one in found] == [DAY - 2 * SECOND - 7 * MS] * 3 + [DAY + SECOND - 7 * MS]


def test_other_limits_judge_each_order_on_what_really_happened() -> None:
    """The second order would have been stopped, and counts for the next ones all the same."""
    supposed = Supposed("x", (Limit(TRADER, Control.DAY_GROSS_VALUE_MAX, D(1_500)),), is_whole=False)
    found = rejudged(a_day(), supposed)
    assert words(found)[:3] == [("one", "passed"), ("two", "DAY_VALUE_EXCEEDS_MAX"), ("odd", "ORDER_QTY_NOT_IN_LOTS")]
    assert found[1].again.verdict is not None
    assert found[1].again.verdict[1] == f"day_gross_value=1385 added=692.5 day_gross_value_max=1500 scope=trader={PRINCIPAL}"
    assert {one.limits_version for one in found} == {"v1+x"}


def test_a_row_stands_for_the_one_of_its_scope_and_control() -> None:
    tighter, looser = (Supposed("x", (Limit(DESK, Control.ORDER_QTY_MAX, D(n)),), is_whole=False) for n in (99, 10**9))
    assert words(rejudged(a_day(), tighter))[3] == ("next", "ORDER_QTY_EXCEEDS_MAX")
    assert words(rejudged(a_day(), looser))[3] == ("next", "passed")
    sheet = tighter.over(founding(POLICY))
    assert len(sheet.limits) == len(founding(POLICY).limits)


def test_a_whole_sheet_leaves_no_other_limit() -> None:
    found = rejudged(a_day(), Supposed("bare", (Limit(DESK, Control.ORDER_QTY_MAX, D(10**9)),), is_whole=True))
    assert {said for _, said in words(found)} == {"MISSING_LIMIT"}
    assert {one.limits_version for one in found} == {"bare"}


def test_a_verdict_of_limits_that_are_not_at_hand_is_not_known() -> None:
    journal = [(at_ns, kind, version, payload.replace(b'"v1"', b'"v0"')) for at_ns, kind, version, payload in a_day()]
    assert {one.not_known for one in rejudged(journal)} == {"it was judged by limits v0, and those at hand are v1"}
    assert {one.not_known for one in rejudged(journal, Supposed("x", (), is_whole=False))} == {""}


def test_a_verdict_of_which_one_side_of_the_quote_was_kept_is_not_known() -> None:
    state, decision = State(CELL), Decision("v1", worst_px=D("1.3850"), reference_px=D("1.3852"), reference_age_ms=1)
    (judged,) = (Rejudging(state).take(placed(decision=decision), 1, SECOND),)
    assert judged is not None
    assert judged.not_known == "both sides of the quote are in no record of that time"


def test_a_verdict_that_needed_no_quote_is_not_known_where_one_is_needed() -> None:
    refused = OrderRefused("c1", orders.PRINCIPAL, orders.terms(), Refusal.MISSING_LIMIT, "account=DESK1", Decision("v1"))
    judged = Rejudging(State(CELL)).take(refused, 1, SECOND)
    assert judged is not None
    assert judged.not_known == "no quote was recorded with it"


@pytest.mark.parametrize("look", [lambda quotes: quotes.get("GBPUSD"), lambda quotes: "GBPUSD" in quotes or quotes["GBPUSD"]])
def test_a_verdict_that_turns_on_another_quote_is_not_known(look: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """No check looks at the price of another instrument yet; a position in many would be valued so."""

    def curious(basis: Basis, *asked: Any) -> Any:
        with contextlib.suppress(KeyError):
            look(basis.quotes)
        return review(basis, *asked)

    monkeypatch.setattr(rejudging, "review", curious)
    assert {one.not_known for one in rejudged(a_day())} == {"it turns on quotes that were not recorded with it: GBPUSD"}


def test_what_risk_was_never_asked_is_said_so() -> None:
    down = OrderRefused("c1", orders.PRINCIPAL, orders.terms(), Refusal.SESSION_DOWN, "session=BROKER")
    assert Rejudging(State(CELL)).take(down, 1, SECOND) is None
    assert why_not_asked(down) == "refused before risk was asked: SESSION_DOWN session=BROKER"
    assert why_not_asked(placed()) == "a parent, and not judged: each of its children is"
    assert why_not_asked(placed(decision=Decision("v1"))) == ""


def test_a_message_waits_for_what_it_has_caused_and_for_nothing_else() -> None:
    """The state after each record, but for a message that came last, is that of a plain fold."""
    journal = a_day()
    again, plain = Rejudging(State(CELL)), State(CELL)
    for seq, (row, event) in enumerate(zip(journal, events(journal), strict=True), start=1):
        again.take(event, seq, row[0])
        plain.apply(event, seq, row[0])
        assert again.state.seq in (seq, seq - 1)
        if isinstance(event, OrderPlaced):
            assert again.state.seq == seq
            assert again.state.exposures.ledger.reservations == plain.exposures.ledger.reservations
