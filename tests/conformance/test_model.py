"""The order model passes the matrices of groups A to D in the buy side's role, whichever way messages cross."""

import pytest

from gateway.simulator.scenario import Case, Step, crossings, load
from oms.domain.refusal import Refusal
from tests.conformance.buy_side import BuySide, Refused
from tests.conformance.scenarios import ORDER_STATE

MATRICES, CASES, COURSES = 23, 53, 65
"""Twelve of the cases hold one crossing each."""
UNKNOWN_ORDER = "B.1.f"
"""A cancel of an order that nobody knows: we refuse it ourselves, and the venue never hears of it."""
SCENARIOS = load(ORDER_STATE) if ORDER_STATE.exists() else ()
pytestmark = pytest.mark.skipif(not SCENARIOS, reason=f"SKIPPED, NOTHING PROVED: {ORDER_STATE} is not there")


PLAYED = [
    pytest.param(case, id=f"{scenario.id}-{case.case}")
    for scenario in SCENARIOS
    if scenario.id != UNKNOWN_ORDER
    for case in scenario.cases
]


def play(course: tuple[Step, ...]) -> BuySide:
    """Both sides of a crossing have been played before the order is looked at."""
    desk = BuySide()
    for step, following in zip(course, (*course[1:], None), strict=True):
        desk.play(step)
        if step.expect is not None and (following is None or following.t != step.t):
            desk.assert_stands(step.alternatives)
    return desk


def test_every_matrix_of_the_file_is_here_and_every_crossing() -> None:
    cases = [case for scenario in SCENARIOS for case in scenario.cases]
    assert (len(SCENARIOS), len(cases), sum(len(crossings(case)) for case in cases)) == (MATRICES, CASES, COURSES)


@pytest.mark.parametrize("case", PLAYED)
def test_the_order_stands_as_the_matrix_says(case: Case) -> None:
    assert not play(case.steps).too_late


@pytest.mark.parametrize("case", PLAYED)
def test_messages_that_cross_end_the_same_in_either_order(case: Case) -> None:
    """A fill that comes before we ask may leave nothing to ask for: then the order stands as if the venue had refused."""
    ends = [play(course).stands() for course in crossings(case)]
    assert ends == [ends[0]] * len(ends)


def test_a_cancel_of_an_order_that_nobody_knows_is_refused_here() -> None:
    [case] = next(scenario for scenario in SCENARIOS if scenario.id == UNKNOWN_ORDER).cases
    with pytest.raises(Refused, match=str(Refusal.UNKNOWN_ORDER)):
        BuySide().play(case.steps[0])
