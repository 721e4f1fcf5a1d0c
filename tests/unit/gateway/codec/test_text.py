"""Tag-value text, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec.text import Garbled, fields, groups, readable_fields, text

RAW = text("FIX.4.4", "8", [(34, "7"), (11, "A=1"), (58, "é\x00"), (11, "second")])
tags = st.integers(1, 999_999_999)
values = st.text(st.characters(max_codepoint=255, exclude_characters="\x01"), max_size=20)


def test_a_message_is_its_fields_in_order() -> None:
    read = [(8, "FIX.4.4"), (9, "0"), (35, "8"), (34, "7"), (11, "A=1"), (58, "é\x00"), (11, "second"), (10, "000")]
    assert fields(RAW.encode("latin-1")) == read


@given(st.lists(st.tuples(tags, values)))
def test_whatever_is_written_is_read_again(body: list[tuple[int, str]]) -> None:
    raw = text("FIX.4.4", "D", body)
    assert fields(raw.encode("latin-1")) == [(8, "FIX.4.4"), (9, "0"), (35, "D"), *body, (10, "000")]


@pytest.mark.parametrize("bad", ["noequals", "=1", "x=1", "-1=1", "1234567890=1", "²=1", " 1=2", "1 =2"])
def test_what_is_no_field_is_garbled(bad: str) -> None:
    raw = f"8=FIX\x01{bad}\x0134=7\x01".encode("latin-1")
    with pytest.raises(Garbled, match="is not tag=value"):
        fields(raw)
    assert readable_fields(raw) == [(8, "FIX"), (34, "7")]


@given(st.binary())
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    readable = readable_fields(raw)
    try:
        assert fields(raw) == readable
    except Garbled:
        assert len(readable) < raw.count(b"\x01") + 1


def test_a_group_starts_where_its_first_tag_comes_again() -> None:
    found = fields(b"35=W\x01268=2\x01269=0\x01270=1.1\x01269=1\x01270=1.2\x01271=5\x01")
    assert groups(found, 268) == [{269: "0", 270: "1.1"}, {269: "1", 270: "1.2", 271: "5"}]
    assert groups(found, 453) == []


@pytest.mark.parametrize("count", ["1", "3", "x", ""])
def test_a_group_has_as_many_entries_as_it_says(count: str) -> None:
    with pytest.raises(Garbled, match="group 268"):
        groups(fields(f"268={count}\x01269=0\x01269=1\x01".encode()), 268)


def test_an_empty_group_at_the_end_is_empty() -> None:
    assert groups(fields(b"268=0\x01"), 268) == []
