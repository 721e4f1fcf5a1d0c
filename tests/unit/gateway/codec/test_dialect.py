"""A counterparty's words for ours and back: each rule does what it says, in its order, and nothing else changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec.dialect import Copy, Dialect, Remap, Remove, Rule, Set, heard, said


def fix(text: str) -> str:
    return text.replace("|", "\x01")


ORDER = "8=FIX.4.4|9=0|35=D|11=A1|1=DESK1|55=EURUSD|54=5|40=2|44=1.38|10=000|"
REPORT = "8=FIX.4.4|9=0|35=8|34=7|49=V|56=US|37=V1|11=A1|55=EUR/USD|39=4|58=a=b|10=000|"


@pytest.mark.parametrize(
    ("rule", "was", "becomes"),
    [
        (Rule(Set("9001", "X")), "10=000|", "9001=X|10=000|"),
        (Rule(Set("40", "1")), "40=2|", "40=1|"),
        (Rule(Set("57", "DESK")), "35=D|", "35=D|57=DESK|"),
        (Rule(Remove("44")), "44=1.38|", ""),
        (Rule(Copy("1", "109")), "10=000|", "109=DESK1|10=000|"),
        (Rule(Copy("77", "109")), "", ""),
        (Rule(Remap("54", {"5": "2"})), "54=5|", "54=2|"),
        (Rule(Remap("54", {"1": "2"})), "", ""),
        (Rule(Set("9001", "X"), msg_types=frozenset({"F", "G"})), "", ""),
        (Rule(Remove("44"), msg_types=frozenset({"D"}), when_tag="40", when_values=frozenset({"2"})), "44=1.38|", ""),
        (Rule(Remove("44"), when_tag="40", when_values=frozenset({"1"})), "", ""),
        (Rule(Remove("44"), when_tag="40"), "44=1.38|", ""),
        (Rule(Remove("44"), when_tag="18"), "", ""),
    ],
)
def test_a_rule_changes_what_it_names_and_nothing_else(rule: Rule, was: str, becomes: str) -> None:
    expected = ORDER.replace(was, becomes, 1) if was else ORDER
    assert said(Dialect(outgoing=(rule,)), fix(ORDER)) == fix(expected)


def test_rules_are_applied_in_their_order_each_to_what_the_one_before_it_made() -> None:
    rules = (
        Rule(Copy("54", "9054")),
        Rule(Remap("54", {"5": "2"})),
        Rule(Remove("1"), when_tag="54", when_values=frozenset({"2"})),
    )
    expected = ORDER.replace("54=5", "54=2").replace("1=DESK1|", "", 1).replace("10=000", "9054=5|10=000")
    assert said(Dialect(outgoing=rules), fix(ORDER)) == fix(expected)


def test_a_symbol_is_theirs_outwards_and_ours_inwards_and_rules_see_theirs() -> None:
    is_theirs = frozenset({"EUR/USD"})
    dialect = Dialect(
        {"EURUSD": "EUR/USD"},
        outgoing=(Rule(Set("9001", "FX"), when_tag="55", when_values=is_theirs),),
        incoming=(Rule(Remap("39", {"4": "8"}), when_tag="55", when_values=is_theirs),),
    )
    assert said(dialect, fix(ORDER)) == fix(ORDER.replace("EURUSD", "EUR/USD").replace("10=000", "9001=FX|10=000"))
    assert heard(dialect, fix(REPORT).encode()) == fix(REPORT.replace("EUR/USD", "EURUSD").replace("39=4", "39=8")).encode()


@pytest.mark.parametrize("msg_type", "012345A")
def test_no_rule_has_a_say_in_what_the_sessions_say_to_each_other(msg_type: str) -> None:
    raw = fix(REPORT.replace("35=8", f"35={msg_type}")).encode()
    assert heard(Dialect(incoming=(Rule(Remove("58")),)), raw) == raw


pieces = st.lists(st.sampled_from(["8=FIX.4.4", "35=8", "35=", "55=A", "55=B", "58=a=b", "58", "=", "", "10=1", "\xff=\xff"]))
symbols = st.permutations("ABCD").map(lambda theirs: dict(zip("ABCD", theirs, strict=True)))


@given(pieces=pieces, ends=st.booleans())
def test_a_message_that_no_rule_means_comes_through_byte_by_byte(pieces: list[str], ends: bool) -> None:
    raw = "\x01".join(pieces).encode("latin-1") + b"\x01" * ends
    rules = (Rule(Remove("58"), msg_types=frozenset({"9"})), Rule(Set("55", "C"), when_tag="77"))
    assert heard(Dialect(incoming=rules), raw) == raw


@given(pieces=pieces, symbols=symbols)
def test_what_is_said_in_their_symbols_is_heard_in_ours(pieces: list[str], symbols: dict[str, str]) -> None:
    text = "\x01".join(["8=FIX.4.4", "35=D", *pieces, "10=000", ""])
    dialect = Dialect(symbols)
    assert heard(dialect, said(dialect, text).encode("latin-1")).decode("latin-1") == text
