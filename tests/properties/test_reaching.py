"""Where to connect to next: every address in its turn, ever less often, never too rarely and never all together."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.fix.reaching import Address, Attempt, Reach, attempt

PRIMARY, SECOND, THIRD = (Address(host, 7001) for host in ("primary", "second", "third"))
reaches = st.builds(
    Reach,
    st.lists(st.builds(Address, st.sampled_from("abc"), st.integers(1, 9)), min_size=1, max_size=4).map(tuple),
    st.integers(1, 30),
    st.integers(1, 300),
)
chances = st.floats(0, 1, exclude_max=True)


def test_the_addresses_are_tried_in_their_order_and_each_round_is_slower() -> None:
    reach = Reach((PRIMARY, SECOND, THIRD), interval_s=2, interval_s_max=6)
    found = [attempt(reach, failures, chance=0) for failures in range(8)]
    first = [Attempt(address, 2) for address in (PRIMARY, SECOND, THIRD)]
    second = [Attempt(address, 4) for address in (PRIMARY, SECOND, THIRD)]
    assert found == [*first, *second, Attempt(PRIMARY, 6), Attempt(SECOND, 6)]


def test_chance_takes_up_to_half_of_the_wait_away() -> None:
    assert [attempt(Reach((PRIMARY,), 8, 8), 3, chance).after_s for chance in (0, 0.5, 0.999)] == [8, 6, 8 * (1 - 0.999 / 2)]


@given(reach=reaches, failures=st.integers(0, 10**9), chance=chances)
def test_a_wait_is_neither_shorter_than_half_the_first_nor_longer_than_the_longest(
    reach: Reach, failures: int, chance: float
) -> None:
    found = attempt(reach, failures, chance)
    assert reach.interval_s / 2 <= found.after_s <= max(reach.interval_s, reach.interval_s_max)


@given(reach=reaches, failures=st.integers(0, 1_000), chance=chances)
def test_no_address_is_tried_more_often_than_another(reach: Reach, failures: int, chance: float) -> None:
    count = len(reach.addresses)
    tried = [attempt(reach, failures - failures % count + place, chance).address for place in range(count)]
    assert tuple(tried) == reach.addresses
    assert attempt(reach, failures + count, chance).after_s >= attempt(reach, failures, chance).after_s
