"""A case in play: what is heard must be what is due, and what is said is a whole FIX message."""

import pytest

from gateway.codec.text import fields
from gateway.simulator.fields import utc_timestamp
from gateway.simulator.playing import Play, Unexpected
from gateway.simulator.scenario import Step

AT_NS = 1_700_000_000_000_000_000
ORDER = {35: "D", 11: "FG1", 1: "DESK1", 55: "EURUSD", 54: "1", 38: "100", 40: "2", 44: "1.38", 59: "0"}
CANCEL = {35: "F", 11: "FG2", 41: "FG1", 55: "EURUSD", 54: "1", 38: "100"}
NEW = Step("1", "B>S", "D", {11: "X", 38: "100"})


def buy(*steps: Step, ordered: bool = True) -> Play:
    """A play of these steps, its first order taken."""
    play = Play("T.1/main/1", (NEW, *steps) if ordered else steps, "P1")
    if ordered:
        play.hear(ORDER)
    return play


def says(play: Play) -> dict[int, str]:
    """The next message without its frame."""
    return {tag: value for tag, value in fields(play.say(AT_NS).encode()) if tag not in {8, 9, 10}}


def report(exec_type: str, ord_status: str, **tags: str) -> Step:
    named = {int(tag.removeprefix("t")): value for tag, value in tags.items()}
    return Step("2", "S>B", "8", {11: "X", 150: exec_type, 39: ord_status} | named)


def test_a_report_says_what_the_step_says_and_what_fix_requires() -> None:
    assert says(buy(report("F", "1", t14="40", t151="60", t32="40"))) == {
        35: "8",
        37: "P1-X",
        60: utc_timestamp(AT_NS),
        17: "P1.1",
        150: "F",
        39: "1",
        14: "40",
        151: "60",
        1: "DESK1",
        55: "EURUSD",
        54: "1",
        38: "100",
        40: "2",
        44: "1.38",
        59: "0",
        32: "40",
        31: "1.38",
        6: "1.38",
        11: "FG1",
    }


def test_a_cancel_reject_says_what_the_step_says_and_what_fix_requires() -> None:
    play = buy(Step("2", "B>S", "F", {11: "Y", 41: "X"}), Step("3", "S>B", "9", {11: "Y", 41: "X", 39: "0", 434: "1"}))
    play.hear(CANCEL)
    told = {35: "9", 37: "P1-X", 434: "1", 60: utc_timestamp(AT_NS), 39: "0", 11: "FG2", 41: "FG1"}
    assert says(play) == told


def test_avg_px_is_that_of_the_executions_that_stand() -> None:
    play = buy(
        report("F", "1", t17="E1", t32="40", t31="1.30"),
        report("F", "1", t17="E2", t32="60", t31="1.40"),
        report("G", "1", t17="E3", t19="E2", t31="1.50"),
        report("H", "1", t17="E4", t19="E1"),
    )
    told = [says(play) for _ in range(4)]
    assert [one[6] for one in told] == ["1.3", "1.36", "1.42", "1.5"]
    assert (told[2][17], told[2][19], told[2][32], told[2][31]) == ("P1-E3", "P1-E2", "60", "1.50")


def test_an_exec_id_that_is_named_twice_is_the_same_execution() -> None:
    play = buy(report("F", "1", t17="E1", t32="40"), report("F", "1", t17="E1", t32="40"))
    first, second = says(play), says(play)
    assert first == second


def test_a_replaced_order_stands_as_was_asked() -> None:
    replaced = report("5", "0", t11="Y", t41="X", t38="200")
    play = buy(Step("2", "B>S", "G", {11: "Y", 41: "X", 38: "200", 44: "changed"}), replaced, report("F", "1", t11="Y", t32="5"))
    play.hear(ORDER | {35: "G", 11: "FG2", 41: "FG1", 38: "200", 44: "1.39"})
    assert [(told[11], told[37], told[38], told[44]) for told in (says(play), says(play))] == [("FG2", "P1-X", "200", "1.39")] * 2


def test_an_order_that_nobody_sent_is_opened_by_the_venues_first_word() -> None:
    told = says(buy(Step("1", "S>B", "8", {150: "0", 39: "0", 38: "100"}), ordered=False))
    assert (told[37], told[1], told[55], told[54], 11 in told) == ("P1-", "DESK1", "EURUSD", "1", False)


def test_an_order_id_that_is_none_stays_none() -> None:
    reject = Step("2", "S>B", "9", {11: "Y", 41: "X", 39: "8", 37: "NONE", 434: "1"})
    play = buy(Step("1", "B>S", "F", {11: "Y", 41: "X"}), reject, ordered=False)
    play.hear(CANCEL)
    assert (says(play))[37] == "NONE"


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (ORDER | {11: "FG2"}, "MsgType(35)=D came where F B>S at t=2 is due"),
        (CANCEL | {41: "FG9"}, "F at t=2: tag 41: FG9 instead of X, which is FG1"),
        (CANCEL | {11: "FG1"}, "F at t=2: tag 11: FG1 is X, and not Y"),
        (CANCEL | {38: "90"}, "F at t=2: tag 38: 90 instead of 100"),
        ({35: "F", 11: "FG2", 38: "100"}, "F at t=2: tag 41: nothing instead of X"),
    ],
)
def test_another_message_than_the_one_that_is_due_changes_nothing(message: dict[int, str], why: str) -> None:
    play = buy(Step("2", "B>S", "F", {11: "Y", 41: "X", 38: "100"}))
    with pytest.raises(Unexpected) as caught:
        play.hear(message)
    assert str(caught.value) == f"T.1/main/1: {why}"
    play.hear(CANCEL | {38: "100.0"})
    assert play.due is None


def test_a_price_that_is_to_change_must_be_another() -> None:
    play = buy(Step("2", "B>S", "G", {11: "Y", 41: "X", 44: "changed"}))
    with pytest.raises(Unexpected, match=r"1\.380 is no other price than 1\.38"):
        play.hear(ORDER | {35: "G", 11: "FG2", 41: "FG1", 44: "1.380"})


def test_what_happens_outside_fix_has_happened() -> None:
    play = buy(Step("2", "OOB", "event"), report("4", "4", t14="0", t151="0"))
    assert says(play)[150] == "4"
    assert play.due is None


def test_a_question_beside_the_course_is_answered_with_how_the_order_stands() -> None:
    play = buy(report("F", "1", t14="40", t151="60", t32="40"), report("4", "4"))
    says(play)
    asked = dict(fields(play.status({35: "H", 11: "FG1", 790: "Q1"}, AT_NS).encode()))
    assert {tag: asked[tag] for tag in (11, 17, 150, 39, 14, 151, 6, 790)} == {
        11: "FG1",
        17: "0",
        150: "I",
        39: "1",
        14: "40",
        151: "60",
        6: "1.38",
        790: "Q1",
    }
    assert says(play)[150] == "4"
