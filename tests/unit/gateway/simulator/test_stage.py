"""Which case a message plays, and what the venue then says by itself."""

import pytest

from gateway.codec.text import Fields, fields
from gateway.simulator.playing import Unexpected
from gateway.simulator.scenario import Case, Scenario, Step
from gateway.simulator.stage import CaseUnknown, Stage

ACK = Step("2", "S>B", "8", {11: "X", 150: "0", 39: "0", 14: "0", 151: "100"})
FILL = Step("3", "S>B", "8", {11: "X", 150: "F", 39: "1", 14: "40", 151: "60", 32: "40"})
CANCEL = Step("3", "B>S", "F", {11: "Y", 41: "X"})
REJECT = Step("4", "S>B", "9", {11: "Y", 41: "X", 39: "1", 434: "1"})
CROSSING = Case("main", (Step("1", "B>S", "D", {11: "X", 38: "100"}), ACK, CANCEL, FILL, REJECT))
TELEPHONED = Case("main", (Step("1", "S>B", "8", {150: "0", 39: "0", 38: "100", 14: "0", 151: "100"}),))
FILE = (Scenario("T.1", "a crossing", (CROSSING,)), Scenario("T.2", "by telephone", (TELEPHONED,)))


def stage(*cases: str) -> Stage:
    return Stage(FILE, cases, "S")


def order(cl_ord_id: str, *more: tuple[int, str]) -> Fields:
    return [(35, "D"), (11, cl_ord_id), (55, "EURUSD"), (54, "1"), (38, "100"), *more]


def told(texts: list[str]) -> list[tuple[str, str, str]]:
    """MsgType, ClOrdID and OrdStatus of each."""
    found = [dict(fields(text.encode())) for text in texts]
    return [(one[35], one.get(11, ""), one[39]) for one in found]


def test_an_order_names_its_case_and_its_course() -> None:
    scene = stage()
    assert told(scene.hear(order("A1", (9000, "T.1/main")), 1)) == [("8", "A1", "0")]
    assert told(scene.hear(order("B1", (9000, "T.1/main/2")), 1)) == [("8", "B1", "0"), ("8", "B1", "1")]
    assert told(scene.hear([(35, "F"), (11, "A2"), (41, "A1")], 1)) == [("8", "A1", "1"), ("9", "A2", "1")]
    assert told(scene.hear([(35, "F"), (11, "B2"), (41, "B1")], 1)) == [("9", "B2", "1")]


def test_an_order_that_names_none_plays_the_next_that_was_asked_for() -> None:
    scene = stage("T.1/main/2")
    with pytest.raises(Unexpected, match="tag 38: 200 instead of 100"):
        scene.hear([*order("A1")[:-1], (38, "200")], 1)
    assert told(scene.hear(order("A2"), 1)) == [("8", "A2", "0"), ("8", "A2", "1")]
    with pytest.raises(Unexpected, match=r"no case is waiting for MsgType\(35\)=D, and tag 9000 names none"):
        scene.hear(order("A3"), 1)


def test_the_ids_of_two_plays_differ() -> None:
    scene = stage("T.1/main", "T.1/main")
    found = [dict(fields(scene.hear(order(name), 1)[0].encode())) for name in ("A1", "B1")]
    assert [(one[37], one[17]) for one in found] == [("S-1-X", "S-1.1"), ("S-2-X", "S-2.1")]


def test_a_case_that_the_venue_begins_begins_at_the_first_logon() -> None:
    scene = stage("T.2/main")
    assert told(scene.log_on(1)) == [("8", "", "0")]
    assert scene.log_on(2) == []


def test_a_repeated_order_and_a_question_are_answered_with_the_status() -> None:
    scene = stage("T.1/main/2")
    scene.hear(order("A1"), 1)
    assert told(scene.hear(order("A1", (97, "Y")), 1)) == [("8", "A1", "1")]
    assert told(scene.hear([(35, "H"), (11, "A1"), (55, "EURUSD"), (54, "1")], 1)) == [("8", "A1", "1")]
    assert told(scene.hear([(35, "H"), (11, "A9"), (55, "EURUSD"), (54, "1")], 1)) == [("8", "A9", "8")]


def test_a_case_that_no_file_holds_is_named_with_those_that_are_near() -> None:
    with pytest.raises(CaseUnknown, match=r"'T\.1/side' is no case: T\.1/main/1, T\.1/main/2"):
        stage("T.1/side")
    with pytest.raises(Unexpected, match=r"tag 9000: 'T\.9/main' is no case: nothing of that name"):
        stage().hear(order("A1", (9000, "T.9/main")), 1)
