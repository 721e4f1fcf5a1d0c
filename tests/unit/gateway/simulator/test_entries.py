"""How faults are asked for: in words, and in scripts."""

from pathlib import Path

import pytest

from gateway.simulator import fault_file
from gateway.simulator.entries import Entry, Lasting, Unusable, When, read, told
from gateway.simulator.faults import KINDS, Gap, LateAck, Silent, Stall

SCRIPT = """
[[entry]]
when = { after = 20, msg_type = "8" }
fault = "gap"

[[entry]]
when = { at_s = 2.5 }
fault = { name = "stall", ms = 5000, to = "broker" }
for = { times = 3 }
"""
PLAYED = (
    Entry(fault=Gap(), when=When(after=20, msg_type="8")),
    Entry(fault=Stall(ms=5000, to="broker"), when=When(at_s=2.5), lasting=Lasting(times=3)),
)


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("silent", Entry(fault=Silent())),
        ("late-ack ms=250 for_s=10.0", Entry(fault=LateAck(ms=250), lasting=Lasting(s=10.0))),
        (
            "gap to=broker after=3 msg_type=8 times=2",
            Entry(fault=Gap(to="broker"), when=When(after=3, msg_type="8"), lasting=Lasting(times=2)),
        ),
        ("gap chance=0.5 seed=7", Entry(fault=Gap(), when=When(chance=0.5, seed=7))),
    ],
)
def test_words_are_an_entry_and_an_entry_is_words(words: str, entry: Entry) -> None:
    assert read(words) == entry
    assert str(entry) == words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "no fault is named"),
        ("loud", "'loud' is no fault; there are: alive-but-silent, reject-new, "),
        ("late-ack", "late-ack: Object missing required field `ms`"),
        ("late-ack ms=0", "late-ack: Expected `int` >= 1 - at `$.fault.ms`"),
        ("late-ack ms=²", "late-ack: Expected `int`, got `str` - at `$.fault.ms`"),
        ("silent 5", "silent: '5' is no option=value"),
        ("gap times=1 times=2", "gap: 'times=2' is no option=value, or its option is there twice"),
        ("gap loud=1", "gap: Object contains unknown field `loud`"),
        ("gap to=me", "gap: Invalid enum value 'me' - at `$.fault.to`"),
        ("gap chance=0", "gap: Expected `float` > 0.0 - at `$.when.chance`"),
    ],
)
def test_wrong_words_are_named(words: str, said: str) -> None:
    with pytest.raises(Unusable) as failure:
        read(words)
    assert said in str(failure.value)


def test_every_fault_and_every_option_is_told() -> None:
    for kind in KINDS.values():
        found = told(kind)
        assert found["what"]
        assert all(not description.startswith(";") for description in found["options"].values()), found


def test_a_script_is_read_from_toml_and_from_json(tmp_path: Path) -> None:
    (tmp_path / "script.toml").write_text(SCRIPT)
    (tmp_path / "script.json").write_text(
        '{"entry": [{"when": {"after": 20, "msg_type": "8"}, "fault": "gap"},'
        ' {"when": {"at_s": 2.5}, "fault": {"name": "stall", "ms": 5000, "to": "broker"}, "for": {"times": 3}}]}'
    )
    assert fault_file.load(tmp_path / "script.toml") == fault_file.load(tmp_path / "script.json") == PLAYED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[entry]]\nfault = 3", "entry 1: Expected `object`, got `int` - at `$.fault`"),
        ("[[entry]]\nfault = 'gap'\n[[entry]]\nfault = 'gaap'", "entry 2: 'gaap' is no fault; there are: "),
        ("[[entry]]\nfault = 'gap'\nwhen = { after = '3' }", "entry 1: gap: Expected `int`, got `str` - at `$.when.after`"),
        ("[[entry]]\nwhen = { after = 3 }", "entry 1: Object missing required field `fault`"),
        ("entry = 3", "it must hold a list called `entry`, and nothing else"),
        ("[[fault]]", "it must hold a list called `entry`, and nothing else"),
        ("[[entry]]\nfault = 'gap'\n" * 101, "101 entries: no more than 100 can be asked for"),
        ("entry = [", "Invalid value"),
    ],
)
def test_a_wrong_script_is_named_with_the_entry(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "script.toml"
    file.write_text(text)
    with pytest.raises(Unusable) as failure:
        fault_file.load(file)
    assert str(failure.value).startswith(f"{file}: ")
    assert said in str(failure.value)


def test_a_script_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=f"{tmp_path}/none.toml: No such file or directory"):
        fault_file.load(tmp_path / "none.toml")
