"""A few of the session-level test cases, so that every run of the tests plays some; `python -m tests.sessions` plays all."""

from pathlib import Path

import pytest

from tests.sessions.run import play
from tests.sessions.script import Case, cases

CASES = cases()
SHORT = (
    ("2b", "what is resent in a gap is taken in order, and what is resent beyond it is known"),
    ("2c", "an order with a number that is too low is not taken"),
    ("2c", "after a number that was too low the session can be had again"),
    ("2g", "a possible duplicate under the expected number without OrigSendingTime is refused, and counts"),
    ("8", "reports and session messages are each sent again as they are"),
    ("10e", "a gap fill to its own number is refused"),
    ("11a", "a reset to a higher number is taken, whatever its own number"),
    ("13c", "a logout above a gap is answered, and loses no message"),
    ("14a", "a tag of no specification in an order is refused"),
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("case", [case for case in CASES if (case.number, case.name) in SHORT], ids=lambda case: case.number)
async def test_case(case: Case, tmp_path: Path) -> None:
    assert await play(case, "FIX.4.4", tmp_path / "acceptor") == ""


def test_every_short_case_is_a_case() -> None:
    assert set(SHORT) <= {(case.number, case.name) for case in CASES}
