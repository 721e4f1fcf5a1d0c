"""What risk holds is proved by the orders: every number that is wrong is found, and named with its place."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.domain.chain import Chain
from oms.domain.events import Event
from oms.domain.fields import ExecType, OrdStatus
from oms.domain.order import evolve
from oms.domain.terms import Decision
from risk.exposure import Exposure
from risk.latches import Latches
from risk.ledger import Ledger, Tally, Usage
from risk.proof import Witness, digest, usages, wrong
from risk.scope import FIRM, Dimension, Facets, scope
from tests.support.orders import PRINCIPAL, SESSION, D, fill, placed, report, said

SYMBOL = scope({Dimension.ACCOUNT: "DESK1", Dimension.SYMBOL: "EURUSD"})
SCOPES = (FIRM, SYMBOL)
FACETS = Facets("DESK1", "EURUSD", PRINCIPAL, SESSION, currency="USD")
ROOT = "FG00000001"
FACTS: tuple[Event, ...] = (
    placed(ROOT, decision=Decision("v1", worst_px=D("1.3850"))),
    said(report(ExecType.NEW, OrdStatus.NEW)),
    said(fill(600, exec_id="E2", cum_qty=D(600))),
)


def held() -> tuple[Ledger, Witness, Chain]:
    """600 of 1,000 have traded."""
    ledger, witness, chain = Ledger(), Witness({}), None
    ledger.watch(SCOPES)
    for fact in FACTS:
        before, chain = chain, evolve(chain, fact, 1)  # type: ignore[arg-type]
        ledger.changed(FACETS, D(1), before, chain)
        witness.saw(FACETS, D(1), before, chain)
    assert chain is not None
    return ledger, witness, chain


def found(ledger: Ledger, chain: Chain) -> str:
    return wrong(ledger, SCOPES, [(FACETS, D(1), chain)])


def test_nothing_is_wrong_with_what_was_folded() -> None:
    ledger, witness, chain = held()
    assert (found(ledger, chain), witness.wrong(ledger)) == ("", "")


def test_an_order_that_reserves_nothing_is_found() -> None:
    ledger, _, chain = held()
    del ledger.reservations[ROOT]
    assert found(ledger, chain).startswith(f"order {ROOT}: None is reserved, and ")


def test_a_reservation_of_an_order_that_has_ended_is_found() -> None:
    ledger, _, _ = held()
    assert wrong(ledger, SCOPES, []).startswith(f"order {ROOT}: ")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (
            lambda ledger: _usage(ledger).free(_open(ledger), has_symbol=True),
            "open_buy_value is 0.0000, and adds up to 554.0000",
        ),
        (lambda ledger: setattr(_usage(ledger), "pos_qty", D(500)), "pos_qty is 500, and adds up to 600"),
        (lambda ledger: setattr(_usage(ledger), "day_net_value", D(1)), "day_net_value is 1, and adds up to 831.0000"),
        (lambda ledger: ledger.usages[SYMBOL].clear(), "open_buy_value is 0, and adds up to 554.0000"),
    ],
)
def test_a_usage_that_is_not_the_sum_is_found_with_its_scope_and_number(spoil: Callable[[Ledger], None], says: str) -> None:
    ledger, _, chain = held()
    spoil(ledger)
    assert found(ledger, chain) == f"scope {SYMBOL.text} USD: {says}"


def test_a_position_that_is_not_what_its_orders_traded_is_found() -> None:
    ledger, witness, chain = held()
    ledger.tallies[FACETS] = replace(ledger.tallies[FACETS], pos_qty=D(100))
    assert found(ledger, chain) == f"{FACETS}: pos_qty is 100, and by its orders 600"
    assert witness.wrong(ledger) == f"{FACETS}: pos_qty is 100, and by what traded 600"


def test_a_day_s_value_that_is_not_what_traded_is_found_by_the_witness() -> None:
    ledger, witness, _ = held()
    ledger.tallies[FACETS] = replace(ledger.tallies[FACETS], day_bought_value=D(1))
    assert witness.wrong(ledger) == f"{FACETS}: day_bought_value is 1, and by what traded 831.0000"


def test_a_tally_that_is_gone_is_found_by_the_witness() -> None:
    ledger, witness, _ = held()
    ledger.tallies.clear()
    assert witness.wrong(ledger) == f"{FACETS}: pos_qty is 0, and by what traded 600"


def test_a_day_ends_for_the_witness_as_for_the_ledger() -> None:
    ledger, witness, chain = held()
    ledger.end_day(SESSION)
    assert witness.wrong(ledger) != ""
    witness.ended_day(frozenset({SESSION}))
    assert (witness.wrong(ledger), found(ledger, chain)) == ("", "")


def test_the_sums_are_those_of_all_within_a_scope() -> None:
    ledger, _, _ = held()
    reserved = {root_id: (r.facets, r.exposure) for root_id, r in ledger.reservations.items()}
    other = replace(FACETS, account="DESK2")
    again = usages(SCOPES, reserved, {**ledger.tallies, other: Tally(day_sold_value=D(7))})
    assert again[SYMBOL, "USD"] == _usage(ledger)
    assert again[FIRM, "USD"].day_sold_value == 7
    assert again[FIRM, "USD"].pos_qty == 0


def test_the_hash_is_of_the_numbers_and_not_of_how_they_came_about() -> None:
    one, _, _ = held()
    other, _, _ = held()
    _usage(other).day_net_value = Decimal("831.0")
    assert digest(one, Latches()) == digest(other, Latches())
    _usage(other).day_net_value = Decimal("831.1")
    assert digest(one, Latches()) != digest(other, Latches())


def _usage(ledger: Ledger) -> Usage:
    return ledger.usages[SYMBOL]["USD"]


def _open(ledger: Ledger) -> Exposure:
    return ledger.reservations[ROOT].exposure
