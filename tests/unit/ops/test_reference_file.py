"""A file of reference data: all of it is read, or every mistake is named by file, line, key and value."""

from pathlib import Path

import pytest

from oms.domain.reference import KINDS, Adv, Allowed, AllowList, Locate, Restricted, RestrictedList, Restriction, word
from ops.limit_words import LimitWords
from ops.reference_file import FILE_BYTES_MAX, ReferenceWords, read
from ops.toml_file import ConfigError
from tests.support.orders import D

HEAD = 'source = "vendor"\nas_of = 2026-11-30T13:00:00.25Z\n'
GOOD = """
[[adv]]
symbol = "EURUSD"
adv20 = "1000"

[[locate]]
locate_id = "L1"
symbol = "EURUSD"
qty = "50"

[[restricted_list]]
name = "firm"
[[restricted_list.entries]]
scope = "symbol=EURUSD"
restriction = "WATCH"
reason = "research"

[[allow_list]]
name = "desk"
[[allow_list.entries]]
scope = "account=DESK1"
after = "08:00"
before = "17:00"
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "data.toml"
    file.write_text(text)
    return file


def test_a_file_is_one_source_one_time_and_rows(tmp_path: Path) -> None:
    words = read(written(tmp_path, HEAD + GOOD))
    assert (words.source, words.as_of_ns) == ("vendor", 1_796_043_600_250_000_000)
    assert words.rows == (
        Adv("EURUSD", D(1_000)),
        Locate("L1", "EURUSD", D(50)),
        RestrictedList("firm", (Restricted("symbol=EURUSD", Restriction.WATCH, "research"),)),
        AllowList("desk", (Allowed("account=DESK1", after="08:00", before="17:00"),)),
    )


def test_every_kind_of_row_has_a_place_in_a_file() -> None:
    assert ReferenceWords.__struct_fields__ == ("source", "as_of", *map(word, KINDS))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (HEAD + '[[adv]]\nsymbol = "EURUSD"\nadv20 = "NaN"\n', ":3: adv[0]: adv20 is NaN, and must be a number above zero"),
        (HEAD + '[[adv]]\nsymbol = "EURUSD"\nadv20 = "-5"\n', ":3: adv[0]: adv20 is -5, and must be a number above zero"),
        (HEAD + '[[adv]]\nsymbol = "EURUSD"\nadv20 = "x"\n', ":5: adv[0].adv20: "),
        (HEAD + '[[adv]]\nsymbol = "EURUSD"\nadv = "5"\n', ":5: adv[0].adv: unknown key; did you mean adv20?"),
        (HEAD + '[[market]]\nsymbol = "EURUSD"\nstate = "OPEN"\n', ":5: market[0].state: Invalid enum value 'OPEN'"),
        (HEAD + GOOD + '[[adv]]\nsymbol = "EURUSD"\nadv20 = "5"\n', ":26: adv[1]: adv EURUSD is there twice"),
        (
            HEAD + GOOD.replace("symbol=EURUSD", "desk=EQ"),
            ":13: restricted_list[0]: restricted_list firm: scope 'desk=EQ': no order",
        ),
        (HEAD + GOOD.replace("08:00", "8 am"), ":22: allow_list[0].entries[0]: after '8 am' is no time of the day"),
        (HEAD, ": there are 0 rows; 1 to 5000 are allowed in one file"),
        (HEAD.replace("Z", "") + GOOD, ":2: as_of: 2026-11-30T13:00:00.250000 has no time zone"),
        (HEAD.replace("vendor", "a b") + GOOD, ":1: source: 'a b' is not 1 to 64 printable ASCII characters"),
        ("# " + "x" * FILE_BYTES_MAX, f": {FILE_BYTES_MAX + 2} bytes are more than {FILE_BYTES_MAX}"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        read(file)
    assert f"{file}{complaint}" in str(error.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: No such file"):
        read(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("limit", "wrong"),
    [
        (LimitWords("firm", "locate", D(1), 1_000), ""),
        (LimitWords("firm", "locate", D(1)), "age_ms_max is 0, and must be 1 to 2678400000"),
        (LimitWords("firm", "open_value_max", D(1), 1_000), "it reads no reference data, and has no age_ms_max"),
        (LimitWords("firm", "locate", D(1), 1_000, D(1)), "it has no fallback"),
        (LimitWords("firm", "order_adv_bps_max", D(1), 1_000, D(1)), ""),
        (LimitWords("firm", "locate", D(0), 1_000), "locate of firm is 0, and must be 1; to switch it off leave the limit out"),
        (LimitWords("firm", "short_marking", D(2)), "of firm is 2, and must be 1; to switch it off leave the limit out"),
        (LimitWords("firm", "market_state", D(0), 1_000), ""),
        (LimitWords("firm", "market_state", D("0.5"), 1_000), "is 0.5, and must be 0 or 1; to switch it off leave the limit out"),
        (LimitWords("firm", "order_adv_bps_max", D(1), 1_000, D("NaN")), "fallback is NaN, and must be a number, zero or above"),
        (LimitWords("firm", "day_adv_bps_max", D(1), 1_000), "quantities of different instruments are no sum; name a symbol"),
    ],
)
def test_a_limit_that_reads_reference_data_says_how_old_it_may_be(limit: LimitWords, wrong: str) -> None:
    assert limit.wrong.endswith(wrong)
    assert bool(limit.wrong) is bool(wrong)


def test_a_limit_means_what_it_says() -> None:
    limit = LimitWords("firm", "order_adv_bps_max", D(500), 1_000, D(7)).meaning
    assert (limit.value, limit.age_ms_max, limit.fallback) == (D(500), 1_000, D(7))
