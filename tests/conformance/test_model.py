"""The order model passes the matrices in the buy side's role, whichever way messages cross, and takes what no matrix shows."""

import pytest

from gateway.simulator.scenario import Case, Step, crossings, load
from oms.domain.refusal import Refusal
from tests.conformance.buy_side import BuySide, Refused
from tests.conformance.scenarios import BAD_REPORTS, GROUPS_E_TO_L, ORDER_STATE

MATRICES, CASES, COURSES = 23, 53, 65
"""Twelve of the cases hold one crossing each."""
UNKNOWN_ORDER = "B.1.f"
"""A cancel of an order that nobody knows: we refuse it ourselves, and the venue never hears of it."""
REUSED = "F.1.a/reused_by_a_replace"
"""A replace under an id that was used before: no client can make us send one."""
SCENARIOS = load(ORDER_STATE) if ORDER_STATE.exists() else ()
OURS = (*load(GROUPS_E_TO_L), *load(BAD_REPORTS))
needs_order_state = pytest.mark.skipif(not SCENARIOS, reason=f"SKIPPED, NOTHING PROVED: {ORDER_STATE} is not there")

PLAYED = [
    pytest.param(case, id=f"{scenario.id}-{case.case}")
    for scenario in (*SCENARIOS, *OURS)
    if scenario.id != UNKNOWN_ORDER
    for case in scenario.cases
    if f"{scenario.id}/{case.case}" != REUSED
]


def play(course: tuple[Step, ...]) -> BuySide:
    """Both sides of a crossing have been played before the order is looked at."""
    desk = BuySide()
    for step, following in zip(course, (*course[1:], None), strict=True):
        desk.play(step)
        if step.expect is not None and (following is None or following.t != step.t):
            desk.assert_stands(step.alternatives)
    return desk


@needs_order_state
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


@needs_order_state
def test_a_cancel_of_an_order_that_nobody_knows_is_refused_here() -> None:
    [case] = next(scenario for scenario in SCENARIOS if scenario.id == UNKNOWN_ORDER).cases
    with pytest.raises(Refused, match=str(Refusal.UNKNOWN_ORDER)):
        BuySide().play(case.steps[0])


def test_a_replace_under_an_id_that_was_used_is_refused_here() -> None:
    [case] = [case for scenario in OURS if scenario.id == "F.1.a" for case in scenario.cases if REUSED.endswith(case.case)]
    desk = BuySide()
    for step in case.steps[:2]:
        desk.play(step)
    with pytest.raises(Refused, match=str(Refusal.DUPLICATE_CLIENT_ORDER_ID)):
        desk.play(case.steps[2])
