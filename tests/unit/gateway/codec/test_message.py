"""A message as the fields that we read: the quick way says what the slow way says."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.codec.message import TAGS, Message, from_fields, message, readable
from gateway.codec.text import Fields, Garbled, fields, text

HELD = st.sampled_from(sorted(TAGS.values()))
PLAIN = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='="\\'), max_size=20)
ANY = st.text(st.characters(max_codepoint=255, exclude_characters="\x01"), max_size=20)


@given(st.lists(st.tuples(HELD | st.integers(1, 999_999_999), PLAIN | ANY)))
@example([(58, 'a "quoted" \\u0041=b')])
@example([(58, "\x00\x7f\xe9\u00b2")])
@example([(58, "last"), (58, "wins")])
def test_any_values_are_read_as_they_were_written(body: Fields) -> None:
    raw = text("FIX.4.4", "8", body).encode("latin-1")
    assert message(raw) == from_fields([(35, "8"), *body])


@given(st.binary())
@example(b"35=8\x0111=A")
@example(b"8=F\x0135=8\x0111=A")
@example(b"035=8\x01")
@example(b"08=F\x0135=8\x01")
@example(b"8=F\x0135=8\x01014=1\x0114=2\x01")
@example(b"8=F\x0135=8\x0105001=1\x015001=2\x01")
@example(b"8=F\x0135=8\x01noequals\x0158=a=b\x01")
@example(b'8=F\x0135=8","34":"1\x01')
@example(b"8=F\x015700=L\x014999=a\x015000=b\x01999999999=\x0110000=c\x015000=d\x01")
@example(b"5000=a\x01")
@example(b"")
@example(b"\x01")
def test_whatever_the_slow_way_takes_reads_the_same(raw: bytes) -> None:
    try:
        expected = from_fields(fields(raw))
    except Garbled:
        return
    assert message(raw) == expected


@pytest.mark.parametrize("bad", [b"35=8\x01noequals\x01", b"35=8\x01\xb2=1\x01", b"35=8\x0134=1\x01half"])
def test_what_is_no_message_is_garbled_and_its_header_can_be_read(bad: bytes) -> None:
    with pytest.raises(Garbled):
        message(bad)
    assert readable(bad).msg_type == "8"


def test_every_field_has_its_own_tag() -> None:
    *held, custom = Message.__struct_fields__
    assert (list(Message.__struct_encode_fields__), custom) == ([*(str(TAGS[name]) for name in held), "="], "custom")
    assert len(set(TAGS.values())) == len(TAGS)


def test_custom_tags_keep_their_order() -> None:
    raw = text("FIX.4.4", "8", [(1128, "9"), (9001, "b"), (5700, "LOCATE"), (5001, "a"), (9001, "c"), (123456, "")])
    assert message(raw.encode()) == Message(msg_type="8", custom=((9001, "b"), (5001, "a"), (9001, "c"), (123456, "")))


def test_no_tag_of_a_message_is_taken_for_the_custom_ones() -> None:
    assert message(b"8=F\x0135=8\x01custom=1\x01") == Message(msg_type="8")
    with pytest.raises(Garbled):
        message(b"8=F\x0135=8\x01==1\x01")
