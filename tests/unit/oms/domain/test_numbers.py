"""Exact arithmetic, and the one place where it rounds."""

import decimal
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.numbers import CONTEXT, average, plain
from tests.support.orders import D

money = st.integers(0, 10**60).map(lambda n: D(n).scaleb(-24))
counts = st.integers(1, 10**30).map(lambda n: D(n).scaleb(-12))


@pytest.mark.parametrize(
    ("total", "count", "expected"),
    [("553.96", "400", "1.3849"), ("1", "3", "0.333333333333"), ("2", "3", "0.666666666667"), ("5", "0", "0"), ("0", "7", "0")],
)
def test_an_average_has_twelve_places(total: str, count: str, expected: str) -> None:
    assert average(D(total), D(count)) == D(expected)


@given(money, counts)
def test_an_average_is_never_off_by_more_than_half_a_step(total: Decimal, count: Decimal) -> None:
    off = abs(Fraction(average(total, count)) - Fraction(total) / Fraction(count))
    assert off <= Fraction(1, 2 * 10**12)


@pytest.mark.parametrize("sum_", [lambda: D(1) / D(3), lambda: D(1) + D("1e-200"), lambda: D(0.5), lambda: D(1) / D(0)])
def test_whatever_would_lose_a_digit_raises(sum_: object) -> None:
    with localcontext(CONTEXT), pytest.raises(decimal.DecimalException):
        sum_()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("number", "text"), [("1000.00", "1000"), ("-0.250", "-0.25"), ("-0.00", "0"), ("0", "0"), ("1E+3", "1000")]
)
def test_a_number_is_written_plainly_and_zero_has_no_sign(number: str, text: str) -> None:
    assert plain(D(number)) == text
