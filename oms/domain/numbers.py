"""Exact arithmetic: one Decimal context for the whole process, and the one place where a division is rounded."""

import decimal
from decimal import Decimal
from functools import lru_cache

PRECISION = 100
"""The edge lets 30 digits through. Quantity × price × collar × multiplier, and the sum of many of them, must fit in here: else a
client or a peer could end the engine with a number."""
CONTEXT = decimal.Context(
    prec=PRECISION,
    rounding=decimal.ROUND_HALF_EVEN,
    traps=[
        decimal.Inexact,
        decimal.FloatOperation,
        decimal.InvalidOperation,
        decimal.DivisionByZero,
        decimal.Overflow,
    ],
)
"""Anything that would lose a digit raises. Inputs are bounded at the edge so that no product of ours can."""

ZERO = Decimal(0)
BPS = Decimal(10_000)
AVG_PX_DIGITS = 12
_ROUNDING = decimal.Context(prec=PRECISION, rounding=decimal.ROUND_HALF_EVEN, traps=[decimal.InvalidOperation])
_AVG_PX_STEP = Decimal(1).scaleb(-AVG_PX_DIGITS)


def install() -> None:
    """Make CONTEXT the context of the calling thread and of every task that it starts."""
    decimal.setcontext(CONTEXT)


def average(total: Decimal, count: Decimal) -> Decimal:
    """`total / count` to AVG_PX_DIGITS decimal places, half to even; zero when `count` is zero. All else is exact."""
    if not count:
        return ZERO
    return _ROUNDING.quantize(_ROUNDING.divide(total, count), _AVG_PX_STEP)


def converted(amount: Decimal, rate: Decimal) -> Decimal:
    """`amount × rate` to AVG_PX_DIGITS decimal places, rounded up: it fits into CONTEXT however many digits both have."""
    return _ROUNDING.multiply(amount, rate).quantize(_AVG_PX_STEP, decimal.ROUND_CEILING, context=_ROUNDING)


def scaled(number: Decimal, by: Decimal, of: Decimal) -> Decimal | None:
    """`number × by / of`; None where that has more than AVG_PX_DIGITS decimal places."""
    result = average(number * by, of)
    return result if result * of == number * by else None


@lru_cache(maxsize=8_192)  # Prices and quantities come again and again.
def plain(number: Decimal) -> str:
    """The number as FIX and people write it: no exponent, no trailing zeros of the fraction."""
    if not number:
        return "0"  # Minus zero too: it is equal to zero, and cached as such.
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
