"""Which fault acts on which message."""

import pytest

from gateway.simulator.entries import Unusable, read
from gateway.simulator.faults import WIRE, Cut, Drop, Gap, Garbled, NoStatus, Silent
from gateway.simulator.switchboard import ARMED_MAX, Asked, Switchboard


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def board(*words: str, clock: Clock | None = None) -> Switchboard:
    made = Switchboard((), clock or Clock())
    for one in words:
        made.set(read(one))
    return made


def struck(asked: Switchboard, count: int, msg_type: str = "8") -> list[int]:
    """Which of so many messages a gap acts on, from 1."""
    return [number for number in range(1, count + 1) if asked.strike(Gap, msg_type, "gateway")]


def test_a_fault_strikes_once_after_so_many_messages_unless_told_otherwise() -> None:
    assert struck(board("gap"), 5) == [1]
    assert struck(board("gap after=2"), 5) == [3]
    assert struck(board("gap after=1 times=2"), 5) == [2, 3]
    assert struck(board("gap times=0 for_s=9"), 5) == [1, 2, 3, 4, 5]
    assert struck(board("gap msg_type=9"), 5) == []
    assert struck(board("gap to=broker"), 5) == []


def test_chance_is_the_same_under_the_same_seed() -> None:
    some = struck(board("gap chance=0.3 seed=4 times=100"), 50)
    assert 5 < len(some) < 25
    assert some == struck(board("gap chance=0.3 seed=4 times=100"), 50) != struck(board("gap chance=0.3 seed=5 times=100"), 50)


def test_what_was_asked_for_first_acts_first_and_only_messages_that_it_could_strike_count() -> None:
    asked = board("cut after=1", "gap", "garbled to=broker")
    assert [asked.strike(WIRE, "8", "gateway") for _ in range(4)] == [Gap(), Cut(), None, None]
    assert asked.strike(WIRE, "D", "broker") == Garbled(to="broker")
    assert asked.strike(Drop, "8") is None


def test_a_state_lasts_until_its_time_is_over_or_it_is_cleared() -> None:
    clock = Clock()
    asked = board("silent for_s=5 at_s=1", "no-status", clock=clock)
    assert not asked.is_on(Silent)
    clock.now_s += 1
    assert asked.is_on(Silent)
    assert asked.strike(WIRE, "0", "gateway") == Silent()
    clock.now_s += 5
    assert not asked.is_on(Silent)
    assert asked.is_on(NoStatus)
    assert asked.clear("no-status") == 1
    assert not asked.is_on(NoStatus)
    assert asked.asked() == [Asked(1, "silent at_s=1.0 for_s=5.0", "over", 1), Asked(2, "no-status", "over", 0)]


def test_a_state_may_wait_for_a_message() -> None:
    asked = board("silent msg_type=8 after=1")
    assert [asked.strike(WIRE, "8", "gateway") for _ in range(3)] == [None, Silent(), Silent()]
    assert asked.strike(WIRE, "0", "gateway") == Silent()
    assert asked.is_on(Silent)


def test_a_script_goes_on_when_an_entry_first_acts_or_is_cleared() -> None:
    asked = Switchboard([read("gap after=1"), read("silent msg_type=8"), read("drop")], Clock())
    assert [one.state for one in asked.asked()] == ["armed", "waits", "waits"]
    assert [asked.strike(WIRE, "8", "gateway") for _ in range(3)] == [None, Gap(), Silent()]
    assert [one.state for one in asked.asked()] == ["over", "acts", "armed"]
    assert asked.clear("drop") == 1

    other = Switchboard([read("gap"), read("drop")], Clock())
    assert other.clear("gap") == 1
    assert other.strike(Drop, "8") == Drop()
    assert Switchboard([read("gap"), read("drop")], Clock()).clear() == 1


def test_no_more_can_be_asked_for_than_the_bound() -> None:
    asked = board(*["gap"] * ARMED_MAX)
    with pytest.raises(Unusable, match="100 faults are asked for: clear some first"):
        asked.set(read("gap"))
    assert struck(asked, 1) == [1]
    asked.set(read("gap"))
