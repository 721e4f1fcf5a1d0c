"""What FIX does not allow and QuickFIX lets through."""

import pytest

from gateway.fix.judge import Refusal, refusal, why_no_logon

EXPECTED, NEXT_SENDER = 10, 5


def raw(text: str) -> bytes:
    return f"8=FIX.4.4|9=0|{text}|10=000|".replace("|", "\x01").encode("latin-1")


REFUSED = {
    "43=Y|34=10|35=0|52=20260101-00:00:00": Refusal(122, 1),
    "35=0|43=Y|52=20260101-00:00:00|122=20260101-00:00:00.001": Refusal(122, 10),
    "35=D|43=Y|52=20260101-00:00:00.5|122=20260101-00:00:00.500001": Refusal(122, 10),
    "35=4|36=10|123=Y": Refusal(36, 5),
    "35=4|36=9|123=Y": Refusal(36, 5),
    "35=4|36=9": Refusal(36, 5),
    "35=4|36=9|123=N": Refusal(36, 5),
    "35=2|7=0|16=0": Refusal(7, 5),
    "35=2|7=5|16=0": Refusal(7, 5),
    "35=2|7=3|16=2": Refusal(16, 5),
    "35=D|354=6|355=short": Refusal(354, 5),
    "35=D|354=x|355=short": Refusal(354, 5),
    "35=D|354=5|355=right|348=9|349=wrong": Refusal(348, 5),
    "35=D|453=1|10901=447:15": Refusal(447, 15),
    "35=4|36=11|123=Y|10901=10901:0": Refusal(10901, 0),
}
TAKEN = (
    "35=0|52=20260101-00:00:00",
    "35=0|43=Y|52=20260101-00:00:00.000|122=20260101-00:00:00",
    "35=0|43=Y|52=20260101-00:00:01|122=20260101-00:00:00.999999999",
    "35=0|43=N|52=20260101-00:00:00",
    "35=4|43=Y|36=11|123=Y",
    "35=4|36=10",
    "35=4|36=11|123=N",
    "35=2|7=1|16=0",
    "35=2|7=4|16=999999",
    "35=D|354=5|355=right",
)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused(text: str) -> None:
    assert refusal(raw(text), EXPECTED, NEXT_SENDER) == REFUSED[text]


@pytest.mark.parametrize("text", TAKEN)
def test_what_is_taken(text: str) -> None:
    assert refusal(raw(text), EXPECTED, NEXT_SENDER) is None


@pytest.mark.parametrize(
    "text", ["98=1|108=30", "98=0", "108=30", "98=0|108=-1", "98=0|108=x", "98=0|108=30|10901=385:15", "98=0|108=30|789=x"]
)
def test_a_logon_that_is_refused(text: str) -> None:
    assert why_no_logon(raw(f"35=A|{text}"))


@pytest.mark.parametrize("text", ["98=0|108=30", "98=0|108=0", "98=0|108=30|789=5|141=Y"])
def test_a_logon_that_is_taken(text: str) -> None:
    assert why_no_logon(raw(f"35=A|{text}")) == ""
