"""[symbols], [[outgoing]] and [[incoming]] of a counterparty's file."""

from pathlib import Path

import pytest

from gateway.codec.dialect import Copy, Dialect, Remap, Remove, Rule, Set
from gateway.codec.dialect import said as said_in
from gateway.codec.text import SOH
from ops.counterparty.describing import describe
from ops.counterparty.file import read
from ops.settings import load
from ops.toml_file import ConfigError

SHIPPED = Path("counterparties/simbroker.toml").read_text()
LINE = SHIPPED.count("\n") + 1
WORDS = """\
[symbols]
EURUSD = "EUR/USD"
[[outgoing]]
msg_types = ["D", "G"]
when = { tag = 40, values = ["1"] }
set = { 9001 = "X", 57 = "DESK" }
[[outgoing]]
copy = { 109 = 1 }
[[outgoing]]
remove = [21, 77]
[[incoming]]
remap = { 39 = { C = "4" } }
"""


def file_with(tmp_path: Path, words: str) -> Path:
    file = tmp_path / "venue.toml"
    file.write_text(SHIPPED + words)
    return file


def test_both_sessions_speak_the_dialect_that_the_words_mean(tmp_path: Path) -> None:
    given = (frozenset({"D", "G"}), "40", frozenset({"1"}), False)
    always = (frozenset[str](), "", frozenset[str](), False)
    outgoing = (
        Rule(Set("9001", "X"), *given),
        Rule(Set("57", "DESK"), *given),
        Rule(Copy("1", "109"), *always),
        Rule(Remove("21"), *always),
        Rule(Remove("77"), *always),
    )
    incoming = (Rule(Remap("39", {"C": "4"}), *always),)
    for plan in read(file_with(tmp_path, WORDS)).plans:
        assert isinstance(plan.dialect, Dialect)
        assert (plan.dialect.symbols, plan.dialect.outgoing, plan.dialect.incoming) == ({"EURUSD": "EUR/USD"}, outgoing, incoming)


def test_a_dialect_is_described_rule_by_rule(tmp_path: Path) -> None:
    lines = [line.strip() for line in describe(read(file_with(tmp_path, WORDS))).splitlines()]
    begins = lines.index("Dialect")
    assert lines[begins + 1 : begins + 8] == [
        "symbol              EURUSD is EUR/USD there",
        "we say              9001=X in 35=D, G, where 40=1 is there",
        "we say              57=DESK in 35=D, G, where 40=1 is there",
        "we say              109 as 1 in every business message",
        "we say              no 21 in every business message",
        "we say              no 77 in every business message",
        "it says             39 C becomes 4 in every business message",
    ]


def test_a_rule_may_be_meant_for_what_is_not_there(tmp_path: Path) -> None:
    """For one asset class, say: a rule for all orders but those of foreign exchange."""
    words = WORDS.replace('values = ["1"] }', 'values = ["1"], unless = true }')
    found = read(file_with(tmp_path, words))
    dialect = found.plans[0].dialect
    assert dialect is not None
    said = [said_in(dialect, f"8=FIX.4.4|35=D|{order}10=0|".replace("|", SOH)) for order in ("40=1|", "40=2|", "")]
    assert ["9001=X" in text for text in said] == [False, True, True]
    assert "  we say              9001=X in 35=D, G, where 40=1 is not there" in describe(found).splitlines()


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ("9001 =", "11 =", f"{LINE + 5}: outgoing[0].set: ClOrdID(11) is no rule's to change"),
        ("9001 =", "55 =", f"{LINE + 5}: outgoing[0].set: symbols are mapped in [symbols]"),
        ("9001 =", "x =", f"{LINE + 5}: outgoing[0].set: 'x' is no tag"),
        ('"X"', '"\\u0001"', f"{LINE + 5}: outgoing[0].set.9001: "),
        ("[21, 77]", "[0]", f"{LINE + 9}: outgoing[2].remove: '0' is no tag"),
        ("remove = [21, 77]", "remove = [21]\nset = { 1 = 'x' }", f"{LINE + 8}: outgoing[2]: it says set and remove"),
        ("remove = [21, 77]", "", f"{LINE + 8}: outgoing[2]: it says nothing"),
        ("tag = 40", "tag = 0", f"{LINE + 4}: outgoing[0].when.tag: 0 is no tag"),
        ("remove =", "delete =", f"{LINE + 9}: outgoing[2].delete: unknown key"),
        (
            "[[outgoing]]\nmsg",
            'USDEUR = "EUR/USD"\n[[outgoing]]\nmsg',
            f"{LINE + 1}: symbols.EURUSD: 'EUR/USD' is what they call",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, was: str, becomes: str, complaint: str) -> None:
    file = file_with(tmp_path, WORDS.replace(was, becomes, 1))
    with pytest.raises(ConfigError) as refused:
        read(file)
    assert str(refused.value).startswith(f"{file}:{complaint}")


def test_two_instruments_that_a_counterparty_calls_the_same_are_refused(tmp_path: Path) -> None:
    venue = file_with(tmp_path, '[symbols]\nEURUSD = "USDJPY"\n')
    text = Path("environments/dev.toml").read_text().replace("counterparties/simbroker.toml", str(venue))
    environment = tmp_path / "environment.toml"
    other = '[[instrument]]\nsymbol = "USDJPY"\ncurrency = "JPY"\ntick = "0.001"\nlot = "100"\n\n'
    environment.write_text(text.replace("[[instrument]]", other + "[[instrument]]", 1))
    with pytest.raises(ConfigError, match="counterparty SIMBROKER: symbol USDJPY is there twice"):
        load(environment)
