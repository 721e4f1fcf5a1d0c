"""Custom fields are found by whoever carried them, in either direction."""

from oms.domain.events import ReplaceRequested
from oms.domain.fields import ExecType, OrdStatus
from oms.domain.terms import Instructions
from tests.support.orders import GRANT, PRINCIPAL, SESSION, book, placed, report, said, terms

ROOT, NEXT = "FG00000001", "FG00000002"


def test_an_order_is_found_by_what_it_carried_to_the_venue() -> None:
    carried = terms(instructions=Instructions(custom=((9000, "abc"), (9001, "a=b"))))
    found = book(placed(wanted=carried)).tagged
    assert found.has(ROOT, 9000, "abc")
    assert found.has(ROOT, 9001, "a=b")
    assert found.has(ROOT, 9000, "")
    assert not found.has(ROOT, 9000, "ab")
    assert not found.has(ROOT, 900, "")
    assert not found.has(NEXT, 9000, "abc")


def test_an_order_is_found_by_what_the_venue_said_of_it_and_by_what_a_replace_carried() -> None:
    told = said(report(ExecType.NEW, OrdStatus.NEW, custom=((7001, "desk 4"),)))
    carried = terms(2_000, instructions=Instructions(custom=((9002, "x"),)))
    asked = ReplaceRequested(ROOT, NEXT, ROOT, "r1", PRINCIPAL, SESSION, GRANT, carried)
    found = book(placed(), told, asked).tagged
    assert found.has(ROOT, 7001, "desk 4")
    assert found.has(ROOT, 9002, "x")


def test_an_order_without_any_leaves_nothing_behind() -> None:
    assert book(placed(), said(report(ExecType.NEW, OrdStatus.NEW))).tagged == {}
