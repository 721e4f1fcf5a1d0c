"""How a course is judged: every difference counts, and what the gateway rightly answers itself is no difference."""

from typing import Any

import pytest

from gateway.simulator.scenario import Expected, Step
from tests.conformance.client import AlreadyAsked, Refused, Standing
from tests.conformance.part import Part, Standings
from tests.conformance.scenarios import matrix

ORDER = Step("1", "B>S", "D", {11: "X", 38: "100"})
AGAIN, RESENT = Step("2", "B>S", "D", {11: "X", 38: "200"}), Step("2", "B>S", "D", {11: "X", 38: "100", 97: "Y"})
CANCEL, CANCEL_OF_NOBODY = Step("2", "B>S", "F", {11: "Y", 41: "X"}), Step("2", "B>S", "F", {11: "Y", 41: "N"})
STANDS = Standing("X", (), (), "40", "60", "100", "50", "1")
WANTED = Expected("X", "X", (), "40", "60", "100", "1", books_trade=True, avg_px="50.0000000000")


def standings(**changes: Any) -> Standings:
    given = {name: getattr(STANDS, name) for name in STANDS.__struct_fields__}
    return {("run/T.1/main/1", "X"): Standing(**(given | changes))}


def part(*steps: Step, is_printed: bool = True) -> Part:
    return Part("T.1/main/1", "run", steps, is_printed=is_printed)


def difference(wanted: Expected, found: Standings, **more: Any) -> str:
    """What is wrong with the only step."""
    judged = part(Step("2", "S>B", "8", {11: "X"}, wanted, **more))
    judged.look(0, found)
    return judged.failure.removeprefix("step 1 (t=2, 8 S>B): ")


def test_an_order_that_stands_as_expected_is_right() -> None:
    assert difference(WANTED, standings()) == ""


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (standings(accepted_clordid="Y"), "accepted_clordid is Y instead of X"),
        (standings(pending_clordids=("Y",)), "pending_clordids is ('Y',) instead of ()"),
        (standings(cum_qty="41"), "cum_qty is 41 instead of 40"),
        (standings(leaves_qty="61"), "leaves_qty is 61 instead of 60"),
        (standings(order_qty="101"), "order_qty is 101 instead of 100"),
        (standings(ord_status="2"), "ord_status is 2 instead of 1"),
        (standings(avg_px="51"), "avg_px is 51.0000000000 instead of 50.0000000000"),
        (standings(cum_qty="40.0", avg_px="50.00000000001"), ""),
        ({}, "there is no order X"),
        ({("run/T.9/main/1", "X"): STANDS}, "there is no order X"),
    ],
)
def test_every_difference_is_told(found: Standings, told: str) -> None:
    assert difference(WANTED, found) == told


def test_what_the_client_is_not_told_is_not_as_expected() -> None:
    assert difference(Expected("X", overfill_qty="5"), standings()) == "overfill_qty is not told instead of 5"
    assert difference(Expected("X", overfill_qty="5"), standings(overfill_qty="5")) == ""


def test_a_split_trades_nothing() -> None:
    judged = part(Step("1", "S>B", "8", {11: "X"}), Step("2", "S>B", "8", {11: "X"}, Expected("X", books_trade=False)))
    judged.look(0, standings())
    judged.look(1, standings(cum_qty="80", avg_px="25"))
    assert judged.failure == ""


def test_what_is_tolerated_is_right_as_well() -> None:
    assert difference(WANTED, standings(ord_status="6"), accept_alt=({39: "6"},)) == ""
    assert difference(WANTED, standings(ord_status="2"), accept_alt=({39: "6"},)) == "ord_status is 2 instead of 1"


def test_nobody_looks_between_two_messages_that_cross() -> None:
    crossing = part(Step("2", "S>B", "8", {11: "X"}, WANTED), Step("2", "B>S", "F", {11: "Y", 41: "X"}))
    crossing.look(0, {})
    assert crossing.failure == ""
    crossing.look(1, {})
    assert crossing.failure == "step 2 (t=2, F B>S): there is no order X"


def test_a_kill_must_change_nothing() -> None:
    judged = part(ORDER)
    judged.compare(0, standings(), standings())
    assert judged.failure == ""
    judged.compare(0, standings(), standings(cum_qty="0"))
    assert judged.failure.startswith("step 1 (t=1, D B>S): stood Standing(")


@pytest.mark.parametrize(
    ("step", "answer", "is_printed", "is_right"),
    [
        (CANCEL_OF_NOBODY, Refused("UNKNOWN_ORDER"), True, True),
        (CANCEL, Refused("UNKNOWN_ORDER"), True, False),
        (CANCEL_OF_NOBODY, Refused("SESSION_DOWN"), True, False),
        (CANCEL, Refused("TOO_LATE"), True, False),
        (CANCEL, Refused("TOO_LATE"), False, True),
        (AGAIN, Refused("DUPLICATE_CLIENT_ORDER_ID"), True, True),
        (RESENT, Refused("DUPLICATE_CLIENT_ORDER_ID"), True, False),
        (RESENT, AlreadyAsked(), True, True),
        (AGAIN, AlreadyAsked(), True, False),
    ],
)
def test_what_the_gateway_may_answer_for_the_venue(
    step: Step, answer: Refused | AlreadyAsked, *, is_printed: bool, is_right: bool
) -> None:
    judged = part(ORDER, step, is_printed=is_printed)
    judged._asked.add("X")
    assert judged._is_right(answer, step) is is_right


def test_two_scenarios_of_one_matrix_count_once() -> None:
    assert {matrix(name) for name in ("B.1.d.1/main/1", "B.1.d.2/main/1")} == {"B.1.d"}
