"""The scenario files are right in themselves: reckoned once more from their messages, they end where they say."""

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.conformance.scenarios import ORDER_STATE
from tests.conformance.second_look import form, wrongs

HERE = Path(__file__).parent
MATRICES, OURS = form.load(HERE / "groups_e_to_l.json"), form.load(HERE / "bad_reports.json")
A_TO_D = {"A.1": "ab", "B.1": "abcdef", "C.1": "abc", "C.2": "a", "C.3": "abc", "D.1": "abc", "D.2": "abcd"}
E_TO_L = {"E.1": "abcdef", "F.1": "abc", "G.1": "abc", "H.1": "abcd", "I.1": "ab", "J.1": "abcd", "K.1": "ab", "L.1": "ab"}
TWO_COURSES = ("B.1.d.1", "B.1.d.2")
"""FIX prints one matrix, B.1.d, with two orders in it; the file of groups A to D has a scenario for each."""
CONTRADICTIONS = {("X.10", "by_a_fill"), ("X.16", "with_no_executions"), ("X.16", "more_than_ours")}
"""Courses whose reports tell other numbers than are true, and are neither stale nor set aside."""
CASES = [
    pytest.param(scenario.id, case, id=f"{scenario.id}-{case.case}") for scenario in MATRICES + OURS for case in scenario.cases
]


def ids(groups: dict[str, str]) -> list[str]:
    return [f"{group}.{letter}" for group, letters in groups.items() for letter in letters]


def written(name: str) -> list[dict[str, Any]]:
    """The scenarios as they are in the file, with what the form passes over."""
    scenarios: list[dict[str, Any]] = json.loads((HERE / name).read_text(encoding="utf-8"))["scenarios"]
    return scenarios


def test_the_matrices_are_those_of_groups_e_to_l() -> None:
    assert [scenario.id for scenario in MATRICES] == ids(E_TO_L)


def test_what_is_ours_is_named_so() -> None:
    assert [scenario.id for scenario in OURS] == [f"X.{number}" for number in range(1, len(OURS) + 1)]


@pytest.mark.skipif(not ORDER_STATE.exists(), reason=f"SKIPPED, NOTHING PROVED: {ORDER_STATE} is not there")
def test_with_groups_a_to_d_there_are_the_forty_eight_of_fix() -> None:
    others = [scenario.id for scenario in form.load(ORDER_STATE)]
    assert set(TWO_COURSES) <= set(others)
    matrices = ["B.1.d" if one in TWO_COURSES else one for one in others if one != TWO_COURSES[1]]
    assert matrices == ids(A_TO_D)
    assert len({*matrices, *(scenario.id for scenario in MATRICES)}) == 48


@pytest.mark.parametrize("scenario", MATRICES + OURS, ids=lambda scenario: scenario.id)
def test_cases_have_names_of_their_own(scenario: form.Scenario) -> None:
    names = [case.case for case in scenario.cases]
    assert len(set(names)) == len(names)
    assert scenario.id.startswith("X.") or names[0] == "main"


@pytest.mark.parametrize(("id_", "case"), CASES)
def test_a_course_ends_where_it_says(id_: str, case: form.Case) -> None:
    assert wrongs(case.steps, contradicts=(id_, case.case) in CONTRADICTIONS) == []


@pytest.mark.parametrize(("id_", "case"), [param for param in CASES if param.values[0] not in {"X.10", "X.16"}])
def test_the_second_look_sees_every_number_and_status(id_: str, case: form.Case) -> None:
    """Otherwise the test above proves nothing."""
    for number, step in enumerate(case.steps):
        if step.expect is None or step.expect.cum_qty is None:
            continue
        for other in (
            {"cum_qty": "77"},
            {"ord_status": "5"},
            {"pending_clordids": ("P",)},
            {"leaves_qty": "77"},
            {"order_qty": "77"},
        ):
            spoilt = replace(step, expect=replace(step.expect, **other))
            assert wrongs((*case.steps[:number], spoilt, *case.steps[number + 1 :])) != [], (step, other)


@pytest.mark.parametrize(("id_", "case"), CASES)
def test_only_two_messages_that_pass_each_other_share_a_time(id_: str, case: form.Case) -> None:
    together = [[step.dir for step in steps] for _, steps in groupby(case.steps, key=lambda step: step.t)]
    assert [dirs for dirs in together if dirs not in (["B>S"], ["S>B"], ["B>S", "S>B"])] == []
    assert len(together) == len({step.t for step in case.steps})


@pytest.mark.parametrize("name", ["groups_e_to_l.json", "bad_reports.json"])
def test_every_message_of_the_sell_side_has_a_cause_and_every_scenario_a_confidence(name: str) -> None:
    scenarios = written(name)
    assert {scenario["confidence"] for scenario in scenarios} <= {"high", "medium", "low"}
    assert {scenario["kind"] for scenario in scenarios} == {"appendix_d" if name.startswith("groups") else "ours"}
    steps = [step for scenario in scenarios for case in scenario["cases"] for step in case["steps"]]
    assert [step for step in steps if (step["dir"] == "S>B") != ("cause" in step)] == []


def test_messages_cross_in_the_groups_where_something_is_asked() -> None:
    crossed = {
        scenario.id[0]
        for scenario in MATRICES
        for case in scenario.cases
        if len({step.t for step in case.steps}) < len(case.steps)
    }
    assert crossed == set("EFGHIJK")
