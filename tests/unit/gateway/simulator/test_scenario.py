"""A scenario file is read as a whole or refused with the place that is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.simulator.scenario import Case, Expected, Scenario, ScenarioUnreadable, Step, courses, crossings, load

ORDER: dict[str, Any] = {"t": "1", "dir": "B>S", "msg": "D", "tags": {"11": "X", "38": "100"}, "note": "nobody reads this"}
ACK: dict[str, Any] = {"t": "2", "dir": "S>B", "msg": "8", "tags": {"11": "X", "150": "0"}, "expect": {"order": "X"}}


def written(folder: Path, *steps: dict[str, Any], **changes: Any) -> Path:
    file = folder / "matrix.json"
    scenario = {"id": "T.1", "title": "a test", "refs": {}, "cases": [{"case": "main", "steps": list(steps)}]}
    file.write_text(json.dumps({"schema_version": 1, "scenarios": [scenario], "conventions": {}} | changes))
    return file


def step(t: str, direction: str, msg: str = "8") -> Step:
    return Step(t=t, dir=direction, msg=msg)  # type: ignore[arg-type]


def test_what_means_nothing_to_us_is_passed_over(tmp_path: Path) -> None:
    steps = (
        Step("1", "B>S", "D", {11: "X", 38: "100"}),
        Step("2", "S>B", "8", {11: "X", 150: "0"}, Expected("X")),
    )
    assert load(written(tmp_path, ORDER, ACK)) == (Scenario("T.1", "a test", (Case("main", steps),)),)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"dir": "S>S"}, "T.1, main, step 2 (t=2): Invalid enum value 'S>S'"),
        ({"tags": {"eleven": "X"}}, "T.1, main, step 2 (t=2): Expected `int`"),
        ({"msg": "D"}, "T.1, main, step 2 (t=2): msg 'D' does not go S>B: 8, 9, r do"),
        ({"tags": {"32": "some"}}, "T.1, main, step 2 (t=2): tag 32 is 'some', not a number"),
        ({"accept_alt": [{"58": "x"}]}, "T.1, main, step 2 (t=2): accept_alt: nothing is expected of tag 58"),
        ({"expect": {"order": "X", "cum": "1"}}, "T.1, main, step 2 (t=2): Object contains unknown field `cum`"),
    ],
)
def test_a_wrong_step_is_named(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    file = written(tmp_path, ORDER, ACK | changes)
    with pytest.raises(ScenarioUnreadable) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}: {why}")


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioUnreadable, match=r"absent\.json: No such file"):
        load(tmp_path / "absent.json")
    (tmp_path / "torn.json").write_text('{"schema_version": 1, "scen')
    with pytest.raises(ScenarioUnreadable, match=r"torn\.json: Input data was truncated"):
        load(tmp_path / "torn.json")
    with pytest.raises(ScenarioUnreadable, match="schema_version is 2; this reads 1"):
        load(written(tmp_path, schema_version=2))


def test_a_matrix_that_is_there_twice_is_named(tmp_path: Path) -> None:
    one = {"id": "T.1", "title": "", "cases": []}
    with pytest.raises(ScenarioUnreadable, match=r"T\.1 is there twice"):
        load(written(tmp_path, scenarios=[one, one]))


def test_messages_of_one_time_in_opposite_directions_come_in_both_orders() -> None:
    order, cancel, fill, end = step("1", "B>S", "D"), step("2", "B>S", "F"), step("2", "S>B"), step("3", "S>B")
    case = Case("main", (order, cancel, fill, end))
    assert crossings(case) == ((order, cancel, fill, end), (order, fill, cancel, end))


def test_messages_of_one_time_in_one_direction_stay_in_order() -> None:
    case = Case("main", (step("1", "S>B"), step("1", "S>B", "9"), step("2", "OOB", "event"), step("2", "B>S", "F")))
    assert crossings(case) == (case.steps,)


def test_every_course_has_a_name() -> None:
    crossing = Case("main", (step("1", "B>S", "D"), step("1", "S>B")))
    assert list(courses([Scenario("T.1", "", (crossing,))])) == ["T.1/main/1", "T.1/main/2"]


def test_what_is_tolerated_stands_beside_what_is_expected() -> None:
    wanted = Expected("X", cum_qty="0", ord_status="0")
    told = Step("1", "S>B", "8", expect=wanted, accept_alt=({39: "6"},))
    assert told.alternatives == (wanted, Expected("X", cum_qty="0", ord_status="6"))
