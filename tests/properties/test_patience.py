"""A session that cannot be reached rests longer and longer, and one that is back, or was only dropped, never waits."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.fix.patience import Patience, round_s
from gateway.fix.reaching import Address, Reach

STEP_S = 0.25


@st.composite
def reaches(draw: st.DrawFn) -> Reach:
    count, interval_s = draw(st.integers(1, 4)), draw(st.integers(1, 10))
    return Reach(tuple(Address("host", port) for port in range(1, count + 1)), interval_s, draw(st.integers(1, 120)))


def rests(reach: Reach, chance: float, for_s: int) -> list[tuple[float, float]]:
    """From when until when it rests, while nobody answers."""
    patience, found, since_s = Patience(reach), list[tuple[float, float]](), -1.0
    for step in range(int(for_s / STEP_S)):
        at_s = step * STEP_S
        is_resting = patience.look(at_s, chance, is_wanted=True, is_logged_on=False)
        if is_resting and since_s < 0:
            since_s = at_s
        elif not is_resting and since_s >= 0:
            found.append((since_s, at_s))
            since_s = -1.0
    return found


@given(reach=reaches(), chance=st.floats(0, 0.99))
def test_a_whole_round_comes_before_each_rest(reach: Reach, chance: float) -> None:
    ends_s = 0.0
    for begins_s, until_s in rests(reach, chance, 600):
        assert begins_s - ends_s >= round_s(reach)
        ends_s = until_s


@given(reach=reaches(), chance=st.floats(0, 0.99))
def test_no_rest_is_shorter_than_the_one_before_or_longer_than_the_longest(reach: Reach, chance: float) -> None:
    lengths = [until_s - begins_s for begins_s, until_s in rests(reach, chance, 900)]
    assert all(later >= earlier - STEP_S for earlier, later in pairwise(lengths))
    assert all(length <= max(reach.interval_s_max, reach.interval_s) + STEP_S for length in lengths)


@given(reach=reaches(), chance=st.floats(0, 0.99), tried=st.integers(0, 400))
def test_however_long_it_was_away_a_session_that_drops_is_let_try_at_once(reach: Reach, chance: float, tried: int) -> None:
    patience = Patience(reach)
    for step in range(tried):
        patience.look(step * STEP_S, chance, is_wanted=True, is_logged_on=False)
    at_s = tried * STEP_S
    assert not patience.look(at_s, chance, is_wanted=True, is_logged_on=True)
    for step in range(int(round_s(reach) / STEP_S)):
        assert not patience.look(at_s + step * STEP_S, chance, is_wanted=True, is_logged_on=False)


def test_the_rests_double_from_twice_the_interval_less_the_pause_that_quickfix_makes_itself() -> None:
    found = rests(Reach((Address("a", 1),), 1, 8), 0.0, 90)
    assert [until_s - begins_s for begins_s, until_s in found[:5]] == [1.0, 3.0, 7.0, 7.0, 7.0]


def test_those_who_lost_a_venue_together_do_not_come_back_together() -> None:
    reach = Reach((Address("a", 1),), 4, 64)
    assert rests(reach, 0.0, 60)[0] != rests(reach, 0.9, 60)[0]


def test_a_session_that_is_not_wanted_has_no_rest_to_sit_out_when_it_is() -> None:
    patience = Patience(Reach((Address("a", 1),), 1, 60))
    for at_s in range(60):
        patience.look(float(at_s), 0.0, is_wanted=True, is_logged_on=False)
    assert not patience.look(60.0, 0.0, is_wanted=False, is_logged_on=False)
    assert not patience.look(61.0, 0.0, is_wanted=True, is_logged_on=False)
