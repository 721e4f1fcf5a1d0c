"""The conformance run in its short form: `make conformance` is the long one."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.simulator.scenario import Course, courses, load
from tests.conformance.role import Role
from tests.conformance.run import Outcome, run
from tests.conformance.scenarios import ORDER_STATE, bad_reports

PLAYED = ("B.1.b/main/1", "B.1.b/main/2", "B.1.f/main/1", "C.2.a/main/2", "D.2.a/main/1")
"""A crossing in both orders, an order that nobody knows, a replace that comes too late, and two replaces on their way at once."""
WRONG = "A.1.a/main/1"
BAD_REPORTS = 54
"""Courses of races and impossible reports."""
needs_order_state = pytest.mark.skipif(not ORDER_STATE.exists(), reason=f"SKIPPED, NOTHING PROVED: {ORDER_STATE} is not there")


def spoilt(course: Course) -> Course:
    """The same, expecting at its second step what will not be."""
    ack = course[1]
    assert ack.expect is not None
    return (course[0], replace(ack, expect=replace(ack.expect, cum_qty="7")), *course[2:])


async def played(role: Role, courses: Mapping[str, Course], rounds: int) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix="fixgate-conformance-"))  # Not pytest's: the database's own user must get there.
    try:
        return await run(folder, role, courses, rounds)
    finally:
        shutil.rmtree(folder)


@needs_order_state
@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
async def test_courses_stand_as_expected_over_a_kill_and_one_that_does_not_is_told(role: Role) -> None:
    known = courses(load(ORDER_STATE))
    wanted = {name: known[name] for name in PLAYED} | {WRONG: spoilt(known[WRONG])}
    outcome = await played(role, wanted, rounds=1)
    difference = "step 2 (t=2, 8 S>B): cum_qty is 0 instead of 7"
    assert outcome.failures == ((WRONG, difference), (WRONG, f"with kills: {difference}"))
    assert (outcome.courses, outcome.courses_passed) == (6, 5)
    assert (outcome.crash_points, outcome.crash_points_passed) == (6, 6)


@pytest.mark.slow
async def test_races_and_impossible_reports_leave_the_orders_right_and_are_told_over_kills_of_engine_and_worker() -> None:
    """A kill after the order, its ack, and the first of what cannot be: what is set aside stays so."""
    outcome = await played(Role.GRPC, bad_reports(), rounds=3)
    assert outcome == Outcome(BAD_REPORTS, BAD_REPORTS, 3 * BAD_REPORTS, 3 * BAD_REPORTS, failures=())
